import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_calibration import drawn

from stance.calibration import softmax
from stance.conformal import fit_thresholds, label_sets, threshold_of

_DEVIATIONS = 4
"""Of the binomial tolerance; chance alone exceeds it once in 15,000 runs."""


def coverage_of(n, coverage, temperature=1.0, draws=400, rows=50):
    """Share of sets that hold the right label, over many calibration samples of n rows."""
    hits = []
    for seed in range(draws):
        logits, gold = drawn(n + rows, temperature, seed)
        p = softmax(logits)  # of another temperature than the labels: coverage must hold still
        ((_, threshold),) = fit_thresholds(p[:n], gold[:n], coverages=[coverage])
        hits.append(label_sets(p[n:], threshold)[np.arange(rows), gold[n:]].mean())
    return np.mean(hits), np.std(hits) / np.sqrt(draws)


@pytest.mark.parametrize("n", [50, 300])
@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_sets_cover_what_is_asked_for(n, temperature):
    """Also where the probabilities are far too sure; labels are drawn, so they often err."""
    found, error = coverage_of(n, 0.9, temperature)
    most = 0.9 + 1 / (n + 1)  # the theorem's upper bound
    assert 0.9 - _DEVIATIONS * error < found < most + _DEVIATIONS * error


def test_one_sample_within_the_binomial_tolerance():
    logits, gold = drawn(20_000, 2.0)
    p = softmax(logits)
    for coverage, threshold in fit_thresholds(p[:10_000], gold[:10_000]):
        hit = label_sets(p[10_000:], threshold)[np.arange(10_000), gold[10_000:]].mean()
        # Twice the variance of a binomial: the threshold itself comes of as many rows.
        assert abs(hit - coverage) < _DEVIATIONS * np.sqrt(2 * coverage * (1 - coverage) / 10_000)


def test_the_threshold_by_hand():
    p = np.array([[1 - i / 20, i / 20] for i in range(1, 10)])  # nonconformity .05, .10, ... .45
    gold = np.zeros(9, int)
    assert fit_thresholds(p, gold, coverages=[0.9]) == ((0.9, pytest.approx(0.45)),)
    assert fit_thresholds(p, gold, coverages=[0.5]) == ((0.5, pytest.approx(0.25)),)


def test_a_sample_too_small_for_a_coverage():
    p, gold = np.full((9, 2), 0.5), np.zeros(9, int)
    assert [one for one, _ in fit_thresholds(p, gold)] == [0.8, 0.9]
    assert [one for one, _ in fit_thresholds(p[:8], gold[:8])] == [0.8]
    assert fit_thresholds(p[:1], gold[:1]) == ()
    big = np.full((99, 2), 0.5), np.zeros(99, int)
    assert [one for one, _ in fit_thresholds(*big)] == [0.8, 0.9, 0.95, 0.99]


def test_equal_weights_are_no_weights():
    logits, gold = drawn(200)
    p = softmax(logits)
    assert fit_thresholds(p, gold, np.full(200, 7.3)) == fit_thresholds(p, gold)


def test_weights_mend_a_sample_of_hard_rows():
    """Rows that the model is unsure of were drawn five times as often as the others."""
    logits, gold = drawn(40_000, 2.0)
    p = softmax(logits)
    inclusion = np.where(p.max(axis=1) < 0.8, 0.5, 0.1)
    own = np.random.default_rng(1).random(40_000) < inclusion

    def covered(weights):
        threshold = threshold_of(fit_thresholds(p[own], gold[own], weights), 0.9)
        return label_sets(p[~own], threshold)[np.arange((~own).sum()), gold[~own]]

    back = 1 / (1 - inclusion[~own])  # the rest, weighted to stand for all
    assert np.average(covered(1 / inclusion[own]), weights=back) == pytest.approx(0.9, abs=0.01)
    assert np.average(covered(None), weights=back) < 0.89


@given(
    st.lists(
        st.lists(st.floats(-20, 20, width=32), min_size=4, max_size=4), min_size=1, max_size=8
    ),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_sets_hold_the_label_and_grow_with_the_coverage(logits, one, other):
    p = softmax(np.array(logits, np.float32))
    small, large = (label_sets(p, threshold) for threshold in sorted([one, other]))
    assert small[np.arange(len(p)), p.argmax(axis=1)].all()
    assert (small <= large).all()
    assert label_sets(p, 1.0).all()


def test_coverages_that_are_not_there():
    known = ((0.8, 0.4), (0.9, 0.6))
    assert threshold_of(known, 0.9) == 0.6
    with pytest.raises(ValueError, match=r"coverage is 0\.95, the model is calibrated for 0\.8, 0"):
        threshold_of(known, 0.95)
    with pytest.raises(ValueError, match=r"no calibration for label sets.*stance calibrate"):
        threshold_of((), 0.9)
