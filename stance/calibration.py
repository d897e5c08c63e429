"""How far probabilities can be trusted, and one number that makes them more honest.

All functions take arrays of one sample: logits or probabilities, the gold label of each row as an
index, and, where rows stand for different numbers of rows, their weights.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

BINS: Final = 15
"""Source: Guo et al. 2017."""
LOWEST_TEMPERATURE: Final = 0.05
HIGHEST_TEMPERATURE: Final = 20.0
"""Between them lies every temperature that is fitted: a likelihood need not have a maximum."""
_PRECISION: Final = 1e-9
"""Of 1 / temperature, relative."""


def softmax(logits: Array, temperature: float = 1.0) -> Array:
    """Logits to probabilities along the last axis, in the type of the logits.

    The largest logit keeps the largest probability whatever the temperature, also where
    rounding makes two of them equal, so a temperature never changes a label.

    Args:
        logits: (..., labels).
        temperature: above 0; above 1 the probabilities come nearer to each other.
    """
    exponent = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    probabilities: Array = exponent / exponent.sum(axis=-1, keepdims=True)
    best = np.expand_dims(logits.argmax(axis=-1), -1)
    first = np.expand_dims(probabilities.argmax(axis=-1), -1)
    if (best != first).any():
        highest = probabilities.max(axis=-1, keepdims=True)
        up = np.where(best == first, highest, np.nextafter(highest, np.ones_like(highest)))
        np.put_along_axis(probabilities, best, up, axis=-1)
    return probabilities


def fit_temperature(logits: Array, gold: Array, weights: Array | None = None) -> float:
    """The temperature under which the gold labels are most likely.

    Args:
        logits: (rows, labels).
        gold: index of the gold label of each row, (rows,).
        weights: above 0, (rows,); None counts every row once.

    Returns:
        From .05 to 20. It is 1 if no row is wrong: then no temperature is the most likely one, and
        the sample says nothing of how often the model errs.

    Raises:
        ValueError: if there are no rows, shapes differ, or a value is out of its range.

    Source: Guo et al. 2017, section 4.2. The negative log likelihood is convex in 1 / temperature,
    so its derivative rises, and halving an interval finds where it is zero.
    """
    logits, gold, weights = _checked(logits, gold, weights)
    if (logits.argmax(axis=1) == gold).all():
        return 1.0
    above = logits - logits[np.arange(len(gold)), gold, None]  # the gold label's

    def slope(inverse: float) -> float:
        return float(weights @ (softmax(logits, 1 / inverse) * above).sum(axis=1))

    low, high = 1 / HIGHEST_TEMPERATURE, 1 / LOWEST_TEMPERATURE
    if slope(low) >= 0:
        return HIGHEST_TEMPERATURE
    if slope(high) <= 0:
        return LOWEST_TEMPERATURE
    while high - low > _PRECISION * low:
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 2 / (low + high)


def log_loss(probabilities: Array, gold: Array, weights: Array | None = None) -> float:
    """Mean negative log probability of the gold label, in nats; 0 is best.

    Raises:
        ValueError: as `fit_temperature`.
    """
    probabilities, gold, weights = _checked(probabilities, gold, weights)
    right = probabilities[np.arange(len(gold)), gold]
    least = np.finfo(np.float32).tiny  # as small as probabilities get
    return float(np.average(-np.log(np.maximum(right, least)), weights=weights))


def brier_score(probabilities: Array, gold: Array, weights: Array | None = None) -> float:
    """Mean squared distance between probabilities and gold label, summed over labels.

    Returns:
        From 0 (sure and right) to 2 (sure and wrong).

    Raises:
        ValueError: as `fit_temperature`.

    Source: Brier 1950.
    """
    probabilities, gold, weights = _checked(probabilities, gold, weights)
    distance = probabilities - np.eye(probabilities.shape[1])[gold]
    return float(np.average((distance**2).sum(axis=1), weights=weights))


@dataclass(frozen=True)
class Bin:
    """The rows whose score lies in one part of the scale."""

    low: float
    high: float
    n: int
    """Rows."""
    share: float
    """Of all rows, by weight."""
    score: float
    """Their mean score."""
    accuracy: float
    """Share of them that are right; where this is below `score`, the model is too sure."""


def reliability_curve(
    probabilities: Array, gold: Array, weights: Array | None = None, bins: int = BINS
) -> list[Bin]:
    """Accuracy by score, in bins of equal width.

    Args:
        probabilities: (rows, labels).
        gold: index of the gold label of each row, (rows,).
        weights: as in `fit_temperature`.
        bins: into which the scale from 0 to 1 is divided.

    Returns:
        The bins that have rows. A bin holds its upper end, not its lower.

    Raises:
        ValueError: as `fit_temperature`.

    Source: Guo et al. 2017.
    """
    probabilities, gold, weights = _checked(probabilities, gold, weights)
    scores = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == gold
    owner = np.clip(np.ceil(scores * bins).astype(int) - 1, 0, bins - 1)
    found = []
    for i in np.unique(owner):
        own = owner == i
        mass = weights[own]
        found.append(
            Bin(
                low=float(i / bins),
                high=float((i + 1) / bins),
                n=int(own.sum()),
                share=float(mass.sum() / weights.sum()),
                score=float(np.average(scores[own], weights=mass)),
                accuracy=float(np.average(right[own], weights=mass)),
            )
        )
    return found


def calibration_error(
    probabilities: Array, gold: Array, weights: Array | None = None, bins: int = BINS
) -> float:
    """Expected calibration error: by how much score and accuracy differ, on average over bins.

    Of the same arguments as `reliability_curve`.

    Returns:
        From 0 to 1. With few rows it is above 0 by chance alone.

    Raises:
        ValueError: as `fit_temperature`.

    Source: Guo et al. 2017, with 15 bins of equal width.
    """
    curve = reliability_curve(probabilities, gold, weights, bins)
    return sum(one.share * abs(one.score - one.accuracy) for one in curve)


def risk_coverage_curve(
    probabilities: Array, gold: Array, weights: Array | None = None
) -> tuple[Array, Array, Array]:
    """Which share of the labels is wrong, if only rows with a score this high are labelled.

    Args:
        probabilities: (rows, labels).
        gold: index of the gold label of each row, (rows,).
        weights: as in `fit_temperature`.

    Returns:
        Three float64 arrays (distinct scores,): the scores, falling; the share of rows with such a
        score or a higher one; the share of these that are wrong.

    Raises:
        ValueError: as `fit_temperature`.

    Source: Geifman and El-Yaniv 2017.
    """
    probabilities, gold, weights = _checked(probabilities, gold, weights)
    wrong = weights * (probabilities.argmax(axis=1) != gold)
    scores, owner = np.unique(-probabilities.max(axis=1), return_inverse=True)
    kept = np.bincount(owner, weights).cumsum()
    return -scores, kept / kept[-1], np.bincount(owner, wrong).cumsum() / kept


def _checked(values: Array, gold: Array, weights: Array | None) -> tuple[Array, Array, Array]:
    values, gold = np.asarray(values, np.float64), np.asarray(gold)
    weights = np.ones(len(gold)) if weights is None else np.asarray(weights, np.float64)
    if values.ndim != 2 or not len(values) or gold.shape != (len(values),):
        raise ValueError(
            f"values of shape {values.shape} and gold of shape {gold.shape}, expected (rows, "
            "labels) and (rows,), with one row or more."
        )
    if weights.shape != gold.shape or not ((weights > 0) & np.isfinite(weights)).all():
        raise ValueError(f"weights of shape {weights.shape}, expected a number above 0 a row.")
    if not np.isfinite(values).all():
        raise ValueError("values hold NaN or infinity, expected numbers.")
    if gold.dtype.kind not in "iu" or gold.min() < 0 or gold.max() >= values.shape[1]:
        raise ValueError(f"gold holds others than whole numbers from 0 to {values.shape[1] - 1}.")
    return values, gold, weights
