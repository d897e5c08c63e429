import subprocess
import sys

import pytest
from conftest import write_jsonl

from stance.errors import InputError
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
            "characters 1 to 12 are 'e minister '",
        ),
        (
            {"holders": [{"text": "author", "stance": "neutral"}]},
            "stance is 'neutral', expected favor or against",
        ),
        ({"label": "unrelated"}, "is unrelated, but has holders"),
    ],
)
def test_a_row_that_is_wrong(tmp_path, change, fault):
    report = check(tmp_path, [GOOD[0] | change, GOOD[1]])
    assert len(report.faults) == 1
    assert report.faults[0].startswith("a.jsonl: row 1: ")
    assert fault in report.faults[0]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (GOOD[1] | {"id": "a"}, "row 2: id a stands at a.jsonl: row 1 too"),
        (GOOD[1] | {"group": "one"}, "group one stands in 2 splits: a.jsonl: row 1 (train)"),
        (
            GOOD[0] | {"id": "b", "group": "two", "label": "against"},
            "row 2: the same sentence and context stand at a.jsonl: row 1 with another label",
        ),
        (
            GOOD[0] | {"id": "b", "group": "two", "split": "test", "context": "Eerder."},
            "row 2 (test): nearly the same sentence stands at a.jsonl: row 1 (train)",
        ),
    ],
)
def test_rows_that_do_not_go_together(tmp_path, row, fault):
    report = check(tmp_path, [GOOD[0], row])
    assert any(fault in one for one in report.faults), report.faults


def test_a_broken_line_is_a_fault(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", GOOD)
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    report = check_files([path])
    (fault,) = report.faults
    assert fault.startswith("a.jsonl: row 3: line 3: not JSON")


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


def test_the_command(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", GOOD)
    command = [sys.executable, "-m", "stance", "check-data", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "2 rows, no faults." in done.stdout
    write_jsonl(path, [GOOD[0], GOOD[1] | {"id": "a"}])
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr.startswith("stance: 1 fault:\n  a.jsonl: row 2: id a")
