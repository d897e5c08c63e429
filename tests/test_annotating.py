"""The commands that take sentences to a tool and codes back."""

import csv
import io
import json

import pytest
from conftest import write_jsonl
from typer.testing import CliRunner

from stance.annotation.tools import TOOLS
from stance.cli.commands import app
from stance.holder_text import holder_text


def sheet(path):
    return [*csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))]


def run(*arguments):
    return CliRunner().invoke(app, ["annotate", *(str(one) for one in arguments)])


@pytest.fixture
def todo(tmp_path):
    path = tmp_path / "todo.csv"
    path.write_text(
        "row,sentence_index,context,sentence,gold,inclusion_probability\n"
        "1,0,,'- De minister wil de sancties tegen Iran verlengen.,,0.5\n"
        "1,1,Ervoor.,De trein naar Iran had vanochtend weer vertraging.,,0.25\n",
        "utf-8",
    )
    return path


@pytest.mark.parametrize("tool", TOOLS)
def test_tasks_with_the_labels_of_a_model(todo, tmp_path, tool):
    out = tmp_path / f"tasks.{TOOLS[tool].suffixes[0]}"
    done = run("export", todo, "--to", tool, "--out", out, "--prelabel")
    assert done.exit_code == 0, done.output
    assert "stance: 2 sentences with the labels of small-dutch are in" in done.stderr
    assert f"stance annotate import FILE... --from {tool} --source" in done.stderr
    assert "De minister" in out.read_text("utf-8")
    beside = {path.name for path in tmp_path.iterdir()} - {"todo.csv", out.name}
    assert beside == {f"{out.name}.{end}" for end in TOOLS[tool].setup(["x"])}
    again = run("export", todo, "--to", tool, "--out", out)
    assert again.exit_code == 5


