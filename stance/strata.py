"""Sentences that the model takes for alike: predicted label and score band."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

BANDS: Final = 2
"""Bands of the score within a predicted label, split at its median."""


def label_and_band(predicted: Codes, scores: Floats, n_labels: int) -> Codes:
    """The stratum of every sentence: its predicted label, and whether the model was sure of it.

    Args:
        predicted: label codes, (sentences,).
        scores: probability of that label, (sentences,).
        n_labels: how many labels there are.

    Returns:
        ``predicted * BANDS + band``, (sentences,); band 0 is the less sure half.
    """
    strata = predicted * BANDS
    for label in range(n_labels):
        of_label = np.flatnonzero(predicted == label)
        if len(of_label):
            median = np.median(scores[of_label])
            strata[of_label] += scores[of_label] >= median
    return strata


def merge(counts: NDArray[Any], least: int) -> Codes:
    """Join neighbours until each has `least` at the least.

    Args:
        counts: what each stratum has, (strata,).
        least: what each must have.

    Returns:
        The number of the merged stratum of each, from 0 without gaps, (strata,). If there are
        fewer than `least` in all, everything is one.
    """
    merged = np.zeros(len(counts), np.int64)
    number, held = 0, 0
    for index, count in enumerate(counts):
        merged[index] = number
        held += int(count)
        if held >= least:
            number, held = number + 1, 0
    if held < least and number > 0:
        merged[merged == number] = number - 1
    return np.unique(merged, return_inverse=True)[1].astype(np.int64)


def places(codes: Codes, n: int) -> list[Codes]:
    """Where each code from 0 to `n` - 1 stands, ascending."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes, minlength=n))[:-1])
