from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance import Holder, LabelledDocument, Prediction
from stance.predictions import _wilson


def sentence(*holders):
    return Prediction("Een zin.", "neutral", 0.5, {}, False, 0, 8, [*holders])


def holder(text, stance):
    return Holder(text, 0, len(text), stance)


def test_names_of_one_actor_count_together():
    document = LabelledDocument(
        [
            sentence(holder("het Kremlin", "against"), Holder("author", None, None, "favor")),
            sentence(holder("Moskou", "against"), holder("Poetin", "against")),
            sentence(),
            sentence(holder("Rusland", "favor")),
        ]
    )
    russia, author = document.by_holder()
    assert (russia.actor, russia.favor, russia.against) == ("Rusland", 1, 2)
    assert russia.sentences == [document[0], document[1], document[3]]
    assert russia.share == pytest.approx(1 / 3)
    assert russia.interval[0] < russia.share < russia.interval[1]
    assert (author.actor, author.favor, author.against) == ("author", 1, 0)


def test_sentences_that_the_model_abstains_on_do_not_count():
    one = sentence(holder("Moskou", "against"))
    document = LabelledDocument([one, replace(one, abstained=True)])
    (russia,) = document.by_holder()
    assert (russia.against, russia.sentences) == (1, [one])


def test_nobody():
    assert LabelledDocument([sentence()]).by_holder() == []


def test_wilson_against_a_worked_example():
    # 81 of 263: Newcombe 1998, table I, method 3.
    low, high = _wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@given(st.integers(1, 1000), st.data())
def test_wilson_holds_the_share_and_stays_a_share(n, data):
    k = data.draw(st.integers(0, n))
    low, high = _wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1
