import pytest
from conftest import write_jsonl

from stance.coded_file import read_coded
from stance.disagreements import disagreements_text
from stance.errors import InputError
from stance.holders import Holder
from stance.labels import LABELS
from stance.settling import Decision, majority_holders, read_decisions, settle

TEXT = "De Russische regering en Kiev."


def coded(tmp_path, *cells, **columns):
    rows = [
        {"id": str(i), "text": TEXT, **dict(zip("abc", one, strict=False)), **columns}
        for i, one in enumerate(cells)
    ]
    return read_coded(
        write_jsonl(tmp_path / "coded.jsonl", rows), [*"abc"[: len(cells[0])]], LABELS
    )


def span(name, side="favor"):
    return Holder(name, TEXT.index(name), TEXT.index(name) + len(name), side)


def test_majority_ties_and_shares(tmp_path):
    file = coded(
        tmp_path,
        ("favor", "favor", "favor"), ("favor", "against", "favor"), ("favor", "against", ""),
        ("", "", "neutral"), ("", "", ""), ("favor", "against", "neutral"),
    )  # fmt: skip
    found = settle(file, {"5": Decision("neutral", None)})
    gold = [(one["gold"], one["settled_by"]) for one in found.records]
    assert gold == [
        ("favor", "all"), ("favor", "majority"), ("", "tie"), ("neutral", "one coder"),
        ("", "nobody"), ("neutral", "decision"),
    ]  # fmt: skip
    assert found.ties == ["2"]
    assert found.columns == [
        "id", "text", "a", "b", "c", "gold", "settled_by", "soft_favor", "soft_against",
        "soft_neutral", "soft_unrelated",
    ]  # fmt: skip
    shares = [[one[f"soft_{label}"] for label in LABELS] for one in found.records]
    assert shares[1] == [0.666667, 0.333333, 0, 0]
    assert shares[2] == [0.5, 0.5, 0, 0]
    assert shares[4] == [None] * 4
    assert sum(found.how.values()) == 6


def test_a_gold_column_that_is_empty_is_filled_in_its_place(tmp_path):
    found = settle(coded(tmp_path, ("favor", "favor"), gold="", note="x"), {})
    assert found.columns[:6] == ["id", "text", "a", "b", "gold", "note"]
    assert found.records[0]["gold"] == "favor"
    with pytest.raises(InputError, match="row 1, column 'gold': something stands there already"):
        settle(coded(tmp_path, ("favor", "favor"), gold="against"), {})


@pytest.mark.parametrize(
    ("held", "kept"),
    [
        ([["Kiev"], ["Kiev"], []], ["Kiev"]),
        ([["Kiev"], [], []], []),
        ([["Kiev"], []], []),  # one of two is not more than half
        ([["De Russische regering"], ["Russische regering"], ["Russische regering"]],
         ["Russische regering"]),
        ([["De Russische regering"], ["Russische"], []], ["De Russische regering"]),
        ([["Kiev"]], ["Kiev"]),
        ([["Kiev", "De Russische regering"], ["De Russische regering", "Kiev"], []],
         ["De Russische regering", "Kiev"]),
        ([], []),
    ],
)  # fmt: skip
def test_holders_that_more_than_half_marked(held, kept):
    found = majority_holders([tuple(span(name) for name in own) for own in held])
    assert [one.text for one in found] == kept


def test_sides_and_the_writer_are_told_apart():
    author = Holder("author", None, None, "favor")
    held = [(author, span("Kiev")), (author, span("Kiev", "against")), (author,)]
    assert majority_holders(held) == (author,)


def test_holders_are_settled_with_the_label(tmp_path):
    kiev = [{"text": "Kiev", "start": 25, "stance": "favor"}]
    file = coded(
        tmp_path,
        ("favor", "favor"), ("favor", "against"), ("unrelated", "unrelated"), ("favor", "favor"),
        a_holders=kiev, b_holders=kiev,
    )  # fmt: skip
    found = settle(file, {"3": Decision("", ())})
    assert [one["gold_holders"] for one in found.records] == ["Kiev: favor", "", "", "none"]
    spans = [{"text": "Kiev", "start": 25, "end": 29, "stance": "favor"}]
    assert [one["gold_spans"] for one in found.records] == [spans, None, [], []]
    assert found.lost_holders == 6
    assert found.records[3]["settled_by"] == "all"


