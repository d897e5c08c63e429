"""The command `stance evaluate`; what it finds is tested with the modules that find it."""

import csv
import io
import json

import pytest
from conftest import stance_rows, write_jsonl
from light_install import run_without
from typer.testing import CliRunner

from stance.cli.commands import app
from stance.model_folder import SHIPPED

HEAVY = "torch transformers sklearn scipy pandas datasets matplotlib yaml".split()


def run(*arguments):
    return CliRunner().invoke(app, ["evaluate", *(str(one) for one in arguments)])


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    """The rows of the fixture with outlets, dates, parties and coders."""
    rows = [
        row
        | {"outlet": ("Brug", "Kanaal")[i % 2], "date": f"2024-{1 + i % 12:02}-15"}
        | {"target": row["group"], "anna": row["label"]}
        | {"bert": "favor" if i % 10 == 0 else row["label"], "carla": "" if i % 4 else row["label"]}
        for i, row in enumerate(stance_rows())
    ]
    return write_jsonl(tmp_path_factory.mktemp("gold") / "gold.jsonl", rows)


def test_everything_at_once(gold, tmp_path, linear_folder):
    out, errors = tmp_path / "scores.json", tmp_path / "errors.csv"
    done = run(
        gold, "--model", linear_folder, "--by", "outlet,year", "--since", "2024-07-01",
        "--coders", "anna,bert,carla", "--against", SHIPPED, "--train", gold,
        "--out", out, "--errors", errors,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    for part in ("side by side", "by group", "coders", "McNemar", "leaks", "errors:"):
        assert part in done.stdout
    report = json.loads(out.read_text("utf-8"))
    assert report["scores"]["n"] == 100
    assert report["scores"]["documents"] == 25
    assert report["training_sentences"] == 84  # those of the test are none
    views = {one["rows"]: one["n"] for one in report["views"]}
    assert views["documents not in training"] == views["targets not in training"] == 16
    assert views["from 2024-07-01 on"] + views["before 2024-07-01"] == 100
    assert report["leaks"]["training"]["exact"] == 84
    assert [one["group"] for one in report["groups"]] == [
        {"outlet": "Brug", "year": "2024"},
        {"outlet": "Kanaal", "year": "2024"},
    ]
    assert [one["n"] for one in report["coders"]["coders"]] == [100, 100, 25]
    assert report["models"] == [str(linear_folder), str(SHIPPED)]
    rows = [*csv.DictReader(io.StringIO(errors.read_text("utf-8-sig")))]
    assert len(rows) == len(report["errors"])


def test_one_split_and_scores_as_a_table(gold, tmp_path, linear_folder):
    out = tmp_path / "scores.csv"
    done = run(gold, "--model", linear_folder, "--split", "test", "--out", out)
    assert done.exit_code == 0, done.output
    assert "on 16 rows, 4 documents (group)" in done.stdout
    rows = [*csv.DictReader(io.StringIO(out.read_text("utf-8")))]
    assert rows[0]["n"] == "16"
    assert rows[0]["flag"] == "4 documents, 20 needed for an interval"
    again = run(gold, "--model", linear_folder, "--out", out)
    assert again.exit_code == 5
    assert "--overwrite" in again.stderr


def test_the_training_data_of_a_model_is_found(gold, linear_folder):
    done = run(gold, "--model", linear_folder, "--split", "train")
    assert "leaks: rows that stand in the training data too: 68 exact." in done.stdout


def test_the_shipped_model_needs_no_heavy_package(gold):
    done = run_without(HEAVY, ["evaluate", str(gold), "--by", "month", "--coders", "anna,bert"])
    assert done.stdout.startswith("small-dutch on 100 rows")
    assert "leaks: rows that stand in the training data too: none." in done.stdout


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["{gold}", "--by", "krant"], 3, "no column 'krant'"),
        (["{gold}", "--by", "a,,b"], 2, "--by 'a,,b': expected column names"),
        (["{gold}", "--coders", "anna"], 2, "--coders anna: expected two columns or more"),
        (["{gold}", "--coders", "anna,dirk"], 3, "no column 'dirk'"),
        (["{gold}", "--coders", "anna,outlet"], 3, "column 'outlet': 'Brug' is none of favor"),
        (["{gold}", "--document", "artikel"], 3, "no column 'artikel'"),
        (["{gold}", "--since", "2024"], 2, "--since 2024: expected a date"),
        (
            ["{gold}", "--label-column", "outlet"],
            3,
            "row 1: the label 'Brug' is none of the model's",
        ),
        (["{gold}", "--train", "weg.csv"], 3, "weg.csv: no such file"),
        (["{gold}", "--against", "weg"], 4, "weg"),
        (["{gold}", "--out", "x.xlsx"], 5, "the suffix is '.xlsx', expected .json, .csv"),
        (["{gold}", "--errors", "x.parquet"], 5, "expected .csv, .tsv, .jsonl"),
        (["{gold}", "--errors", "{gold}"], 5, "is the input itself"),
        (["{gold}", "--out", "a.csv", "--errors", "a.csv"], 5, "named by --out and by --errors"),
        (["weg.csv"], 3, "weg.csv: no such file"),
    ],
)
def test_faults_are_one_line_and_an_exit_code(
    gold, tmp_path, monkeypatch, linear_folder, options, code, message
):
    monkeypatch.chdir(tmp_path)
    done = run(*(one.format(gold=gold) for one in options), "--model", linear_folder)
    assert done.exit_code == code, done.output
    assert message in done.stderr
    assert done.stderr.startswith("stance: ")
    assert done.stderr.count("\n") == 1
    assert [*tmp_path.iterdir()] == []


def test_models_with_other_labels_cannot_be_compared(gold, tmp_path, linear_folder):
    for path in linear_folder.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    settings = json.loads((tmp_path / "stance.json").read_text("utf-8"))
    settings["labels"] = ["pro", "contra", "neutral", "unrelated"]
    (tmp_path / "stance.json").write_text(json.dumps(settings), "utf-8")
    done = run(gold, "--model", linear_folder, "--against", tmp_path)
    assert done.exit_code == 2
    assert "its labels are pro, contra, neutral, unrelated, those of" in done.stderr
