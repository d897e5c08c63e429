"""The commands from codes to gold labels, and to those that may be wrong."""

import csv
import io
import json

import pytest
from conftest import write_jsonl
from test_suspects import rows_with_errors
from typer.testing import CliRunner

from stance.cli.commands import app


def sheet(path):
    return [*csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))]


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def coded(tmp_path):
    rows = [
        {"id": "x", "text": "Kiev wil.", "a": "favor", "b": "against", "a_holders": "Kiev: favor",
         "b_holders": ""},
        {"id": "y", "text": "Een zin.", "a": "neutral", "b": "neutral", "a_holders": "",
         "b_holders": ""},
    ]  # fmt: skip
    return write_jsonl(tmp_path / "coded.jsonl", rows)


def test_the_list_of_disagreements_filled_in_settles_ties(coded, tmp_path):
    listed, gold = tmp_path / "differ.csv", tmp_path / "gold.jsonl"
    assert run("agreement", coded, "--coders", "a,b", "--disagreements", listed).exit_code == 0
    rows = sheet(listed)
    with listed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(row | {"gold": "favor", "gold_holders": "Kiev: favor"} for row in rows)
    done = run("annotate", "settle", coded, "--coders", "a,b", "--decisions", listed, "--out", gold)
    assert done.exit_code == 0, done.output
    assert "settled by: decision 1, all 1." in done.stderr
    first, second = (json.loads(line) for line in gold.read_text("utf-8").splitlines())
    assert (first["gold"], first["gold_holders"], first["soft_favor"]) == (
        "favor", "Kiev: favor", 0.5,
    )  # fmt: skip
    assert (second["gold"], second["settled_by"]) == ("neutral", "all")


def test_suspects_are_shown_and_written(tmp_path):
    data = write_jsonl(tmp_path / "gold.jsonl", rows_with_errors([8]))
    out = tmp_path / "suspects.csv"
    done = run("annotate", "suspects", data, "--folds", "4", "--out", out)
    assert done.exit_code == 0, done.output
    assert "labels are suspect, judged by a linear model in 4 parts" in done.stdout
    rows = sheet(out)
    assert (rows[0]["row"], rows[0]["label"], rows[0]["suggested"]) == ("9", "against", "favor")
    assert rows[0]["document"] == "Syrië"


def test_a_model_says_which_rows_it_did_not_judge(tmp_path, linear_folder):
    data = write_jsonl(tmp_path / "gold.jsonl", rows_with_errors([88]))
    done = run("annotate", "suspects", data, "--model", linear_folder)
    assert done.exit_code == 0, done.output
    assert "84 rows were not judged: the model was trained on them, or nearly." in done.stderr
    assert "of 16 labels are suspect, judged by model" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["settle", "{coded}", "--coders", "a,b", "--by", "chance", "--out", "x.csv"], 2, "--by"),
        (["settle", "{coded}", "--coders", "a", "--out", "x.csv"], 2, "two columns or more"),
        (["settle", "{coded}", "--coders", "a,b", "--out", "{coded}"], 5, "is the input itself"),
        (["settle", "{coded}", "--coders", "a,b", "--out", "x.csv", "--decisions", "y.csv"], 3,
         "y.csv: no such file"),
        (["suspects", "{coded}"], 3, "no column 'label'"),
        (["suspects", "{coded}", "--label-column", "a"], 2, "--folds 5: 1 of the rows is labelled"),
        (["suspects", "{coded}", "--label-column", "a", "--out", "x.json"], 5, "expected .csv"),
        (["suspects", "{coded}", "--label-column", "a", "--model", "weg"], 4, "weg"),
    ],
)  # fmt: skip
def test_faults_are_one_line_and_an_exit_code(
    coded, tmp_path, monkeypatch, arguments, code, message
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    done = run("annotate", *(one.format(coded=coded) for one in arguments))
    assert done.exit_code == code, done.output
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert [*(tmp_path / "here").iterdir()] == []
