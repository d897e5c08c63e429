"""Pages that walk through a study show what their commands print; a how-to runs as it stands."""

import csv
import re

import pytest
from hub_stand_in import environment, running
from pages import ROOT, check, commands, make_checkout, run

from training.corpus import load_seeds

WALKS = {"annotation.md": 10, "shares.md": 8, "tutorial.md": 9}
"""Pages, and how many commands each has."""


@pytest.mark.slow
@pytest.mark.parametrize("name", WALKS)
def test_the_commands_of_a_page(name, tmp_path):
    assert check(ROOT / "docs" / name, make_checkout(tmp_path)) >= WALKS[name]


LABELS = {"favor": "voor", "against": "tegen", "neutral": "neutraal", "unrelated": "anders"}


def write_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.slow
def test_the_how_to_of_training(tmp_path, robbert_folder, monkeypatch):
    """As it stands there, with a small model under RobBERT's name on a stand-in of the hub."""
    page = ROOT / "docs" / "training.md"
    config = re.search(r"^```yaml\n(model:.*?)^```", page.read_text("utf-8"), re.S | re.M)[1]
    (tmp_path / "mijn.yaml").write_text(config, "utf-8")
    name = re.search(r"name_or_path: (\S+)", config)[1]
    rows = [
        {"artikel": one.group, "vorige": one.context, "zin": one.text, "oordeel": LABELS[one.label]}
        for one in load_seeds(slice_name="nl-news-2006-2025")
    ]
    write_csv(tmp_path / "zinnen.csv", rows[:240])
    write_csv(tmp_path / "proef.csv", rows[240:])
    write_csv(tmp_path / "archief.csv", [{"tekst": row["zin"]} for row in rows[:20]])
    with running() as hub:
        hub.add_folder(name, robbert_folder)
        for variable, value in environment(hub, tmp_path / "home").items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setenv("HF_TOKEN", "hf_of_a_test")
        ran = [command for command, _ in commands(page)]
        printed = {command.split()[1]: run(command, tmp_path) for command in ran}
        assert [*printed] == "check-data train export evaluate calibrate label push".split()
        assert "240 rows, no faults." in printed["check-data"]
        assert "20 labelled, 0 rejected" in printed["label"]
        repo = re.search(r"push \S+ (\S+)", ran[-1])[1]
        assert {"onnx/model.onnx", "model.safetensors", "README.md"} <= set(hub.files(repo))
