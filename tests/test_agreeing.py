"""The command `stance agreement`; what it finds is tested with the modules that find it."""

import csv
import io
import json

import pytest
from conftest import write_jsonl
from light_install import run_without
from test_agreement import CELLS
from typer.testing import CliRunner

from stance.cli.commands import app

HEAVY = "torch transformers sklearn scipy pandas datasets matplotlib yaml onnxruntime".split()


def sheet(path):
    return [*csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))]


def run(*arguments):
    return CliRunner().invoke(app, ["agreement", *(str(one) for one in arguments)])


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    rows = [
        {"id": i, "text": f"Zin {i}.", "krant": str(i // 3), **dict(zip("abc", one, strict=True))}
        for i, one in enumerate(CELLS)
    ]
    return write_jsonl(tmp_path_factory.mktemp("coded") / "coded.jsonl", rows)


def test_tables_files_and_the_list(coded, tmp_path):
    out, listed = tmp_path / "agreement.json", tmp_path / "differ.csv"
    options = ["--coders", "a,b,c", "--document", "krant", "--out", out, "--disagreements", listed]
    done = run(coded, *options)
    assert done.exit_code == 0, done.output
    assert "42 of 48 rows coded by two or more, 16 documents (krant)" in done.stdout
    report = json.loads(out.read_text("utf-8"))
    assert report["differ"] == 12
    rows = sheet(listed)
    assert len(rows) == 12
    assert run(coded, *options).exit_code == 5
    assert run(coded, *options, "--overwrite").exit_code == 0


def test_no_heavy_package_is_needed(coded):
    done = run_without(HEAVY, ["agreement", str(coded), "--coders", "a,b,c"])
    assert "Krippendorff's alpha" in done.stdout


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--coders", "a"], 2, "--coders a: expected two columns or more"),
        (["--coders", "a,a"], 2, "--coders 'a,a': expected column names, each once"),
        (["--coders", "a,d"], 3, "no column 'd'"),
        (["--coders", "a,b", "--labels", "pro,con"], 3, "is none of pro, con"),
        (["--coders", "a,b", "--labels", ","], 2, "--labels ',': expected names"),
        (["--coders", "a,b", "--document", "x"], 3, "no column 'x'"),
        (["--coders", "a,b", "--out", "x.xlsx"], 5, "expected .json, .csv"),
        (["--coders", "a,b", "--disagreements", "x.parquet"], 5, "expected .csv, .tsv, .jsonl"),
        (["--coders", "a,b", "--out", "x.csv", "--disagreements", "x.csv"], 5, "choose two names"),
    ],
)
def test_faults_are_one_line_and_an_exit_code(coded, tmp_path, monkeypatch, options, code, message):
    monkeypatch.chdir(tmp_path)
    done = run(coded, *options)
    assert done.exit_code == code, done.output
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert [*tmp_path.iterdir()] == []
