"""Sets of labels that hold the right one as often as asked, by split conformal prediction.

A set holds every label that is not more improbable than that label was on the sentences of a
calibration sample that have it, with the exception of the worst ones (10 % for a coverage of .9).
So each label is covered as often as asked, the rare and difficult ones too, and other shares of
labels than those of the sample do no harm.

Source: Sadinle, Lei and Wasserman 2019 (least ambiguous sets, with coverage by class); Tibshirani
et al. 2019 (weights).
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

COVERAGES: Final = (0.8, 0.9, 0.95, 0.99)
"""Those that a model is calibrated for, where the sample is large enough."""

Thresholds = tuple[tuple[float, tuple[float, ...]], ...]
"""Coverages, each with the largest nonconformity of every label that is in a set, 0 to 1."""


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
        The thresholds of those coverages that the sample is large enough for: .9 takes 9 rows
        of every label, .99 takes 99.
    """
    scores = nonconformity(probabilities)
    mass = np.ones(len(scores)) if weights is None else np.asarray(weights, np.float64)
    limits = []
    for label in range(scores.shape[1]):
        own = gold == label
        limits.append(_limits(scores[own, label], mass[own], coverages))
    found = zip(coverages, zip(*limits, strict=True), strict=True)
    return tuple((coverage, those) for coverage, those in found if None not in those)


def _limits(scores: Array, mass: Array, coverages: Sequence[float]) -> list[float | None]:
    """The scores that hold a share of the rows, for each coverage; None if there are too few."""
    if not len(scores):
        return [None] * len(coverages)
    order = np.argsort(scores, kind="stable")
    # The row to be labelled counts as one more, of the worst fit and the largest weight. Rounded,
    # since .9 * 10 rows must not become a little more than 9.
    reached = np.round(mass[order].cumsum() / (mass.sum() + mass.max()), 12)
    places = np.searchsorted(reached, np.round(coverages, 12))
    return [float(scores[order[i]]) if i < len(scores) else None for i in places]


def label_sets(probabilities: Array, limits: Sequence[float]) -> NDArray[np.bool_]:
    """Which labels are in the set of each row, bool (rows, labels).

    Args:
        probabilities: (rows, labels).
        limits: of every label, from `fit_thresholds`.

    The most probable label always is. So no set is empty, and where sets would be (the model is
    right more often than the coverage asks for) they cover more than asked.
    """
    inside = nonconformity(probabilities) <= np.asarray(limits, np.float64)
    inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
    return inside


def limits_of(thresholds: Thresholds, coverage: float) -> tuple[float, ...]:
    """Look up the thresholds of a coverage, one a label.

    Raises:
        ValueError: if there is none.
    """
    for known, limits in thresholds:
        if math.isclose(known, coverage, abs_tol=1e-9):
            return limits
    known_ones = ", ".join(f"{known:g}" for known, _ in thresholds)
    if not known_ones:
        raise ValueError(
            "the model has no calibration for label sets; add one with `stance calibrate` and a "
            "labelled sample."
        )
    raise ValueError(f"coverage is {coverage!r}, the model is calibrated for {known_ones}.")