def test_from_a_sample_to_a_file_to_estimate_with(todo, tmp_path):
    """Sheets of three coders, one of whom left a sentence out, to one table and gold labels."""
    assert run("export", todo, "--to", "csv", "--out", tmp_path / "sheet.csv").exit_code == 0
    rows = sheet(tmp_path / "sheet.csv")
    said = {
        "anna": ("favor", "unrelated"), "bert": ("favor", "neutral"), "carla": ("against", ""),
    }  # fmt: skip
    for coder, labels in said.items():
        holder = holder_text([("De minister", labels[0])])
        with (tmp_path / f"{coder}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*rows[0]], delimiter=";")
            writer.writeheader()
            writer.writerow(rows[0] | {"label": labels[0], "holders": holder})
            writer.writerow(rows[1] | {"label": labels[1]})
    files = [tmp_path / f"{coder}.csv" for coder in said]
    coded, gold = tmp_path / "coded.csv", tmp_path / "gold.csv"
    done = run("import", *files, "--from", "csv", "--source", todo, "--out", coded,
               "--names", "carla=c,dirk=d")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.stderr == (
        f"stance: 2 sentences are in {coded}; coded by anna 2, bert 2, c 1.\n"
        "stance: 1 were passed over or left without a label, and are empty: c 1.\n"
        "stance: --names calls nobody d.\n"
    )
    rows = sheet(coded)
    assert rows[0]["sentence"] == "- De minister wil de sancties tegen Iran verlengen."
    assert rows[0]["inclusion_probability"] == "0.5"
    assert json.loads(rows[0]["anna_holders"]) == [
        {"text": "De minister", "start": 2, "end": 13, "stance": "favor"}
    ]
    settled = run("settle", coded, "--coders", "anna,bert,c", "--out", gold)
    assert settled.exit_code == 0, settled.output
    assert "settled by: majority 1, tie 1." in settled.stderr
    assert "1 ties have no gold label: 1-1; decide them" in settled.stderr
    rows = sheet(gold)
    assert [row["gold"] for row in rows] == ["favor", ""]
    assert rows[0]["gold_holders"] == "De minister: favor"
    assert rows[0]["inclusion_probability"] == "0.5"


def test_what_is_not_in_the_table_is_told(todo, tmp_path):
    lines = [
        {"text": "- De minister wil de sancties tegen Iran verlengen.", "sentence_id": "1-0",
         "cats": ["favor"], "entities": []},
    ] * 2  # fmt: skip
    path = write_jsonl(tmp_path / "anna.jsonl", lines)
    out = tmp_path / "coded.jsonl"
    done = run("import", path, "--from", "doccano", "--source", todo, "--out", out)
    assert done.exit_code == 0, done.output
    assert "1 say the same as another of the same coder, and count once." in done.stderr
    assert "1 were coded by nobody: 1-1." in done.stderr
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(row["anna"], row["anna_holders"]) for row in rows] == [("favor", []), ("", None)]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["export", "{todo}", "--to", "excel", "--out", "x.csv"], 2, "--to excel: expected one of"),
        (["export", "{todo}", "--to", "csv", "--out", "x.json"], 5, "suffix is '.json', expected"),
        (["export", "{todo}", "--to", "csv", "--out", "{todo}"], 5, "is the input itself"),
        (["export", "{todo}", "--to", "csv", "--out", "x.csv", "--model", "y"], 2, "--prelabel"),
        (["export", "weg.csv", "--to", "csv", "--out", "x.csv"], 3, "weg.csv: no such file"),
        (["export", "{todo}", "--to", "csv", "--out", "x.csv", "--text-column", "z"], 3, "'z'"),
        (["export", "{todo}", "--to", "csv", "--out", "x.csv", "--prelabel", "--labels", "a,b"], 2,
         "--labels a,b: lacks against, favor, neutral, unrelated, which the model gives"),
        (["import", "{todo}", "--from", "csv", "--out", "x.csv"], 3, "no coder has coded"),
        (["import", "{todo}", "--from", "csv", "--out", "x.xml"], 5, "expected .csv, .tsv, .jsonl"),
        (["import", "{todo}", "--from", "argilla", "--out", "x.csv"], 3, "not JSON"),
        (["import", "{todo}", "--from", "inception", "--out", "x.csv"], 3, "expected #FORMAT="),
        (["import", "{todo}", "--from", "csv", "--out", "x.csv", "--names", "a"], 2, "--names 'a'"),
        (["import", "{todo}", "--from", "csv", "--out", "x.csv", "--names", "a=b,a=c"], 2,
         "expected such as 1=anna,2=bert"),
    ],
)  # fmt: skip
def test_faults_are_one_line_and_an_exit_code(
    todo, tmp_path, monkeypatch, arguments, code, message
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    done = run(*(one.format(todo=todo) for one in arguments))
    assert done.exit_code == code, done.output
    assert message in done.stderr
    assert done.stderr.startswith("stance: ")
    assert done.stderr.count("\n") == 1
    assert [*(tmp_path / "here").iterdir()] == []


@pytest.mark.parametrize("tool", ["csv", "doccano"])
def test_a_source_of_windows_beside_what_coders_give_back_in_utf_8(tmp_path, tool):
    """The line that export ends with reads what the coders filled in."""
    source = tmp_path / "zinnen.csv"
    source.write_bytes("nr;zin\nx;Oekraïne wil één embargo.\n".encode("cp1252"))
    options = ["--text-column", "zin", "--id-column", "nr", "--encoding", "cp1252"]
    out = tmp_path / f"anna.{TOOLS[tool].suffixes[0]}"
    done = run("export", source, "--to", tool, "--out", out, *options)
    assert f"--source {source} {' '.join(options)} --out coded.csv" in done.stderr
    text = out.read_text("utf-8")
    filled = text.replace("embargo.,,", "embargo.,favor,").replace(
        '"cats": []', '"cats": ["favor"]'
    )
    out.write_text(filled, "utf-8")
    coded = tmp_path / "coded.csv"
    done = run("import", out, "--from", tool, "--source", source, "--out", coded, *options)
    assert done.exit_code == 0, done.output
    (row,) = sheet(coded)
    assert (row["zin"], row["anna"]) == ("Oekraïne wil één embargo.", "favor")
