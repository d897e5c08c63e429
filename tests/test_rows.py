import datetime

import pytest
from conftest import stance_rows, write_jsonl

from stance.errors import InputError
from stance.readers import open_table
from stance.rows import LabelledRow, RowColumns, labelled_row, read_labelled, read_rows
from stance.writers import sheet_text

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


def test_a_labelled_file(stance_file):
    rows = read_labelled(stance_file)
    assert len(rows) == 100
    assert rows[0].context == stance_rows()[0]["context"]
    assert len(read_labelled(stance_file, split="test")) == 16
    with pytest.raises(InputError, match="no rows with split 'dev'"):
        read_labelled(stance_file, split="dev")


def test_further_columns_are_kept_as_text(tmp_path):
    rows = [{"text": "Een zin.", "label": "a", "page": 3, "coder": None}]
    table = open_table(write_jsonl(tmp_path / "a.jsonl", rows))
    (row,) = read_rows(table, RowColumns(), others=["page", "coder"])
    assert row.others == {"page": "3", "coder": ""}
    with pytest.raises(InputError, match="no column 'krant'"):
        read_rows(table, RowColumns(), others=["krant"])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": None}, "row 1: text is None"),
        ({"text": " "}, "row 1: text is ' '"),
        ({"label": None}, "row 1: label is None"),
        ({"context": 3}, "row 1: context is 3, expected text"),
    ],
)
def test_a_row_that_cannot_be_used_is_an_error(tmp_path, row, message):
    path = write_jsonl(tmp_path / "a.jsonl", [stance_rows()[0] | row])
    with pytest.raises(InputError, match=message):
        read_labelled(path)


def test_a_broken_line_is_an_error(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", stance_rows())
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    with pytest.raises(InputError, match="row 101 cannot be used: line 101: not JSON"):
        read_labelled(path)


def test_missing_columns(stance_file):
    with pytest.raises(InputError, match="no column 'gold'; it has text, context, label"):
        read_labelled(stance_file, label_column="gold")


def test_a_split_needs_its_column(tmp_path):
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "Een zin.", "label": "a"}])
    with pytest.raises(InputError, match="no column 'split'"):
        read_labelled(path, split="test")


SOFT = RowColumns("text", "label", soft="soft_")


def test_shares_of_labels_in_their_order():
    row = {"text": "Zin.", "label": "a", "soft_b": 0.333333, "soft_a": "0.666667"}
    found = labelled_row("a.csv: row 1", row, SOFT, ["a", "b"])
    assert found.soft == pytest.approx((2 / 3, 1 / 3), abs=1e-6)
    assert sum(found.soft) == pytest.approx(1)
    assert labelled_row("a.csv: row 1", row, RowColumns(), ["a", "b"]).soft == ()


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        ({"soft_a": None, "soft_b": 1}, "soft_a is None, expected a share from 0 to 1"),
        ({"soft_a": "", "soft_b": 1}, "soft_a is '', expected a share from 0 to 1"),
        ({"soft_a": -0.5, "soft_b": 1}, "soft_a is -0.5, expected a share from 0 to 1"),
        ({"soft_a": "nan", "soft_b": 1}, "soft_a is 'nan', expected a share from 0 to 1"),
        ({"soft_a": 0.5, "soft_b": 1}, "the shares soft_... add up to 1.5, expected 1"),
    ],
)
def test_shares_that_cannot_be_used(shares, fault):
    row = {"text": "Zin.", "label": "a"} | shares
    assert labelled_row("a.csv: row 1", row, SOFT, ["a", "b"]) == [fault]


@pytest.mark.parametrize("fmt", ["csv", "jsonl"])
def test_the_apostrophe_of_a_sheet_is_no_part_of_a_sentence(tmp_path, fmt):
    """A sample that was filled in is read as what was labelled; jsonl never has one."""
    texts = ["- Wij verlengen.", "+ 'Nee'", "'t Is voorbij."]
    path = tmp_path / f"gold.{fmt}"
    records = [{"text": text, "context": "@x", "label": "a"} for text in texts]
    path.write_text(sheet_text(records, fmt, [*records[0]]), "utf-8")
    rows = read_labelled(path)
    assert [(row.text, row.context) for row in rows] == [(text, "@x") for text in texts]
    path = write_jsonl(tmp_path / "own.jsonl", [{"text": "'- x", "label": "a"}])
    assert [row.text for row in read_labelled(path)] == ["'- x"]
