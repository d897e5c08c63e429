import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.calibration import (
    HIGHEST_TEMPERATURE,
    LOWEST_TEMPERATURE,
    brier_score,
    calibration_error,
    fit_temperature,
    log_loss,
    reliability_curve,
    risk_coverage_curve,
    softmax,
)

FOUR = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.4, 0.6]])
GOLD = np.array([0, 1, 1, 1])


def drawn(n, temperature=1.0, seed=0):
    """Logits with gold labels drawn from their probabilities under a temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (n, 4))
    limits = softmax(logits, temperature).cumsum(axis=1)
    return logits, (rng.random(n)[:, None] > limits).sum(axis=1).clip(max=3)


samples = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        st.lists(
            st.lists(st.floats(-30, 30, width=32), min_size=3, max_size=3), min_size=n, max_size=n
        ),
        st.lists(st.integers(0, 2), min_size=n, max_size=n),
        st.lists(st.floats(0.5, 20), min_size=n, max_size=n),
    )
)


@given(st.lists(st.floats(-80, 80, width=32), min_size=2, max_size=6), st.floats(0.01, 100))
def test_a_temperature_never_changes_a_label(logits, temperature):
    row = np.array([logits], np.float32)
    probabilities = softmax(row, temperature)
    assert probabilities.dtype == np.float32
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert probabilities.argmax() == row.argmax()


def test_a_label_that_rounding_would_change():
    row = np.array([[1.0, np.nextafter(np.float32(1), np.float32(2)), -3]], np.float32)
    exponent = np.exp(row / 9)
    assert exponent.argmax() == 0  # a tie, which the first wins
    assert softmax(row, 9).argmax() == 1


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_a_known_temperature_is_found(temperature):
    logits, gold = drawn(20_000, temperature)
    assert fit_temperature(logits, gold) == pytest.approx(temperature, rel=0.05)


def test_it_is_the_most_likely_one():
    logits, gold = drawn(300, 1.7)
    best = fit_temperature(logits, gold)
    found = log_loss(softmax(logits, best), gold)
    for factor in (0.999, 1.001):
        assert found < log_loss(softmax(logits, best * factor), gold)
    inverse = 1 / best
    slope = (softmax(logits, best) * logits).sum() - logits[range(300), gold].sum()
    assert abs(slope) < 1e-4
    assert 1 / inverse == best


@given(samples)
@settings(max_examples=50, deadline=None)
def test_fitting_never_makes_the_gold_labels_less_likely(sample):
    logits, gold, weights = (np.array(one) for one in sample)
    temperature = fit_temperature(logits, gold, weights)
    assert LOWEST_TEMPERATURE <= temperature <= HIGHEST_TEMPERATURE
    before, after = (log_loss(softmax(logits, t), gold, weights) for t in (1.0, temperature))
    assert after <= before + 1e-9


def test_samples_without_a_most_likely_temperature():
    logits = np.array([[2.0, 0.0], [0.0, 1.0]])
    assert fit_temperature(logits, np.array([0, 1])) == 1.0
    assert fit_temperature(logits, np.array([1, 0])) == HIGHEST_TEMPERATURE
    sure = np.array([[2.0, 0.0]] * 1000 + [[0.0, 1e-20]])
    assert fit_temperature(sure, np.array([0] * 1001)) == LOWEST_TEMPERATURE


def test_a_weight_is_as_many_rows():
    logits, gold = drawn(60, 2.0)
    weights = np.array([1.0, 2.0, 3.0] * 20)
    many = np.repeat(np.arange(60), weights.astype(int))
    assert fit_temperature(logits, gold, weights) == pytest.approx(
        fit_temperature(logits[many], gold[many]), rel=1e-6
    )
    p = softmax(logits)
    for measure in (brier_score, log_loss, calibration_error):
        assert measure(p, gold, weights) == pytest.approx(measure(p[many], gold[many]))
    ours, theirs = risk_coverage_curve(p, gold, weights), risk_coverage_curve(p[many], gold[many])
    for one, other in zip(ours, theirs, strict=True):
        assert one == pytest.approx(other)


def test_scores_by_hand():
    assert brier_score(FOUR, GOLD) == pytest.approx((0.02 + 1.28 + 0.18 + 0.32) / 4)
    assert log_loss(FOUR, GOLD) == pytest.approx(-np.log([0.9, 0.2, 0.7, 0.6]).mean())
    (low, high) = reliability_curve(FOUR, GOLD, bins=2)[0], reliability_curve(FOUR, GOLD, bins=4)
    assert (low.low, low.high, low.n, low.accuracy) == (0.5, 1.0, 4, 0.75)
    assert low.score == pytest.approx(0.75)
    assert [(one.low, one.n, one.accuracy) for one in high] == [(0.5, 2, 1.0), (0.75, 2, 0.5)]
    assert calibration_error(FOUR, GOLD, bins=4) == pytest.approx(0.5 * 0.35 + 0.5 * 0.35)
    assert calibration_error(FOUR, GOLD, bins=2) == pytest.approx(0)


def test_the_risk_coverage_curve_by_hand():
    scores, coverage, risk = risk_coverage_curve(FOUR, GOLD)
    assert scores.tolist() == [0.9, 0.8, 0.7, 0.6]
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 4])


def test_equal_scores_are_one_point_in_any_order():
    tied = np.array([[0.7, 0.3], [0.7, 0.3], [0.6, 0.4]])
    for gold in ([0, 1, 0], [1, 0, 0]):
        scores, coverage, risk = risk_coverage_curve(tied, np.array(gold))
        assert scores.tolist() == [0.7, 0.6]
        assert coverage == pytest.approx([2 / 3, 1])
        assert risk == pytest.approx([1 / 2, 1 / 3])


@given(samples)
@settings(max_examples=50, deadline=None)
def test_scores_stay_in_their_ranges(sample):
    logits, gold, weights = (np.array(one) for one in sample)
    p = softmax(logits)
    assert 0 <= brier_score(p, gold, weights) <= 2
    assert 0 <= calibration_error(p, gold, weights) <= 1
    curve = reliability_curve(p, gold, weights)
    assert sum(one.n for one in curve) == len(gold)
    assert sum(one.share for one in curve) == pytest.approx(1)
    assert all(one.low < one.score + 1e-9 and one.score <= one.high + 1e-9 for one in curve)
    scores, coverage, risk = risk_coverage_curve(p, gold, weights)
    assert (np.diff(scores) < 0).all()
    assert (np.diff(coverage) > 0).all()
    assert coverage[-1] == pytest.approx(1)
    wrong = np.average(p.argmax(axis=1) != gold, weights=weights)
    assert risk[-1] == pytest.approx(wrong)


def test_honest_probabilities_have_next_to_no_error():
    logits, gold = drawn(20_000)
    honest, sure = softmax(logits), softmax(logits, 0.3)
    assert calibration_error(honest, gold) < 0.02 < 0.1 < calibration_error(sure, gold)
    assert brier_score(honest, gold) < brier_score(sure, gold)


@pytest.mark.parametrize(
    ("values", "gold", "weights", "message"),
    [
        (np.ones((0, 2)), [], None, "one row or more"),
        (np.ones(3), [0, 1, 1], None, "shape"),
        (np.ones((2, 2)), [0], None, "shape"),
        (np.ones((2, 2)), [0, 2], None, "whole numbers from 0 to 1"),
        (np.ones((2, 2)), [0, -1], None, "whole numbers"),
        (np.ones((2, 2)), [0.0, 1.0], None, "whole numbers"),
        (np.full((2, 2), np.nan), [0, 1], None, "NaN"),
        (np.ones((2, 2)), [0, 1], [1.0], "weights"),
        (np.ones((2, 2)), [0, 1], [1.0, 0.0], "weights"),
        (np.ones((2, 2)), [0, 1], [1.0, np.inf], "weights"),
    ],
)
@pytest.mark.parametrize("function", [fit_temperature, brier_score, risk_coverage_curve])
def test_what_is_no_sample(function, values, gold, weights, message):
    given_weights = None if weights is None else np.array(weights)
    with pytest.raises(ValueError, match=message):
        function(values, np.array(gold), given_weights)
