import datetime
import io
import subprocess
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import write_jsonl
from rich.console import Console
from typer.testing import CliRunner

from stance.cli.commands import app
from stance.errors import InputError
from stance.rows import read_labelled
from training.check import as_tables, check_files
from training.resources import SEEDS

GOOD = [
    {
        "id": "a",
        "text": "De minister wil het embargo tegen Iran verlengen.",
        "context": "",
        "label": "favor",
        "holders": [{"text": "De minister", "start": 0, "end": 11, "stance": "favor"}],
        "group": "one",
        "split": "train",
        "genre": "news",
    },
    {
        "id": "b",
        "text": "De trein naar Gent had vertraging.",
        "context": "",
        "label": "unrelated",
        "holders": [],
        "group": "two",
        "split": "test",
        "genre": "news",
    },
]


def check(tmp_path, rows, **options):
    return check_files([write_jsonl(tmp_path / "a.jsonl", rows)], **options)


def test_a_good_file(tmp_path):
    report = check(tmp_path, GOOD)
    assert report.faults == []
    assert report.rows == 2
    assert report.counts["split"]["train"]["favor"] == 1
    assert report.counts["all"]["all"].total() == 2
    assert "variety" not in report.counts


def test_our_own_corpus_has_no_faults():
    assert check_files(sorted(SEEDS.glob("*.jsonl"))).faults == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": ""}, "text is '', expected text"),
        ({"label": "pro"}, "label is 'pro', expected favor, against"),
        ({"split": "dev"}, "split is 'dev', expected train"),
        ({"holders": "De minister"}, "holders is str, expected a list"),
        ({"holders": ["De minister"]}, "has no text"),
        ({"holders": [{"text": "De premier", "stance": "favor"}]}, "is not in the text"),
        (
            {"holders": [{"text": "De minister", "start": 1, "end": 12, "stance": "favor"}]},
            "does not stand at characters 1 to 12",
        ),
        (
            {"holders": [{"text": "author", "stance": "neutral"}]},
            "stance is 'neutral', expected favor or against",
        ),
        (
            {"holders": [{"text": "De minister", "start": "0", "end": 11, "stance": "favor"}]},
            "does not stand at characters '0' to 11",
        ),
        (
            {"holders": [{"text": "De minister", "start": -49, "end": -38, "stance": "favor"}]},
            "does not stand at characters -49 to -38",
        ),
        ({"text": "De minister\0"}, "text holds a NUL character"),
        ({"context": ["Ervoor."]}, "context is ['Ervoor.'], expected text"),
        ({"group": ["one"]}, "group is ['one'], expected a name"),
        ({"label": "unrelated"}, "is unrelated, but has holders"),
    ],
)
def test_a_row_that_is_wrong(tmp_path, change, fault):
    report = check(tmp_path, [GOOD[0] | change, GOOD[1]])
    assert len(report.faults) == 1
    assert report.faults[0].startswith(f"{tmp_path}/a.jsonl: row 1: ")
    assert fault in report.faults[0]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (GOOD[1] | {"id": "a"}, "row 2: id a stands at {}a.jsonl: row 1 too"),
        (GOOD[1] | {"group": "one"}, "group one stands in 2 splits: {}a.jsonl: row 1 (train)"),
        (
            GOOD[0] | {"id": "b", "group": "two", "label": "against"},
            "row 2: the same sentence and context stand at {}a.jsonl: row 1 with another label",
        ),
        (
            GOOD[0] | {"id": "b", "group": "two", "split": "test", "context": "Eerder."},
            "row 2 (test): nearly the same sentence stands at {}a.jsonl: row 1 (train)",
        ),
    ],
)
def test_rows_that_do_not_go_together(tmp_path, row, fault):
    report = check(tmp_path, [GOOD[0], row])
    assert any(fault.format(f"{tmp_path}/") in one for one in report.faults), report.faults


