"""Two models on the same rows: how far apart their scores are, and whether chance does it."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.metrics import cells, interval, macro_f1, resample

Codes = NDArray[np.int64]


def compare(
    gold: Codes, first: Codes, second: Codes, n_labels: int, documents: Sequence[str]
) -> dict[str, Any]:
    """Hold one model against another.

    Args:
        gold: gold label indices, (rows,).
        first: those that the one model predicts.
        second: those that the other predicts.
        n_labels: how many labels there are.
        documents: which document each row is of; the bootstrap draws whole documents, the same
            for both models.

    Returns:
        For ``macro_f1`` and ``accuracy`` the scores of ``first`` and ``second``, their
        ``difference`` (first less second) and its 95 % ``interval``; how many rows
        ``only_first`` and ``only_second`` has right; and ``mcnemar_p``, of the hypothesis that
        both are right equally often.

    Source: Efron and Tibshirani 1993 (percentile interval of paired draws); `mcnemar`.
    """
    counts = np.stack([cells(gold, one, n_labels) for one in (first, second)], axis=1)
    whole, draws = counts.sum(axis=0), resample(counts, documents)
    occurs = np.bincount(gold, minlength=n_labels) > 0
    found: dict[str, Any] = {
        "macro_f1": _difference(macro_f1(whole, occurs), macro_f1(draws, occurs)),
        "accuracy": _difference(_accuracy(whole), _accuracy(draws)),
    }
    right = first == gold, second == gold
    only_first, only_second = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    found |= {"only_first": only_first, "only_second": only_second}
    return found | {"mcnemar_p": mcnemar(only_first, only_second)}


def _accuracy(matrix: NDArray[Any]) -> NDArray[np.float64]:
    hits = np.trace(matrix, axis1=-2, axis2=-1)
    return np.asarray(hits / matrix.sum(axis=(-2, -1)), np.float64)


def _difference(values: NDArray[np.float64], draws: NDArray[np.float64]) -> dict[str, Any]:
    return {
        "first": float(values[0]),
        "second": float(values[1]),
        "difference": float(values[0] - values[1]),
        "interval": interval(draws[:, 0] - draws[:, 1]),
    }


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value of McNemar's test.

    Of the pairs in which just one side is right, each side has half, by the hypothesis.

    Args:
        only_first: pairs in which the first alone is right.
        only_second: pairs in which the second alone is right.

    Source: McNemar 1947; the binomial form, Agresti 2002, Categorical Data Analysis, 10.1.4.

    >>> round(mcnemar(86, 150), 7)
    3.72e-05
    """
    n, least = only_first + only_second, min(only_first, only_second)
    log_half = n * math.log(0.5)
    logs = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + log_half
        for k in range(least + 1)
    ]
    return min(2 * math.fsum(map(math.exp, logs)), 1.0)
