import datetime

import pytest

from training.rows import LabelledRow, RowColumns, labelled_row

COLUMNS = RowColumns(context="context", group="group", split="split")
GOOD = {"text": "Een zin.", "label": "a", "context": "Ervoor.", "group": 3, "split": "train"}


def test_a_good_row():
    assert labelled_row("a.csv: row 1", GOOD, COLUMNS, ["a", "b"]) == LabelledRow(
        "a.csv: row 1", "Een zin.", "Ervoor.", "a", "3", "train"
    )


def test_what_no_column_is_named_for_is_not_looked_at():
    row = labelled_row("a.csv: row 1", GOOD | {"context": 3, "group": [], "split": 3}, RowColumns())
    assert row == LabelledRow("a.csv: row 1", "Een zin.", "", "a")


@pytest.mark.parametrize(
    ("change", "attribute", "value"),
    [
        ({"label": 1}, "label", "1"),
        ({"context": None}, "context", ""),
        ({"group": None}, "group", ""),
        ({"group": datetime.date(2024, 5, 1)}, "group", "2024-05-01"),
    ],
)
def test_values_that_stand_for_others(change, attribute, value):
    assert getattr(labelled_row("a.csv: row 1", GOOD | change, COLUMNS), attribute) == value


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": None}, "text is None, expected text"),
        ({"text": " "}, "text is ' ', expected text"),
        ({"text": b"x"}, "text is b'x', expected text"),
        ({"text": "x\0"}, "text holds a NUL character, expected text"),
        ({"label": "c"}, "label is 'c', expected a, b"),
        ({"label": ["a"]}, "label is ['a'], expected a, b"),
        ({"label": True}, "label is True, expected a, b"),
        ({"context": ["x"]}, "context is ['x'], expected text"),
        ({"context": "x\0"}, "context holds a NUL character, expected text"),
        ({"group": ["x"]}, "group is ['x'], expected a name"),
        ({"split": None}, "split is None, expected train, validation, test"),
        ({"split": ["train"]}, "split is ['train'], expected train, validation, test"),
    ],
)
def test_a_fault(change, fault):
    assert labelled_row("a.csv: row 1", GOOD | change, COLUMNS, ["a", "b"]) == [fault]


def test_all_faults_of_a_row_come_at_once():
    row = {"text": 1, "label": 2.5, "context": 3, "group": {}, "split": 5}
    assert len(labelled_row("a.csv: row 1", row, COLUMNS)) == 5
