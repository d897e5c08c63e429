from collections import Counter

from conftest import write_jsonl
from report_tables import EVIL, rows, write, write_gold

from stance.labelled import open_labelled
from stance.report.cards import make_cards
from stance.report.study import View, read_study
from stance.report.words import Words


def cards(path, gold=None, **view):
    view = View(**view)
    return make_cards(read_study(open_labelled(path), gold, view), view, Words("en"))


def test_cards_are_spread_over_label_and_outlet(tmp_path):
    found = cards(write(tmp_path / "t.parquet"), examples=48)
    cells = Counter((card.label, card.facts[0]) for card in found.cards)
    assert len(cells) == 12
    assert set(cells.values()) == {4}
    assert found.spread == "outlet"


def test_a_card_tells_what_is_known_of_its_sentence(tmp_path):
    table = rows()
    found = cards(write(tmp_path / "t.parquet"), write_gold(tmp_path / "g.csv"), examples=500)
    assert len(found.cards) == 240
    for number, (card, row) in enumerate(zip(found.cards, table, strict=True)):
        assert card.label == row["label"]
        assert "".join(part.text for part in card.parts) == row["sentence"]
        assert card.score == 0.7
        assert bool(card.gold) == (number % 2 == 0)
        assert ("the model abstained" in card.facts) == row["abstained"]
        assert row["outlet"] == card.facts[0]
        assert [side.actor for side in card.sides] == (["author"] if row["holders"] else [])
        marked = [part.text for part in card.parts if part.holder]
        assert marked == (["Het Kremlin"] if row["holders"] else [])


def test_every_card_can_be_found_by_what_it_has(tmp_path):
    found = cards(write(tmp_path / "t.parquet"), examples=60)
    titles = [facet.title for facet in found.facets]
    assert titles == ["Label", "outlet", "Month", "Sanctioned party", "Holder"]
    for place, facet in enumerate(found.facets):
        for code, name, n in facet.options:
            having = [card for card in found.cards if code in card.codes[place]]
            assert len(having) == n > 0, (facet.title, name)
    by_outlet = {name: code for code, name, _ in found.facets[1].options}
    assert all(
        (by_outlet[EVIL] in card.codes[1]) == (card.facts[0] == EVIL) for card in found.cards
    )


def test_a_rare_party_keeps_its_name_on_the_card(tmp_path):
    table = [row | {"target": f"Land {number}"} for number, row in enumerate(rows(60))]
    found = cards(write(tmp_path / "t.parquet", table), examples=500)
    assert all(f"party: Land {i}" in card.facts for i, card in enumerate(found.cards))
    assert len(found.facets[3].options) == 20


def test_bare_tables_have_cards_too(tmp_path):
    others = ("outlet", "date", "target", "holders")
    bare = [{name: one for name, one in row.items() if name not in others} for row in rows(30)]
    found = cards(write_jsonl(tmp_path / "t.jsonl", bare), examples=8)
    assert len(found.cards) == 8
    assert [facet.title for facet in found.facets] == ["Label"]
    assert found.spread == ""


def test_no_examples_at_all(tmp_path):
    assert cards(write(tmp_path / "t.parquet", rows(9)), examples=0).cards == ()
