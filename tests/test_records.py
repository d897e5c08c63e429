import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.documents import Document
from stance.errors import ConfigError
from stance.holders import Holder
from stance.readers import Row
from stance.records import EVERYTHING, _free_names, make_columns, make_records, wanted

LABELS = ("favor", "against", "neutral", "unrelated")
TEXT = "Moskou wil af van de sancties tegen Rusland. Het regent."
DOCUMENT = Document(Row(1, {"text": TEXT, "krant": "A"}, "a.csv"), TEXT, "", [(0, 44), (45, 56)])
SAID = [
    {"label": "against", "score": 0.9, "truncated": False},
    {"label": "unrelated", "score": 0.8, "truncated": False},
]
HOLDERS = [
    [Holder("author", None, None, "against", 0.7), Holder("Moskou", 0, 6, "against", 0.9)],
    [],
]


def records(form, those=EVERYTHING):
    columns = make_columns({"krant": str}, LABELS, with_file=True, holders=form)
    return [*make_records(DOCUMENT, False, SAID, HOLDERS, columns, those)]


def test_a_row_a_sentence_with_its_target():
    first, second = records("none")
    assert (first["krant"], first["file"], first["sentence"]) == ("A", "a.csv", TEXT[:44])
    assert (first["target"], second["target"]) == ("Rusland", "")
    assert "holders" not in first


def test_holders_as_text_and_as_structures():
    assert [one["holders"] for one in records("text")] == ["author: against; Rusland: against", ""]
    first, second = records("list")
    assert second["holders"] == []
    assert first["holders"][1] == {
        "actor": "Rusland",
        "stance": "against",
        "text": "Moskou",
        "start": 0,
        "end": 6,
        "score": 0.9,
    }


def test_a_row_a_holder():
    found = records("rows")
    assert [(one["row"], one["holder_actor"], one["holder_start"]) for one in found] == [
        (1, "author", None),
        (1, "Rusland", 0),
    ]


@pytest.mark.parametrize(
    ("holder", "target", "sentences"),
    [
        (None, None, [0, 1]),
        ("het Kremlin", None, [0]),
        ("author", None, [0]),
        ("Iran, Rusland", None, [0]),
        ("Iran", None, []),
        (None, "de Russen", [0]),
        (None, "Iran", []),
        ("author", "Rusland", [0]),
    ],
)
def test_only_what_is_wanted(holder, target, sentences):
    found = records("text", wanted(holder, target))
    assert [one["sentence_index"] for one in found] == sentences


def test_of_many_holders_only_the_wanted_get_a_row():
    (one,) = records("rows", wanted("Poetin", None))
    assert one["holder_text"] == "Moskou"


@pytest.mark.parametrize("names", ["", " ", "Rusland,,Iran", ","])
def test_names_that_are_none(names):
    with pytest.raises(ConfigError, match="expected names, apart by commas"):
        wanted(names, None)


@given(
    st.lists(st.sampled_from(["row", "label", "x", "input_row", "holders", "file"]), unique=True)
)
def test_the_inputs_columns_keep_apart_from_ours(kept):
    columns = make_columns(dict.fromkeys(kept, str), LABELS, with_file=False, holders="text")
    assert len({*columns.kept.values()}) == len(kept)
    assert len(columns.types) == len(kept) + 15


def test_a_column_of_abstention_only_when_asked_for():
    kept = {"abstained": str}
    without = make_columns(kept, LABELS, with_file=False, holders="none")
    assert without.kept == {"abstained": "abstained"}
    asked = make_columns(kept, LABELS, with_file=False, holders="none", abstains=True)
    assert asked.kept == {"abstained": "input_abstained"}
    assert asked.types["abstained"] is bool


def test_names_of_a_hundred_thousand_columns():
    kept = [f"c{i}" for i in range(100_000)] + ["row", "input_row"]
    # In quadratic time a minute.
    names = _free_names(dict(zip(kept, kept, strict=True)), {"row": int})
    assert names["row"] == "input_input_row"
    assert len({*names.values()}) == len(kept)


def test_escaped_names_stay_different():
    columns = make_columns(
        {"=a": str, "'=a": str}, LABELS, with_file=False, holders="none", escapes=True
    )
    assert columns.kept == {"=a": "input_'=a", "'=a": "'=a"}
