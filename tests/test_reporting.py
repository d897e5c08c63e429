"""The command `stance report`."""

import sys

import pytest
from report_tables import page, write, write_gold
from typer.testing import CliRunner

from stance.cli.commands import app


def run(*arguments):
    return CliRunner().invoke(app, ["report", *(str(one) for one in arguments)])


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    return write(folder / "labels.parquet"), write_gold(folder / "gold.csv")


def test_the_page_is_written_and_it_is_said_whether_it_is_corrected(study, tmp_path):
    labels, gold = study
    out = tmp_path / "report.html"
    done = run(labels, "--gold", gold, "--lang", "nl", "--time", "year", "--out", out)
    assert done.exit_code == 0, done.stderr
    assert "kB, shares are corrected by the sample." in done.stderr
    assert out.read_text("utf-8") == page(labels, gold, language="nl", time="year")
    done = run(labels, "--by", "target,outlet", "--of", "all", "--examples", 9, "--out", out)
    assert done.exit_code == 5
    done = run(labels, "--of", "all", "--level", 0.9, "--examples", 9, "--out", out, "--overwrite")
    assert "not corrected: draw a sample (stance sample)" in done.stderr
    assert out.read_text("utf-8") == page(labels, of="all", level=0.9, examples=9)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--out", "x.pdf"], 5, "the suffix is '.pdf', expected .html"),
        (["--out", "{labels}"], 5, "the suffix is '.parquet'"),
        (["--out", "weg/x.html"], 5, "no such folder"),
        (["--out", "x.html", "--lang", "fr"], 2, "expected one of nl, en"),
        (["--out", "x.html", "--time", "week"], 2, "expected one of auto, month, year, none"),
        (["--out", "x.html", "--of", "zinnen"], 2, "expected one of stance, all"),
        (["--out", "x.html", "--by", "krant"], 3, "no column 'krant'"),
        (["--out", "x.html", "--by", "a,,b"], 2, "column names, each once"),
        (["--out", "x.html", "--gold", "weg.csv"], 3, "weg.csv: no such file"),
        (["--out", "x.html", "--gold", "{labels}"], 3, "no column 'gold'"),
        (["--out", "x.html", "--model", "weg"], 4, "no such model folder"),
        (["--out", "x.html", "--document", "x"], 3, "--document"),
    ],
)
def test_faults_are_one_line_and_an_exit_code(study, tmp_path, monkeypatch, options, code, message):
    monkeypatch.chdir(tmp_path)
    done = run(study[0], *(one.format(labels=study[0]) for one in options))
    assert done.exit_code == code, done.stderr
    assert message in done.stderr
    assert done.stderr.startswith("stance: ")
    assert done.stderr.count("\n") == 1
    assert [*tmp_path.iterdir()] == []


def test_a_missing_package_shows_before_anything_is_read(study, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run(tmp_path / "weg.csv", "--out", tmp_path / "x.html")
    assert done.exit_code == 6
    assert "pip install 'stance-nl[report]'" in done.stderr
