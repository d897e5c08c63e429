import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stance.comparison import compare, mcnemar


def test_mcnemar_on_the_approval_ratings_of_agresti():
    """Agresti 2002, table 10.1: 86 and 150 people changed sides; exact p 3.716e-05."""
    assert mcnemar(86, 150) == pytest.approx(3.716e-05, rel=1e-3)


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_a_binomial_test(one, two):
    expected = stats.binomtest(one, one + two).pvalue if one + two else 1.0
    assert mcnemar(one, two) == pytest.approx(expected, rel=1e-6)


def test_mcnemar_of_large_numbers():
    assert mcnemar(60_000, 60_000) == 1
    assert 0 < mcnemar(60_000, 61_000) < 0.01


def test_a_hand_worked_comparison():
    gold = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    first = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    second = np.array([0, 0, 1, 1, 1, 1, 1, 0])
    found = compare(gold, first, second, 2, [*"abcdefgh"])
    assert (found["only_first"], found["only_second"]) == (2, 0)
    assert found["mcnemar_p"] == 0.5
    assert found["accuracy"]["difference"] == pytest.approx(0.25)
    assert found["macro_f1"]["first"] == pytest.approx((6 / 7 + 8 / 9) / 2)
    low, high = found["accuracy"]["interval"]
    assert (low, high) == pytest.approx((0, 0.625), abs=0.13)


def test_a_paired_interval_is_narrower_than_two_apart():
    """Models that err on the same rows differ by little, however wide the interval of each."""
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 3, 600)
    first = np.where(rng.random(600) < 0.7, gold, (gold + 1) % 3)
    second = np.where(rng.random(600) < 0.03, (gold + 1) % 3, first)
    low, high = compare(gold, first, second, 3, [str(i) for i in range(600)])["macro_f1"][
        "interval"
    ]
    assert 0 < low < high < 0.045


def test_documents_that_differ_as_a_whole_widen_the_interval():
    gold = np.zeros(400, int)
    first = np.zeros(400, int)
    second = np.repeat(np.arange(40) % 4 == 0, 10).astype(int)

    def width(documents):
        low, high = compare(gold, first, second, 2, documents)["accuracy"]["interval"]
        return high - low

    rows = [str(i) for i in range(400)]
    assert width([str(i // 10) for i in range(400)]) > 2 * width(rows)


def test_the_same_model_twice():
    gold, same = np.array([0, 1, 1]), np.array([0, 1, 0])
    found = compare(gold, same, same, 2, [*"abc"])
    assert found["macro_f1"]["interval"] == [0, 0]
    assert found["mcnemar_p"] == 1
