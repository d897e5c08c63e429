import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.explanation import TOLERANCE, Explanation, join_tokens, log_odds, split_words

TEXTS = st.text(alphabet="aB éÉ.,-'…\n\t5(e\u0308", max_size=40)


@settings(deadline=None)
@given(TEXTS | st.text(max_size=40))
def test_words_hold_all_of_a_text_but_its_spaces(text):
    spans = split_words(text)
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert end <= start
    inside = "".join(text[start:end] for start, end in spans)
    assert inside == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EU-landen, zegt hij.", ["EU-landen", ",", "zegt", "hij", "."]),
        ("12.000 euro", ["12.000", "euro"]),
        ("foto's (“mooi”)", ["foto's", "(“", "mooi", "”)"]),
        ("Syrie\u0308 zwijgt", ["Syrie\u0308", "zwijgt"]),
        ("  ", []),
    ],
)
def test_what_a_word_is(text, words):
    assert [text[start:end] for start, end in split_words(text)] == words


def test_tokens_are_joined_to_words():
    text = "De sancties, ja"
    offsets = [(0, 2), (2, 6), (6, 11), (11, 12), (13, 15)]  # the second one takes the space along
    words = join_tokens(text, offsets, [1, 2, 4, 8, 16])
    assert [(one.text, one.attribution) for one in words] == [
        ("De", 1),
        ("sancties", 6),
        (",", 8),
        ("ja", 16),
    ]
    assert [text[one.start : one.end] for one in words] == [one.text for one in words]


@settings(deadline=None)
@given(TEXTS.filter(lambda text: text.strip()), st.data())
def test_no_part_of_an_attribution_is_lost(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    offsets = [*zip([0, *cuts], [*cuts, len(text)], strict=True)]
    values = data.draw(st.lists(st.integers(-99, 99), min_size=len(offsets), max_size=len(offsets)))
    words = join_tokens(text, offsets, values)
    assert [(one.start, one.end) for one in words] == split_words(text)
    assert sum(one.attribution for one in words) == sum(values)


def test_tokens_of_a_text_without_words():
    assert join_tokens(" ", [(0, 1)], [1.0]) == []


def test_log_odds():
    assert log_odds(np.array([0.2, 0.5, 0.3]), 1) == pytest.approx(0.0)
    assert log_odds(np.array([0.2, 0.5, 0.3]), 0) == pytest.approx(math.log(0.2 / 0.8))


def test_log_odds_of_a_score_that_is_rounded_to_one():
    probabilities = np.array([1.0, 1e-12, 1e-12], dtype=np.float32)
    assert log_odds(probabilities, 0) == pytest.approx(math.log(1 / 2e-12), rel=1e-6)
    assert math.isfinite(log_odds(np.array([1.0, 0.0], dtype=np.float32), 0))
    assert math.isfinite(log_odds(np.array([1.0, 0.0], dtype=np.float32), 1))


@pytest.mark.parametrize(("gap", "said"), [(None, False), (TOLERANCE, False), (0.5, True)])
def test_a_gap_is_told(gap, said):
    explanation = Explanation("x", "", "favor", 0.5, 0.0, "gradients", [], [], 0.0, 1024, gap)
    assert bool(explanation.caveat) == said
    if said:
        assert "0.50 log-odds after 1,024 steps" in explanation.caveat
