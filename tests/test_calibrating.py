"""`stance calibrate`, through the linear model and once through the exported one."""

import json
import shutil
import subprocess
import sys

import pytest
from conftest import stance_rows, write_jsonl
from typer.testing import CliRunner

from stance import StanceClassifier
from stance.cli.calibrating import _folder, _weights
from stance.cli.commands import app
from stance.errors import ConfigError, InputError, OutputError
from stance.model_folder import SHIPPED, load_settings

TEXTS = [row["text"] for row in stance_rows()[:8]]


@pytest.fixture
def model(linear_folder, tmp_path):
    shutil.copytree(linear_folder, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def gold(tmp_path):
    """Labels of which one in five is another than the model's."""
    rows = stance_rows()
    for row, other in zip(rows[::5], rows[1::5], strict=True):
        row["label"] = other["label"]
    return write_jsonl(tmp_path / "gold.jsonl", rows)


def run(*arguments):
    return CliRunner().invoke(app, ["calibrate", *map(str, arguments)])


def test_a_model_is_fitted_to_a_sample(model, gold):
    before = StanceClassifier.from_pretrained(model).predict(TEXTS)
    done = run(model, gold)
    assert done.exit_code == 0, done.output
    assert "calibrated on 100 rows" in done.stdout
    assert "90% asked" in done.stdout
    assert "warning" not in done.stderr
    after = StanceClassifier.from_pretrained(model)
    assert after.settings.temperature != 1.0
    assert [coverage for coverage, _ in after.settings.conformal] == [0.8, 0.9, 0.95]
    assert [one.label for one in after.predict(TEXTS)] == [one.label for one in before]
    assert after.predict(TEXTS) != before
    report = json.loads((model / "calibration.json").read_text("utf-8"))
    assert report["sample"] == "gold.jsonl"
    assert report["after"]["temperature"] == after.settings.temperature
    assert report["after"]["log_loss"] < report["before"]["log_loss"]
    assert sum(report["labels"].values()) == report["n"] == 100
    settings = load_settings(model)
    assert run(model, gold).exit_code == 0  # the same again
    assert load_settings(model) == settings


def test_a_copy_is_calibrated_and_the_model_stays(model, gold, tmp_path):
    files = {path.name: path.read_bytes() for path in model.iterdir()}
    done = run(model, gold, "--out", tmp_path / "copy")
    assert done.exit_code == 0, done.output
    assert {path.name: path.read_bytes() for path in model.iterdir()} == files
    changed = {path.name for path in (tmp_path / "copy").iterdir()} - files.keys()
    assert changed == {"calibration.json"}
    one, two = (StanceClassifier.from_pretrained(path) for path in (model, tmp_path / "copy"))
    assert one.digest() != two.digest()
    assert [each.label for each in one.predict(TEXTS)] == [
        each.label for each in two.predict(TEXTS)
    ]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".stance")]


def test_the_sample_of_another_genre_gives_other_columns(model, tmp_path):
    rows = [
        {"sentence": row["text"], "gold": row["label"], "before": row["context"]}
        for row in stance_rows()
    ]
    gold = write_jsonl(tmp_path / "gold.jsonl", rows)
    done = run(model, gold)
    assert done.exit_code == 3
    assert "no column 'text'" in done.stderr
    names = ["--text-column", "sentence", "--label-column", "gold", "--context-column", "before"]
    assert run(model, gold, *names).exit_code == 0


def test_too_few_rows_of_a_label_are_told(model, tmp_path):
    rows = [row for row in stance_rows()[:40] if row["label"] != "against"]
    gold = write_jsonl(tmp_path / "gold.jsonl", rows)
    done = run(model, gold)
    assert done.exit_code == 0, done.output
    assert "warning: few rows of a label (10 of favor, 0 of against" in done.stderr
    one = write_jsonl(tmp_path / "one.jsonl", rows[:1])
    done = run(model, one)
    assert (done.exit_code, "1 row, expected two or more" in done.stderr) == (3, True)


def test_the_shipped_model_stays(gold, tmp_path):
    before = (SHIPPED / "stance.json").read_bytes()
    for name in ("shipped", SHIPPED):
        done = run(name, gold)
        assert done.exit_code == 2
        assert "give --out DIR" in done.stderr
    done = run("shipped", gold, "--out", tmp_path / "mine")
    assert done.exit_code == 0, done.output
    assert (SHIPPED / "stance.json").read_bytes() == before
    assert StanceClassifier.from_pretrained(tmp_path / "mine").predict_sets(["Een zin."])


def test_no_torch_is_needed(model, gold):
    code = (
        "import sys\nfor name in ('torch', 'transformers', 'sklearn', 'scipy', 'pandas'):\n"
        "    sys.modules[name] = None\nfrom stance.cli import main\nmain()"
    )
    command = [sys.executable, "-c", code, "calibrate", str(model), str(gold)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"label": "FAVOR"}, "row 101: the label 'FAVOR' is none of the model's"),
        ({"label": ""}, "row 101: label is ''"),
        ({"text": " "}, "row 101: text is ' '"),
    ],
)
def test_rows_that_cannot_be_used(model, gold, row, message):
    write_jsonl(gold, [*stance_rows(), stance_rows()[0] | row])
    settings = load_settings(model)
    done = run(model, gold)
    assert done.exit_code == 3
    assert message in done.stderr
    assert load_settings(model) == settings


def test_places_that_cannot_be_written(model, tmp_path):
    used = tmp_path / "used"
    used.mkdir()
    assert _folder(model, used) == model  # an empty folder is free
    (used / "thesis.docx").touch()
    with pytest.raises(OutputError, match="exists and is not empty"):
        _folder(model, used)
    with pytest.raises(OutputError, match="exists and is not empty"):
        _folder(model, used / "thesis.docx")
    with pytest.raises(OutputError, match="no such folder"):
        _folder(model, tmp_path / "no" / "out")
    with pytest.raises(ConfigError, match="give --out DIR"):
        _folder(SHIPPED / ".." / SHIPPED.name, None)


def test_a_sample_that_was_not_drawn_evenly_is_weighted(model, tmp_path):
    rows = [row | {"inclusion_probability": 0.5} for row in stance_rows()]
    rows[0]["inclusion_probability"] = "0,25"  # as a spreadsheet writes it
    gold = write_jsonl(tmp_path / "gold.jsonl", rows)
    assert _weights(gold, "utf-8").tolist() == [4.0] + [2.0] * 99
    assert run(model, gold).exit_code == 0
    assert json.loads((model / "calibration.json").read_text())["weighted"] is True


@pytest.mark.parametrize("value", ["", "0", "1.5", "nan", None, "half"])
def test_inclusion_probabilities_that_are_none(tmp_path, value):
    rows = [row | {"inclusion_probability": 0.5} for row in stance_rows()[:3]]
    rows[1]["inclusion_probability"] = value
    gold = write_jsonl(tmp_path / "gold.jsonl", rows)
    with pytest.raises(InputError, match="row 2, column 'inclusion_probability': found"):
        _weights(gold, "utf-8")
