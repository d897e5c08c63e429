"""Our corpus as `datasets` reads it, from a folder and from a stand-in of the hub."""

import json
import os
import subprocess
import sys

import pytest
from hub_stand_in import environment, running
from huggingface_hub import DatasetCard

from stance.errors import OutputError
from stance.labels import LABELS
from training.corpus import load_seeds
from training.hub_corpus import main, write_dataset
from training.resources import SEEDS

NAME = "lab/sentences"
_LOAD = """
import json, sys
from datasets import load_dataset
found = []
for name, revision in ((sys.argv[1], None), (sys.argv[2], sys.argv[3])):
    data = load_dataset(name, revision=revision, cache_dir=sys.argv[4])
    label = data["train"].features["label"]
    one = data["test"][0]
    found.append({
        "n": {name: len(rows) for name, rows in data.items()},
        "labels": label.names,
        "first": [one["id"], one["text"], label.int2str(one["label"])],
        "holders": [[h["text"], h["start"], h["stance"]] for h in one["holders"]],
        "columns": list(data["train"].features),
    })
plain = load_dataset("json", data_files=sys.argv[5], split="train", cache_dir=sys.argv[4])
print(json.dumps([*found, len(plain.filter(lambda row: row["split"] == "test"))]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "sentences"
    write_dataset(folder)
    return folder


@pytest.fixture(scope="module")
def seeds():
    """Those of each split."""
    found = {"train": [], "validation": [], "test": []}
    for seed in load_seeds():
        found[seed.split].append(seed)
    return found


def test_no_sentence_is_lost_and_splits_stay(folder, seeds):
    for split, wanted in seeds.items():
        lines = (folder / f"{split}.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        found = [(row["id"], row["text"], row["slice"]) for row in rows]
        assert found == [(seed.id, seed.text, seed.slice) for seed in wanted]


def test_the_card(folder):
    card = DatasetCard.load(folder / "README.md")
    assert card.data.license == "cc-by-4.0"
    assert card.data.language == "nl"
    names = [one["name"] for one in card.data.dataset_info["features"]]
    assert {*json.loads((folder / "test.jsonl").read_text("utf-8").splitlines()[0])} == {*names}
    assert "# Data sheet: Dutch sentences on sanctions" in card.text


@pytest.mark.slow
def test_datasets_reads_it_here_and_from_the_hub(folder, seeds, tmp_path):
    """Also the slices as they are, where the split is a column."""
    with running() as hub:
        revision = hub.add_folder(NAME, folder, kind="datasets")
        slices = str(SEEDS / "*.jsonl")
        arguments = [str(folder), NAME, revision, str(tmp_path / "cache"), slices]
        variables = os.environ | environment(hub, tmp_path / "home")
        done = subprocess.run(
            [sys.executable, "-c", _LOAD, *arguments],
            env=variables,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    here, there, n_test = json.loads(done.stdout)
    assert here == there
    seed = seeds["test"][0]
    assert here["n"] == {split: len(those) for split, those in seeds.items()}
    assert here["n"]["test"] == n_test
    assert here["labels"] == list(LABELS)
    assert here["first"] == [seed.id, seed.text, seed.label]
    sides = [[one.text, one.start, LABELS.index(one.stance)] for one in seed.holders]
    assert here["holders"] == sides
    assert here["columns"][:5] == ["id", "text", "context", "label", "holders"]


def test_a_folder_that_is_there_stays(folder):
    with pytest.raises(OutputError, match="cannot be written"):
        write_dataset(folder)


def test_the_command(seeds, tmp_path, capsys):
    main([str(tmp_path / "out")])
    told = ", ".join(f"{len(those):,} {split}" for split, those in seeds.items())
    assert capsys.readouterr().out == f"{tmp_path / 'out'}: {told}\n"
    with pytest.raises(SystemExit) as caught:
        main([str(tmp_path / "out")])
    assert caught.value.code == OutputError.exit_code
    assert capsys.readouterr().err.startswith("stance: ")
    with pytest.raises(SystemExit, match=r"usage: python -m training\.hub_corpus FOLDER"):
        main([])
