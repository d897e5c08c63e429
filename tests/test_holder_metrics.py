import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.holder_metrics import MATCHES, ROLES, score_holders
from stance.holders import Holder

SENTENCE = "Het Kremlin en Moskou, zei premier Orbán, zijn tegen; de PVV en Rusland niet."


def held(span, stance, sentence=SENTENCE):
    if span == "author":
        return Holder(span, None, None, stance)
    start = sentence.index(span)
    return Holder(span, start, start + len(span), stance)


@st.composite
def holders(draw):
    stance = draw(st.sampled_from(["favor", "against"]))
    if draw(st.booleans()):
        return Holder("author", None, None, stance)
    start = draw(st.integers(0, len(SENTENCE) - 1))
    end = draw(st.integers(start + 1, len(SENTENCE)))
    return Holder(SENTENCE[start:end], start, end, stance)


LISTS = st.lists(holders(), max_size=5)
SETS = st.lists(st.tuples(LISTS, LISTS), min_size=1, max_size=6)


def f1(gold, predicted, match, role="all"):
    return score_holders([gold], [predicted])[role][match]["f1"]


@settings(max_examples=30)
@given(st.lists(LISTS, min_size=1, max_size=5))
def test_perfect_is_one(gold):
    found = score_holders(gold, gold)
    for role in ROLES:
        for match in MATCHES:
            # Spans without a letter or digit cannot overlap.
            if found[role]["gold"] and (match != "overlap" or role == "author"):
                assert found[role][match]["f1"] == 1


@settings(max_examples=30)
@given(SETS)
def test_swapped_roles_swap_precision_and_recall(pairs):
    gold, predicted = zip(*pairs, strict=True)
    one, other = score_holders(gold, predicted), score_holders(predicted, gold)
    for role in ROLES:
        assert one[role]["gold"] == other[role]["predicted"]
        for match in MATCHES:
            a, b = one[role][match], other[role][match]
            assert (a["precision"], a["recall"]) == (b["recall"], b["precision"])
            assert a["f1"] == b["f1"]
            low, high = a["interval"]
            assert 0 <= low <= high <= 1


@settings(max_examples=30)
@given(SETS, st.randoms(use_true_random=False))
def test_order_does_not_matter(pairs, rng):
    gold, predicted = zip(*pairs, strict=True)
    found = score_holders(gold, predicted)
    mixed = random.Random(rng.random()).sample(pairs, len(pairs))
    shuffled = [[rng.sample(one, len(one)) for one in pair] for pair in mixed]
    other = score_holders(*zip(*shuffled, strict=True))
    for role in ROLES:
        for match in MATCHES:
            for name in ("precision", "recall", "f1"):
                assert found[role][match][name] == other[role][match][name]


@settings(max_examples=30)
@given(SETS)
def test_a_right_span_overlaps_and_roles_add_up(pairs):
    gold, predicted = zip(*pairs, strict=True)
    found = score_holders(gold, predicted)
    words = [[one for one in line if any(map(str.isalnum, one.text))] for line in gold]
    lettered = score_holders(words, predicted)
    assert lettered["all"]["overlap"]["recall"] >= lettered["all"]["exact"]["recall"]
    for count in ("gold", "predicted"):
        assert found["all"][count] == found["named"][count] + found["author"][count]


def test_a_span_must_be_exact_or_share_a_letter():
    gold = [held("premier Orbán", "against")]
    assert f1(gold, [held("Orbán", "against")], "exact") == 0
    assert f1(gold, [held("Orbán", "against")], "overlap") == 1
    assert f1(gold, [held("Orbán, zijn", "against")], "overlap") == 1
    assert f1(gold, [held(", zijn", "against")], "overlap") == 0
    assert f1(gold, [held("Orbán", "favor")], "overlap") == 0


def test_no_holder_overlaps_two():
    gold = [held("Het Kremlin en Moskou", "against")]
    parts = [held("Kremlin", "against"), held("Moskou", "against")]
    found = score_holders([gold], [parts])["all"]["overlap"]
    assert (found["precision"], found["recall"]) == (0.5, 1)


def test_actors_count_once_whatever_they_are_called():
    gold = [held("Het Kremlin", "against"), held("Moskou", "against"), held("de PVV", "favor")]
    predicted = [held("Rusland", "against"), held("PVV", "favor")]
    assert f1(gold, predicted, "actor") == 1
    assert f1(gold, predicted, "exact") == 0


def test_an_unknown_name_is_compared_in_plain_letters():
    text = "De Vrouwenraad wil niet, de  vrouwenraad wel."
    gold, predicted = held("De Vrouwenraad", "favor", text), held("de  vrouwenraad", "favor", text)
    assert f1([gold], [predicted], "actor") == 1
    assert f1([gold], [predicted], "exact") == 0


def test_the_writer_and_named_holders_are_scored_apart():
    gold = [held("author", "favor"), held("Moskou", "against")]
    found = score_holders([gold], [[held("author", "favor")]])
    assert found["author"]["exact"]["f1"] == 1
    assert found["named"]["exact"] == {"precision": 0, "recall": 0, "f1": 0, "interval": [0, 0]}
    assert found["all"]["exact"]["f1"] == pytest.approx(2 / 3)
    assert f1([held("author", "favor")], [held("author", "against")], "actor") == 0


def test_sentences_of_a_group_that_err_together_widen_the_interval():
    right = [i % 3 != 0 for i in range(40) for _ in range(10)]
    gold = [[held("Moskou", "favor")]] * 400
    predicted = [[held("Moskou", "favor" if one else "against")] for one in right]
    groups = [str(i // 10) for i in range(400)]

    def width(groups):
        low, high = score_holders(gold, predicted, groups)["all"]["exact"]["interval"]
        return high - low

    assert width(groups) > 2 * width(None)


def test_as_many_of_each():
    with pytest.raises(ValueError, match="0 sentences"):
        score_holders([], [])
    with pytest.raises(ValueError, match="1 sentences with gold holders, 2 with predicted"):
        score_holders([[]], [[], []])
    with pytest.raises(ValueError, match="and 2 groups"):
        score_holders([[]], [[]], ["a", "b"])
