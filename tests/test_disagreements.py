import csv
import io

import pytest
from conftest import write_jsonl

from stance.coded_file import read_coded
from stance.disagreements import disagreements, disagreements_text, text_of
from stance.errors import ConfigError
from stance.holders import Holder
from stance.labels import LABELS


def coded(tmp_path, *rows, coders="abc"):
    rows = [{"id": str(i), "text": "Kiev wil sancties."} | row for i, row in enumerate(rows)]
    return read_coded(write_jsonl(tmp_path / "coded.jsonl", rows), [*coders], LABELS)


def test_rows_that_differ_those_with_most_labels_first(tmp_path):
    file = coded(
        tmp_path,
        {"a": "favor", "b": "favor", "c": ""},
        {"a": "favor", "b": "against", "c": "favor", "context": "Wie?"},
        {"a": "favor", "b": "against", "c": "neutral"},
    )
    found = disagreements(file)
    assert [one["id"] for one in found] == ["2", "1"]
    assert found[1] == {
        "id": "1", "context": "Wie?", "text": "Kiev wil sancties.", "a": "favor", "b": "against",
        "c": "favor", "on": "label", "gold": "",
    }  # fmt: skip


def test_holders_may_differ_alone(tmp_path):
    kiev = [{"text": "Kiev", "stance": "favor"}]
    row = {"a": "favor", "b": "favor", "a_holders": kiev, "b_holders": kiev}
    other = row | {"b_holders": "author: favor"}
    both = other | {"b": "against"}
    (found, last) = disagreements(coded(tmp_path, row, other, both, coders="ab"))
    assert (found["on"], last["on"]) == ("label and holders", "holders")
    assert (last["a_holders"], last["b_holders"]) == ("Kiev: favor", "author: favor")
    assert last["gold_holders"] == ""


def test_the_list_is_a_sheet(tmp_path):
    file = coded(tmp_path, {"a": "favor", "b": "against", "text": "- Wij."}, coders="ab")
    text = disagreements_text(file, "csv")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["text"] == "'- Wij."
    none = coded(tmp_path, {"a": "favor", "b": "favor"}, coders="ab")
    assert disagreements_text(none, "csv").removeprefix("\ufeff") == "id,text,a,b,on,gold\n"


def test_nobody_in_a_sentence_with_a_side():
    assert text_of((), "favor") == "none"
    assert text_of((), "neutral") == ""
    assert text_of((Holder("Kiev", 0, 4, "favor"),), "favor") == "Kiev: favor"


def test_without_sentences_the_list_has_none(tmp_path):
    (tmp_path / "codes.csv").write_text("id,a,b\nx,favor,against\n")
    file = read_coded(tmp_path / "codes.csv", ["a", "b"], LABELS)
    assert [*disagreements(file)[0]] == ["id", "a", "b", "on", "gold"]


def test_the_codes_of_a_coder_are_not_lost_to_a_column_of_the_list(tmp_path):
    (tmp_path / "codes.csv").write_text("id,gold,b\nx,favor,against\n")
    file = read_coded(tmp_path / "codes.csv", ["gold", "b"], LABELS)
    with pytest.raises(ConfigError, match="has a column 'gold' of its own; rename that of the"):
        disagreements(file)