def test_decisions_of_a_file(tmp_path):
    file = coded(
        tmp_path,
        ("favor", "against"), ("favor", "favor"), ("favor", "against"),
        a_holders=[], b_holders=[],
    )  # fmt: skip
    path = tmp_path / "decided.csv"
    path.write_text(
        "id;text;gold;gold_holders\n"
        f"0;{TEXT};neutral;\n1;{TEXT};;Kiev: favor\n2;{TEXT};;\n", "utf-8"
    )  # fmt: skip
    assert read_decisions(path, file) == {
        "0": Decision("neutral", None),
        "1": Decision("", (span("Kiev"),)),
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("9;{text};favor;", "row 1: the id '9' is none of"),
        ("0;Anders.;favor;", "row 1: the sentence 'Anders.' is another one in"),
        ("0;{text};voor;", "row 1, column 'gold': 'voor' is none of favor, against"),
        ("0;{text};favor;Minsk: favor", "row 1, column 'gold_holders': has 'Minsk'"),
        ("0;{text};favor;\n0;{text};favor;", "the id '0' stands at"),
    ],
)
def test_decisions_that_cannot_be_used(tmp_path, row, message):
    file = coded(tmp_path, ("favor", "against"), a_holders=[], b_holders=[])
    path = tmp_path / "decided.csv"
    path.write_text("id;text;gold;gold_holders\n" + row.format(text=TEXT) + "\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_decisions(path, file)
    assert message in str(caught.value)
    path.write_text("id\n0\n")
    with pytest.raises(InputError, match="no column 'gold'; it has id"):
        read_decisions(path, file)


def test_the_list_of_disagreements_has_its_ids_in_id_whatever_the_file_calls_them(tmp_path):
    rows = [{"nr": "x", "a": "favor", "b": "against"}, {"nr": "y", "a": "favor", "b": "favor"}]
    path = write_jsonl(tmp_path / "coded.jsonl", rows)
    file = read_coded(path, ["a", "b"], LABELS, id_column="nr")
    decided = tmp_path / "decided.csv"
    decided.write_text(disagreements_text(file, "csv").replace("label,", "label,neutral"), "utf-8")
    assert read_decisions(decided, file, "nr") == {"x": Decision("neutral", None)}


def test_a_decision_is_not_taken_for_that_of_the_row_with_its_number(tmp_path):
    file = coded(tmp_path, ("favor", "against"), ("favor", "against"))
    (tmp_path / "decided.csv").write_text("gold\nneutral\n")
    with pytest.raises(InputError, match="no column 'id' tells which sentence a row is of"):
        read_decisions(tmp_path / "decided.csv", file)


def test_an_empty_cell_of_holders_may_hold_a_space_and_a_sentence_other_line_ends(tmp_path):
    kiev = [{"text": "Kiev", "start": 25, "stance": "favor"}]
    file = coded(tmp_path, ("favor", "against"), a_holders=kiev, b_holders=kiev)
    text = TEXT.replace(" en ", "\r\nen ")
    (tmp_path / "decided.csv").write_text(f'id;text;gold;gold_holders\n0;"{text}";favor; \n')
    assert read_decisions(tmp_path / "decided.csv", file) == {"0": Decision("favor", None)}


def test_decided_holders_are_not_dropped_where_coders_have_none(tmp_path):
    file = coded(tmp_path, ("favor", "against"))
    (tmp_path / "decided.csv").write_text("id;gold;gold_holders\n0;favor;Kiev: favor\n")
    with pytest.raises(InputError, match="has no column of holders for every coder"):
        read_decisions(tmp_path / "decided.csv", file)