def test_a_broken_line_is_a_fault(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", GOOD)
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    report = check_files([path])
    (fault,) = report.faults
    assert fault.startswith(f"{path}: row 3: line 3: not JSON")


def test_somebody_elses_columns_and_labels(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("zin;stand\nEen zin.;FAVOR\nNog een.;NONE\n", "utf-8")
    options = {"labels": ["FAVOR", "NONE"], "text_column": "zin", "label_column": "stand"}
    assert check_files([path], **options).faults == []
    with pytest.raises(InputError, match="no column 'label'; it has zin, stand"):
        check_files([path], text_column="zin")


def test_tables_have_a_row_a_value(tmp_path):
    report = check(tmp_path, GOOD)
    assert [table.row_count for table in as_tables(report, ["favor", "unrelated"])] == [2, 1, 1]


def test_text_of_others_is_no_markup_in_a_table(tmp_path):
    rows = [row | {"label": "[/red]\x1b[2J", "genre": "[/y]"} for row in GOOD]
    report = check(tmp_path, [row | {"holders": []} for row in rows], labels=["[/red]\x1b[2J"])
    assert report.faults == []
    console = Console(file=io.StringIO(), width=100)
    console.print(*as_tables(report, ["[/red]\x1b[2J"]))
    shown = console.file.getvalue()
    assert r"[/red]\x1b[2J" in shown
    assert "[/y]" in shown


def test_a_table_shows_so_many_values(tmp_path):
    rows = [GOOD[1] | {"id": str(i), "text": f"Zin {i}.", "genre": str(i)} for i in range(60)]
    counts = {
        table.columns[0].header: table.row_count
        for table in as_tables(check(tmp_path, rows), ["unrelated"])
    }
    assert counts["genre"] == 51


def test_a_file_with_a_header_only(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n", "utf-8")
    assert check_files([path]).faults == [f"{path}: there is a header, but there are no rows"]


def test_a_file_given_twice_repeats_its_sentences(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", GOOD)
    faults = check_files([path, path]).faults
    assert sum("the same sentence and context" in fault for fault in faults) == 2


def test_parquet_columns_of_any_type(tmp_path):
    """Whatever a column holds, a row is used or has a fault."""
    path = tmp_path / "odd.parquet"
    odd = pa.table(
        {
            "text": pa.array([b"x", b"y"]),
            "label": pa.array([Decimal("1.5"), None]),
            "group": pa.array([{"a": 1}, None]),
            "holders": pa.array([[1], None]),
            "genre": pa.array([datetime.date(2024, 1, 1), None]),
        }
    )
    pq.write_table(odd, path)
    assert len(check_files([path]).faults) == 5
    with pytest.raises(InputError, match="text is b'x', expected text; label is Decimal"):
        read_labelled(path)


@pytest.mark.parametrize("labels", ["", " , ", "a,a"])
def test_the_command_refuses_labels_that_are_none(labels):
    done = CliRunner().invoke(app, ["check-data", "a.csv", "--labels", labels])
    assert done.exit_code == 2
    assert "--labels" in done.stderr


def test_the_command_lists_so_many_faults(tmp_path):
    path = write_jsonl(tmp_path / "[y].jsonl", [{"text": "x", "label": "[/red]"}] * 70)
    done = CliRunner().invoke(app, ["check-data", str(path)])
    assert done.exit_code == 3
    lines = done.stderr.splitlines()
    assert lines[0] == "stance: 70 faults:"
    assert lines[1].endswith(
        "[y].jsonl: row 1: label is '[/red]', expected favor, against, neutral, unrelated"
    )
    assert len(lines) == 52
    assert lines[-1] == "  ... and 20 more"


def test_the_command(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", GOOD)
    command = [sys.executable, "-m", "stance", "check-data", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "2 rows, no faults." in done.stdout
    write_jsonl(path, [GOOD[0], GOOD[1] | {"id": "a"}])
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr.startswith(f"stance: 1 fault:\n  {path}: row 2: id a")
