"""Gold and predicted labels to scores with intervals.

Every score is a function of the confusion matrix, so a bootstrap over rows (or over
groups of rows) is a bootstrap over matrices, and a thousand draws take milliseconds.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from rich.text import Text

from stance.display import plain_table
from stance.printable import printable

Matrix = NDArray[np.float64]

_DRAWS: Final = 2000
_SEED: Final = 20


def confusion(gold: Sequence[int], predicted: Sequence[int], n_labels: int) -> NDArray[np.int64]:
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


def score(
    gold: Sequence[int],
    predicted: Sequence[int],
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
        ``n``, ``accuracy``, ``macro_f1``, per label ``precision``, ``recall``, ``f1`` and
        ``support``, the ``confusion`` matrix (rows gold), ``intervals`` with the 95 % percentile
        bootstrap interval of each score, and ``f_avg``, the mean F1 of favor and
        against, where the labels have these.
        Source: Mohammad et al. 2016, SemEval-2016 Task 6 (for f_avg).

    Raises:
        ValueError: if there are no rows.
    """
    if len(gold) == 0:
        raise ValueError("no rows to score")
    matrix = confusion(gold, predicted, len(labels))
    precision, recall, f1 = label_scores(matrix)
    names = [*_summaries(matrix, labels)]
    draws = _summaries(_bootstrap(gold, predicted, len(labels), groups), labels)
    return {
        "n": len(gold),
        **{name: float(value) for name, value in _summaries(matrix, labels).items()},
        "per_label": {
            label: {
                "precision": float(precision[i]),
                "recall": float(recall[i]),
                "f1": float(f1[i]),
                "support": int(matrix[i].sum()),
            }
            for i, label in enumerate(labels)
        },
        "confusion": matrix.tolist(),
        "labels": [*labels],
        "intervals": {
            name: [float(v) for v in np.quantile(draws[name], [0.025, 0.975])] for name in names
        },
    }


def _summaries(matrix: NDArray[Any], labels: Sequence[str]) -> dict[str, Matrix]:
    """The scores that are one number for a confusion matrix, over leading axes."""
    f1 = label_scores(matrix)[2]
    hits = np.trace(matrix, axis1=-2, axis2=-1)
    found = {"macro_f1": f1.mean(axis=-1), "accuracy": hits / matrix.sum(axis=(-2, -1))}
    lowered = [label.lower() for label in labels]
    if "favor" in lowered and "against" in lowered:
        sides = [lowered.index("favor"), lowered.index("against")]
        found["f_avg"] = f1[..., sides].mean(axis=-1)
    return found


def _bootstrap(
    gold: Sequence[int],
    predicted: Sequence[int],
    n_labels: int,
    groups: Sequence[str] | None,
) -> NDArray[np.int64]:
    """Confusion matrices of bootstrap draws, (draws, labels, labels)."""
    cells = np.asarray(gold, dtype=int) * n_labels + np.asarray(predicted, dtype=int)
    if groups is None:
        # Drawing n rows with replacement is drawing n cells with their shares.
        shares = np.bincount(cells, minlength=n_labels**2) / len(cells)
        draws = np.random.default_rng(_SEED).multinomial(len(cells), shares, size=_DRAWS)
    else:
        draws = resample(np.eye(n_labels**2, dtype=np.int64)[cells], groups)
    return draws.reshape(_DRAWS, n_labels, n_labels)


def resample(counts: NDArray[np.int64], groups: Sequence[str] | None) -> NDArray[np.int64]:
    """Sums of counts over bootstrap draws.

    Args:
        counts: what is counted of each row, (rows, ...).
        groups: what each row belongs to; whole groups are drawn, as many as there are. None
            draws rows.

    Returns:
        int64, (draws, ...).
    """
    rows = range(len(counts)) if groups is None else groups
    names, owner = np.unique(np.asarray(rows), return_inverse=True)
    of_group = np.zeros((len(names), *counts.shape[1:]), dtype=np.int64)
    np.add.at(of_group, owner, counts)
    uniform = np.full(len(names), 1 / len(names))
    drawn = np.random.default_rng(_SEED).multinomial(len(names), uniform, size=_DRAWS)
    return np.tensordot(drawn, of_group, axes=1)


def as_table(scores: dict[str, Any]) -> Table:
    """Scores as a table for a terminal."""
    table = plain_table()
    for name in ("", "precision", "recall", "F1", "n"):
        table.add_column(name, justify="left" if not name else "right")
    for label, one in scores["per_label"].items():
        numbers = [f"{one[name]:.3f}" for name in ("precision", "recall", "f1")]
        table.add_row(Text(printable(label)), *numbers, str(one["support"]))
    for name, title in (("macro_f1", "macro-F1"), ("f_avg", "F_avg"), ("accuracy", "accuracy")):
        if name in scores:
            low, high = scores["intervals"][name]
            interval = f"{low:.3f} to {high:.3f}"
            table.add_row(title, "", interval, f"{scores[name]:.3f}", str(scores["n"]))
    return table
