import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_calibration import drawn

from stance.calibration import softmax
from stance.conformal import fit_thresholds, label_sets, limits_of

_DEVIATIONS = 4
"""Of the binomial tolerance; chance alone exceeds it once in 15,000 runs."""


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_every_label_is_covered_as_often_as_asked(temperature):
    """Over many samples, also where the probabilities are far too sure of labels that often err."""
    hits = {label: [] for label in range(4)}
    n = []
    for seed in range(400):
        logits, gold = drawn(300, temperature, seed)
        p = softmax(logits)  # of another temperature than the labels: coverage must hold still
        own, rest = slice(200), slice(200, 300)
        limits = limits_of(fit_thresholds(p[own], gold[own]), 0.9)
        inside = label_sets(p[rest], limits)[np.arange(100), gold[rest]]
        n += [(gold[own] == label).sum() for label in range(4)]
        for label, those in hits.items():
            those.append(inside[gold[rest] == label].mean())
    for those in hits.values():
        error = np.std(those) / np.sqrt(len(those))
        most = 0.9 + np.mean(1 / (np.array(n) + 1))  # the theorem's upper bound
        assert 0.9 - _DEVIATIONS * error < np.mean(those) < most + _DEVIATIONS * error


def test_one_sample_within_the_binomial_tolerance_whatever_the_shares_of_labels():
    logits, gold = drawn(40_000, 2.0)
    p = softmax(logits)
    thresholds = fit_thresholds(p[:20_000], gold[:20_000])
    others = np.flatnonzero((gold == 0) | (np.arange(40_000) % 10 == 0))  # most have the first
    others = others[others >= 20_000]
    for coverage, limits in thresholds:
        hit = label_sets(p[others], limits)[np.arange(len(others)), gold[others]].mean()
        # A threshold comes of a quarter of the rows, and adds its own variance.
        error = np.sqrt(coverage * (1 - coverage) * (1 / len(others) + 1 / 5000))
        assert abs(hit - coverage) < _DEVIATIONS * error


def two_labels(n):
    """Nonconformities .05, .10, ... of the first label, half of that of the second."""
    steps = np.arange(1, n + 1) / 20
    p = np.concatenate([np.stack([1 - steps, steps], 1), np.stack([steps, 1 - steps / 2], 1)])
    return p, np.repeat([0, 1], n)


def test_the_thresholds_by_hand():
    p, gold = two_labels(9)
    ((_, limits),) = fit_thresholds(p, gold, coverages=[0.9])
    assert limits == pytest.approx((0.45, 0.225))
    ((_, limits),) = fit_thresholds(p, gold, coverages=[0.5])
    assert limits == pytest.approx((0.25, 0.125))
    assert label_sets(np.array([[0.76, 0.24], [0.2, 0.8]]), limits).tolist() == [
        [True, False],
        [False, True],
    ]


@pytest.mark.parametrize(
    ("n", "coverages"),
    [(3, []), (4, [0.8]), (8, [0.8]), (9, [0.8, 0.9]), (19, [0.8, 0.9, 0.95])],
)
def test_every_label_needs_rows_for_a_coverage(n, coverages):
    p, gold = two_labels(n)
    assert [one for one, _ in fit_thresholds(p, gold)] == coverages
    more = np.concatenate([p] + [p[:n]] * 9), np.concatenate([gold] + [gold[:n]] * 9)
    assert [one for one, _ in fit_thresholds(*more)] == coverages
    assert fit_thresholds(p[:n], gold[:n]) == ()


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
        limits = limits_of(fit_thresholds(p[own], gold[own], weights), 0.9)
        return label_sets(p[~own], limits)[np.arange((~own).sum()), gold[~own]]

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
    small, large = (label_sets(p, [limit] * 4) for limit in sorted([one, other]))
    assert small[np.arange(len(p)), p.argmax(axis=1)].all()
    assert (small <= large).all()
    assert label_sets(p, [1.0] * 4).all()


def test_coverages_that_are_not_there():
    known = ((0.8, (0.4, 0.3)), (0.9, (0.6, 0.5)))
    assert limits_of(known, 0.9) == (0.6, 0.5)
    with pytest.raises(ValueError, match=r"coverage is 0\.95, the model is calibrated for 0\.8, 0"):
        limits_of(known, 0.95)
    with pytest.raises(ValueError, match=r"no calibration for label sets.*stance calibrate"):
        limits_of((), 0.9)
