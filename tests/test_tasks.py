import pytest
from conftest import write_jsonl

from stance.annotation.tasks import read_tasks
from stance.errors import InputError


def read(tmp_path, rows, **options):
    return read_tasks(write_jsonl(tmp_path / "in.jsonl", rows), **options)


def test_a_sample_keeps_its_columns_and_is_told_apart_by_place(tmp_path):
    path = tmp_path / "todo.csv"
    path.write_text(
        "﻿file,row,sentence_index,context,sentence,gold,stratum_rows\n"
        "a.csv,3,0,,'- Wij verlengen.,,12\n"
        "b.csv,3,0,Ervoor.,De lijst.,,12\n",
        "utf-8",
    )
    found = read_tasks(path)
    assert [(one.id, one.text, one.context) for one in found.tasks] == [
        ("a.csv-3-0", "- Wij verlengen.", ""),  # the apostrophe of the sheet is gone
        ("b.csv-3-0", "De lijst.", "Ervoor."),
    ]
    assert found.text_column == "sentence"
    assert found.tasks[0].values["stratum_rows"] == "12"


def test_the_sentence_before_is_the_context_in_a_labelled_table(tmp_path):
    rows = [
        {"row": 1, "sentence_index": 0, "sentence": "Een."},
        {"row": 1, "sentence_index": 1, "sentence": "Twee."},
        {"row": 1, "sentence_index": 3, "sentence": "Vier."},
        {"row": 2, "sentence_index": 0, "sentence": "Nul."},
        {"row": 2, "sentence_index": 1, "sentence": "Eén.", "context": "Eigen."},
    ]
    found = read(tmp_path, rows).tasks
    assert [one.context for one in found] == ["", "Een.", "", "", "Eigen."]


@pytest.mark.parametrize(
    ("row", "options", "key"),
    [
        ({"id": 7, "text": "Zin."}, {}, "7"),
        ({"text": "Zin."}, {}, "1"),
        ({"row": 1, "sentence_index": "9" * 5000, "text": "Zin."}, {}, f"1-{'9' * 5000}"),
        ({"id": 7, "zin": "Zin.", "nr": "x-1"}, {"text_column": "zin", "id_column": "nr"}, "x-1"),
    ],
)
def test_ids(tmp_path, row, options, key):
    assert [one.id for one in read(tmp_path, [row], **options).tasks] == [key]


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([{"zin": "Zin."}], {}, "no column 'text'; it has zin. Name another with --text-column."),
        ([{"text": "Zin."}], {"id_column": "nr"}, "no column 'nr'"),
        ([{"text": " "}], {}, "row 1: text is ' ', expected a sentence"),
        ([{"text": 3}], {}, "row 1: text is 3, expected a sentence"),
        ([{"text": "Zin.", "id": ""}], {}, "row 1: the id is '', expected a name on one line"),
        ([{"text": "Zin.", "id": "a\nb"}], {}, r"row 1: the id is 'a\nb'"),
        ([{"text": "Zin.", "id": 1}, {"text": "Zin.", "id": "1"}], {}, "in.jsonl: row 2: the id "
         "'1' stands at"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(tmp_path, rows, options, message):
    with pytest.raises(InputError) as caught:
        read(tmp_path, rows, **options)
    assert message in str(caught.value)


def test_a_header_alone(tmp_path):
    (tmp_path / "in.csv").write_text("text\n")
    with pytest.raises(InputError, match="there is a header, but there are no rows"):
        read_tasks(tmp_path / "in.csv")


def test_codes_may_stand_without_sentences(tmp_path):
    found = read(tmp_path, [{"anna": "favor"}], needs_text=False)
    assert (found.text_column, found.tasks[0].text, found.tasks[0].id) == ("", "", "1")
