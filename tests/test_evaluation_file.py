import pytest
from conftest import write_jsonl

from stance.errors import InputError
from stance.evaluation_file import group_rows, read_evaluation_file
from stance.rows import RowColumns

ROWS = [
    {"text": "Een.", "label": "x", "context": "Ervoor.", "group": "a", "date": "2024-01-31"}
    | {"outlet": "Brug", "anna": "x", "target": "Iran", "split": "test"},
    {"text": "Twee.", "label": "y", "context": "", "group": "a", "date": "mei"}
    | {"outlet": "Kanaal", "anna": "", "target": "", "split": "train"},
    {"text": "Drie.", "label": "y", "context": "", "group": "b", "date": "2024-02-01"}
    | {"outlet": "Brug", "anna": "y", "target": "", "split": "test"},
]

PLAIN = RowColumns()


def read(tmp_path, columns=PLAIN, rows=ROWS, **options):
    return read_evaluation_file(write_jsonl(tmp_path / "a.jsonl", rows), columns, **options)


def test_columns_that_are_there_are_taken(tmp_path):
    file = read(tmp_path, by=["outlet"], coders=["anna"])
    assert file.document_column == "group"
    assert [row.group for row in file.rows] == ["a", "a", "b"]
    assert file.rows[0].context == "Ervoor."
    assert file.rows[0].others == {
        "outlet": "Brug", "anna": "x", "target": "Iran", "date": "2024-01-31",
    }  # fmt: skip


def test_other_columns_may_be_named(tmp_path):
    file = read(tmp_path, RowColumns(context="outlet", group="anna"))
    assert [row.group for row in file.rows] == ["x", "", "y"]
    assert file.rows[0].context == "Brug"


def test_a_file_without_documents(tmp_path):
    file = read(tmp_path, rows=[{"text": "Een.", "label": "x"}])
    assert file.document_column is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": ["krant"]}, "no column 'krant'; .* Name others with --by."),
        ({"coders": ["anna", "bert"]}, "no column 'bert'; .* Name others with --coders."),
        ({"columns": RowColumns(group="artikel")}, "no column 'artikel'"),
        ({"split": "dev"}, "no rows with split 'dev'"),
    ],
)
def test_columns_that_are_missing(tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, **options)


def test_groups_are_made_of_columns_and_dates(tmp_path):
    file = read(tmp_path, by=["outlet", "month"], split="test")
    groups = group_rows(file, ["outlet", "month"])
    assert groups.keys == (("Brug", "2024-01"), ("Brug", "2024-02"))
    assert groups.codes.tolist() == [0, 1]


def test_a_row_without_a_month(tmp_path):
    with pytest.raises(InputError, match=r"row 2, column 'date': 'mei' is no date .* --by year"):
        group_rows(read(tmp_path, by=["year"]), ["year"])
