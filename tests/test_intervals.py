import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.intervals import difference_interval, share_interval, t_quantile, wilson


# Student's t as printed in tables (Abramowitz and Stegun 1964, table 26.10).
@pytest.mark.parametrize(
    ("level", "freedom", "value"),
    [(0.95, 3, 3.182), (0.95, 5, 2.571), (0.95, 30, 2.042), (0.9, 10, 1.812), (0.99, 10, 3.169)],
)
def test_t_quantiles_are_those_of_tables(level, freedom, value):
    assert t_quantile(level, freedom) == pytest.approx(value, rel=2e-3)


def test_with_many_degrees_of_freedom_it_is_normal_and_with_few_no_larger_than_with_three():
    assert t_quantile(0.95, math.inf) == pytest.approx(1.959964, abs=1e-6)
    assert t_quantile(0.95, 0.1) == t_quantile(0.95, 3)


def test_a_share_interval_is_that_of_the_logit():
    low, high = share_interval(0.2, 0.2 * 0.8 / 100, 1.96)
    # logit(.2) = -1.386294; its standard error is 1 / sqrt(100 * .2 * .8) = .25
    assert low == pytest.approx(1 / (1 + math.exp(1.386294 + 0.49)), abs=1e-6)
    assert high == pytest.approx(1 / (1 + math.exp(1.386294 - 0.49)), abs=1e-6)


@given(st.floats(0, 1), st.floats(1e-12, 0.25), st.floats(0.5, 6))
def test_a_share_interval_holds_the_share_and_stays_within_0_and_1(share, variance, quantile):
    low, high = share_interval(share, variance, quantile)
    assert 0 <= low <= share <= high <= 1
    assert high - low <= 4 * quantile * math.sqrt(variance) + 1e-12


def test_a_difference_of_symmetric_intervals_is_the_usual_one():
    change, ends = 0.1, ((0.2, 0.4), (0.35, 0.45))
    low, high = difference_interval((0.3, 0.4), ends)
    half = math.hypot(0.1, 0.05)
    assert (low, high) == (pytest.approx(change - half), pytest.approx(change + half))


def test_estimates_that_move_together_differ_more_surely():
    ends = ((0.2, 0.4), (0.3, 0.5))
    assert difference_interval((0.3, 0.4), ends, 1.0) == (pytest.approx(0.1), pytest.approx(0.1))
    apart = difference_interval((0.3, 0.4), ends, -1.0)
    assert apart == (pytest.approx(-0.1), pytest.approx(0.3))


def test_wilson_against_a_worked_example():
    # 81 of 263: Newcombe 1998, table I, method 3.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@given(st.integers(1, 1000), st.data())
def test_wilson_holds_the_share_and_stays_a_share(n, data):
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1
