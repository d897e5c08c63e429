"""Gold and predicted labels to scores with intervals.

Every score is a function of the confusion matrix, so a bootstrap over rows (or over
groups of rows) is a bootstrap over matrices, and a thousand draws take milliseconds.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Indices = Sequence[int] | NDArray[np.int64]

DRAWS: Final = 2000
_SEED: Final = 20
_ENDS: Final = (0.025, 0.975)
"""Quantiles of the draws that bound a 95 % interval."""
_MOST_CELLS: Final = 10_000_000
"""Draws times groups that are in memory at once."""
_PARTS: Final = ("precision", "recall", "f1")


def confusion(gold: Indices, predicted: Indices, n_labels: int) -> NDArray[np.int64]:
    """Confusion matrix, int64 (n_labels, n_labels): rows are gold, columns predicted."""
    matrix = np.zeros((n_labels, n_labels), dtype=np.int64)
    np.add.at(matrix, (np.asarray(gold, dtype=int), np.asarray(predicted, dtype=int)), 1)
    return matrix


def label_scores(matrix: NDArray[Any]) -> tuple[Matrix, Matrix, Matrix]:
    """Precision, recall and F1 of every label; 0 where undefined.

    Args:
        matrix: confusion matrices, (..., labels, labels).

    Returns:
        Three float64 arrays of shape (..., labels).
    """
    hits = np.diagonal(matrix, axis1=-2, axis2=-1).astype(np.float64)
    predicted, gold = matrix.sum(axis=-2), matrix.sum(axis=-1)
    precision = np.divide(hits, predicted, out=np.zeros_like(hits), where=predicted > 0)
    recall = np.divide(hits, gold, out=np.zeros_like(hits), where=gold > 0)
    both = predicted + gold
    f1 = np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0)
    return precision, recall, f1


def macro_f1(matrix: NDArray[Any], occurs: NDArray[Any]) -> Matrix:
    """Mean F1 over the labels that occur in the gold of the rows at hand.

    A label without a gold row has no F1, and would count as 0. The labels are those of the
    rows themselves, the same for all draws.

    Args:
        matrix: confusion matrices, (..., labels, labels).
        occurs: bool, (..., labels); some label must.

    Returns:
        float64, (...).
    """
    f1: Matrix = np.where(occurs, label_scores(matrix)[2], 0).sum(axis=-1)
    return np.asarray(f1 / occurs.sum(axis=-1), np.float64)


def score(
    gold: Indices,
    predicted: Indices,
    labels: Sequence[str],
    groups: Sequence[str] | None = None,
) -> dict[str, Any]:
    """All scores of one set of predictions.

    Args:
        gold: gold label indices.
        predicted: predicted label indices, as many.
        labels: label names.
        groups: what each row belongs to; intervals then resample whole groups, which
            is honest where rows of an article resemble each other.

    Returns:
        ``n``, ``accuracy``, ``macro_f1`` (over the labels that occur in gold), per label
        ``precision``, ``recall``, ``f1``, their ``intervals`` and ``support``, the ``confusion``
        matrix (rows gold), ``intervals`` with the 95 % percentile bootstrap interval of each
        score, and ``f_avg``, the mean F1 of favor and against, where gold has both.
        Source: Mohammad et al. 2016, SemEval-2016 Task 6 (for f_avg).

    Raises:
        ValueError: if there are no rows.
    """
    if len(gold) == 0:
        raise ValueError("no rows to score")
    matrix = confusion(gold, predicted, len(labels))
    draws = resample(cells(gold, predicted, len(labels)), groups)
    occurs = matrix.sum(axis=1) > 0
    drawn = _summaries(draws, labels, occurs)
    values = np.stack(label_scores(matrix))
    ends = interval(np.stack(label_scores(draws), axis=1))
    return {
        "n": len(gold),
        **{name: float(value) for name, value in _summaries(matrix, labels, occurs).items()},
        "per_label": {
            label: {
                **{name: float(values[part, i]) for part, name in enumerate(_PARTS)},
                "support": int(matrix[i].sum()),
                "intervals": {name: ends[part][i] for part, name in enumerate(_PARTS)},
            }
            for i, label in enumerate(labels)
        },
        "confusion": matrix.tolist(),
        "labels": [*labels],
        "intervals": {name: interval(values) for name, values in drawn.items()},
    }


def interval(draws: NDArray[Any]) -> Any:
    """The 95 % percentile interval of what was drawn.

    Args:
        draws: (draws, ...).

    Returns:
        Nested lists of the shape behind the draws, a pair of low and high in place of each number.

    Source: Efron and Tibshirani 1993, chapter 13.
    """
    return np.moveaxis(np.quantile(draws, _ENDS, axis=0), 0, -1).tolist()


def _summaries(
    matrix: NDArray[Any], labels: Sequence[str], occurs: NDArray[Any]
) -> dict[str, Matrix]:
    """The scores that are one number for a confusion matrix, over leading axes."""
    hits = np.trace(matrix, axis1=-2, axis2=-1)
    found = {"macro_f1": macro_f1(matrix, occurs), "accuracy": hits / matrix.sum(axis=(-2, -1))}
    sides = np.array([label.lower() in ("favor", "against") for label in labels])
    if (sides & occurs).sum() == 2:
        found["f_avg"] = macro_f1(matrix, sides)
    return found


def cells(gold: Indices, predicted: Indices, n_labels: int) -> NDArray[np.int64]:
    """The confusion matrix of every row by itself, int64 (rows, n_labels, n_labels)."""
    one_hot = np.eye(n_labels, dtype=np.int64)
    return np.asarray(
        one_hot[np.asarray(gold, int), :, None] * one_hot[np.asarray(predicted, int), None, :]
    )


def resample(counts: NDArray[Any], groups: Sequence[Any] | None) -> NDArray[Any]:
    """Sums of counts over bootstrap draws.

    Args:
        counts: what is counted of each row, (rows, ...).
        groups: what each row belongs to; whole groups are drawn, as many as there are. None
            draws rows.

    Returns:
        (draws, ...), of the type of the counts.

    Source: Cameron, Gelbach and Miller 2008 (pairs cluster bootstrap).
    """
    flat = counts.reshape(len(counts), -1)
    if groups is None:
        # Drawing n rows is drawing n of the few patterns that rows have, by their shares.
        patterns, times = np.unique(flat, axis=0, return_counts=True)
    else:
        names, owner = np.unique(np.asarray(groups), return_inverse=True)
        patterns = np.zeros((len(names), flat.shape[1]), counts.dtype)
        np.add.at(patterns, owner.reshape(-1), flat)
        times = np.ones(len(names), np.int64)
    generator, done = np.random.default_rng(_SEED), []
    block = max(_MOST_CELLS // len(patterns), 1)
    for first in range(0, DRAWS, block):
        size = min(block, DRAWS - first)
        drawn = generator.multinomial(int(times.sum()), times / times.sum(), size=size)
        done.append(drawn @ patterns)
    return np.concatenate(done).reshape(DRAWS, *counts.shape[1:])
