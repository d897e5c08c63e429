import csv
import io

import pytest
from conftest import write_jsonl

from stance.annotation.marks import BOTH, Span
from stance.annotation.sheet import export_tasks, read_marks
from stance.annotation.tasks import Task
from stance.errors import InputError
from stance.holders import Holder


def marks(tmp_path, text, name="anna.csv"):
    (tmp_path / name).write_text(text, "utf-8")
    return [*read_marks(tmp_path / name)]


def test_what_coders_get():
    holders = (Holder("author", None, None, "favor"), Holder("Kiev", 2, 6, "favor"))
    text = export_tasks([Task("1", "- Kiev", "=Wie?", "favor", 0.9, holders), Task("2", "B.")], "m")
    assert text.startswith("\ufeff")  # or Excel reads é as two letters
    rows = [*csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]
    assert rows[0] == {
        "sentence_id": "1", "context": "'=Wie?", "text": "'- Kiev", "label": "favor",
        "holders": "author: favor; Kiev: favor",
    }  # fmt: skip
    assert (rows[1]["label"], rows[1]["holders"]) == ("", "")


def test_a_sheet_that_excel_saved_with_semicolons(tmp_path):
    (one, other) = marks(
        tmp_path,
        "\ufeffsentence_id;context;text;label;holders\r\n"
        "1;;'- Kiev en Kiev; zei Kiev.;favor;Kiev: favor, Kiev = favor\r\n".replace(", ", "; ")
        .replace("'- Kiev en Kiev; zei Kiev.", '"\'- Kiev en Kiev; zei Kiev."')
        .replace("Kiev: favor; Kiev = favor", '"Kiev: favor; Kiev = favor; Author: favor"')
        + "2;;Zin.;;none\r\n",
    )
    assert (one.coder, one.text, one.labels) == ("anna", "- Kiev en Kiev; zei Kiev.", ("favor",))
    assert one.author == ("favor",)
    spans = [Span(2, 6, "favor", "Kiev", BOTH), Span(10, 14, "favor", "Kiev", BOTH)]
    assert [*one.spans] == spans
    assert other.is_empty


def test_a_sample_that_was_filled_in_and_one_file_of_several_coders(tmp_path):
    (one,) = marks(
        tmp_path, "id,sentence,label,gold,gold_holders\n1,Kiev wil.,neutral,favor,Kiev: favor\n"
    )
    assert one.labels == ("favor",)  # not the label that the model gave
    first, second = marks(tmp_path, "id,text,label,coder\n1,Zin.,favor,bert\n1,Zin.,favor,\n")
    assert (first.coder, second.coder) == ("bert", "")


def test_a_copy_of_the_sample_itself_serves(tmp_path):
    (one,) = marks(tmp_path, "row,sentence_index,sentence,gold\n4,1,Kiev wil.,favor\n")
    assert (one.id, one.labels) == ("4-1", ("favor",))


def test_a_sample_may_show_the_text_that_a_sentence_is_of(tmp_path):
    (one,) = marks(tmp_path, "row,sentence_index,text,sentence,gold\n4,1,Alles.,Kiev wil.,favor\n")
    assert one.text == "Kiev wil."
    (one,) = marks(tmp_path, "sentence_id,text,sentence,label\n4,Kiev wil.,Iets.,favor\n")
    assert one.text == "Kiev wil."


def test_lists_of_holders(tmp_path):
    holders = [{"text": "Kiev", "start": 0, "stance": "favor"}, {"text": "author", "stance": "x"}]
    row = {"sentence_id": 1, "text": "Kiev wil.", "label": "favor", "holders": holders}
    (one,) = read_marks(write_jsonl(tmp_path / "anna.jsonl", [row]))
    assert one.spans == (Span(0, 4, "favor", "Kiev", BOTH),)
    assert one.author == ("x",)
    (one,) = read_marks(write_jsonl(tmp_path / "anna.jsonl", [row | {"holders": [3]}]))
    assert one.fault == "holders has 3, expected an object with text, stance and start"


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (
            "Moskou: favor",
            "holders has 'Moskou', which does not stand in the text as it is written",
        ),
        ("Kiev: voor", "holders gives 'Kiev' the side 'voor', expected favor or against"),
        ("Kiev", "holders has 'Kiev', expected actors with their sides"),
    ],
)
def test_holders_that_cannot_be_used(tmp_path, cell, fault):
    (one,) = marks(tmp_path, f"id,text,label,holders\n1,Kiev wil.,favor,{cell}\n")
    assert fault in one.fault


def test_a_file_without_the_columns(tmp_path):
    with pytest.raises(InputError, match="no column gold or label; it has id, text"):
        marks(tmp_path, "id,text\n1,Zin.\n")
    (one,) = marks(tmp_path, "id,text,label\n1,Zin.,favor,te veel\n")
    assert "4 fields, the header has 3" in one.fault
