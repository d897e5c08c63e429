import pytest
from conftest import write_jsonl

from stance.errors import InputError
from stance.seen import canonical, is_date, make_seen, read_seen

ROWS = [
    {"text": "Een.", "group": "a", "target": "Moskou", "date": "2023-01-05", "split": "train"},
    {"text": "Twee.", "group": "b", "target": "", "date": "2023-02-05", "split": "validation"},
    {"text": "Drie.", "group": "c", "target": "Iran", "date": "2023-03-05", "split": "test"},
]


def test_what_training_files_tell(tmp_path):
    path = write_jsonl(tmp_path / "t.jsonl", ROWS)
    seen = read_seen([path], document_column="group")
    assert seen.texts == ("Een.", "Twee.")
    assert seen.places == (f"{path}: row 1", f"{path}: row 2")
    assert seen.documents == {"a", "b"}
    assert seen.targets == {"Rusland"}
    assert seen.newest == "2023-02-05"


def test_a_column_that_one_file_lacks_is_not_known(tmp_path):
    one = write_jsonl(tmp_path / "a.jsonl", ROWS)
    two = write_jsonl(tmp_path / "b.jsonl", [{"text": "Vier.", "date": "gisteren"}])
    seen = read_seen([one, two], document_column="group")
    assert len(seen.texts) == 3
    assert (seen.documents, seen.targets, seen.newest) == (None, None, None)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"zin": "x"}], "no column 'text'; it has zin. Name another with --text-column."),
        ([{"text": 3}], "row 1: text is 3, expected text"),
        ([ROWS[2]], "no rows that a model was trained on"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, rows, message):
    path = write_jsonl(tmp_path / "t.jsonl", rows)
    with pytest.raises(InputError) as caught:
        read_seen([path])
    assert message in str(caught.value)


def test_a_broken_row(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"text": "Een."}\n{\n', "utf-8")
    with pytest.raises(InputError, match="row 2 cannot be used"):
        read_seen([tmp_path / "t.jsonl"])


def test_dates_that_are_none_make_the_newest_unknown():
    assert make_seen(["x"], ["y"], dates=["2024-13-01"]).newest is None
    assert make_seen(["x", "x"], ["y", "y"], dates=["2024-03-01T10:00", "2023-03-01"]).newest == (
        "2024-03-01"
    )
    assert is_date("2024-02-29")
    assert not is_date("2024-W01-1")
    assert not is_date("2023-02-29")


def test_a_party_has_one_name():
    assert canonical(" Moskou ") == canonical("Rusland") == "Rusland"
    assert canonical(" ") == ""
