"""Sets of labels that hold the right one as often as asked, by split conformal prediction.

A set holds every label that is not more improbable than the right labels of the calibration
sample were, with the exception of the worst ones (10 % for a coverage of .9).

Source: Sadinle, Lei and Wasserman 2019 (least ambiguous sets); Tibshirani et al. 2019 (weights).
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

COVERAGES: Final = (0.8, 0.9, 0.95, 0.99)
"""Those that a model is calibrated for, where the sample is large enough."""

Thresholds = tuple[tuple[float, float], ...]
"""Coverages, each with the largest nonconformity of a label in the set, 0 to 1."""


def nonconformity(probabilities: Array) -> Array:
    """How ill each label fits its row, 0 to 1, float64 of the same shape."""
    scores: Array = 1 - np.asarray(probabilities, np.float64)
    return scores


def fit_thresholds(
    probabilities: Array,
    gold: Array,
    weights: Array | None = None,
    coverages: Sequence[float] = COVERAGES,
) -> Thresholds:
    """Find the threshold of each coverage on a calibration sample.

    Args:
        probabilities: (rows, labels).
        gold: index of the gold label of each row, (rows,).
        weights: above 0, such as one by inclusion probability, (rows,); None if rows were drawn
            alike.
        coverages: between 0 and 1.

    Returns:
        The thresholds of those coverages that the sample is large enough for: .9 takes 9 rows,
        .99 takes 99.
    """
    own = nonconformity(probabilities)[np.arange(len(gold)), gold]
    mass = np.ones(len(own)) if weights is None else np.asarray(weights, np.float64)
    order = np.argsort(own, kind="stable")
    # The row to be labelled counts as one more, of the worst fit and the largest weight. Rounded,
    # since .9 * 10 rows must not become a little more than 9.
    reached = np.round(mass[order].cumsum() / (mass.sum() + mass.max(initial=0)), 12)
    found = []
    for coverage in coverages:
        place = int(np.searchsorted(reached, round(coverage, 12)))
        if place < len(own):
            found.append((coverage, float(own[order[place]])))
    return tuple(found)


def label_sets(probabilities: Array, threshold: float) -> NDArray[np.bool_]:
    """Which labels are in the set of each row, bool (rows, labels).

    The most probable label always is. So no set is empty, and where sets would be (the model is
    right more often than the coverage asks for) they cover more than asked.
    """
    inside = nonconformity(probabilities) <= threshold
    inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
    return inside


def threshold_of(thresholds: Thresholds, coverage: float) -> float:
    """Look up the threshold of a coverage.

    Raises:
        ValueError: if there is none.
    """
    for known, threshold in thresholds:
        if math.isclose(known, coverage, abs_tol=1e-9):
            return threshold
    known_ones = ", ".join(f"{known:g}" for known, _ in thresholds)
    if not known_ones:
        raise ValueError(
            "the model has no calibration for label sets; add one with `stance calibrate` and a "
            "labelled sample."
        )
    raise ValueError(f"coverage is {coverage!r}, the model is calibrated for {known_ones}.")
