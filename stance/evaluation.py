"""Labelled rows and what a model makes of them -> scores, by view and by group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from stance.backends import FloatArray
from stance.classifier import Scores, StanceClassifier
from stance.errors import InputError
from stance.groups import Groups
from stance.metrics import score
from stance.rows import LabelledRow
from stance.strata import places
from stance.views import Absent, View

Codes = NDArray[np.int64]
Record = dict[str, Any]
Progress = Callable[[int], None]

LEAST_DOCUMENTS: Final = 20
"""Documents under which a bootstrap interval is too narrow: it holds the score in 92 % of the draws
with 20 documents, in 82 % with 5, where 95 % are promised (`benchmarks/score_intervals.py`)."""
_CHUNK: Final = 500
"""Rows between two steps of the progress."""


class Sentence(Protocol):
    """What a model reads of a row."""

    @property
    def text(self) -> str:
        """The sentence."""

    @property
    def context(self) -> str:
        """The one before it; "" if none."""


@dataclass(frozen=True)
class Marked:
    """Labelled rows with what a model says of them."""

    rows: Sequence[LabelledRow]
    labels: tuple[str, ...]
    gold: Codes
    """Places in `labels`, (rows,)."""
    probabilities: FloatArray
    """float32, (rows, labels)."""
    truncated: NDArray[np.bool_]
    """Rows of which the model read only the head, (rows,)."""

    @cached_property
    def predicted(self) -> Codes:
        """The most probable label of each row, (rows,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @cached_property
    def documents(self) -> list[str]:
        """What each row is of: its group, or itself."""
        return [row.group or row.place for row in self.rows]


def gold_of(rows: Sequence[LabelledRow], labels: Sequence[str]) -> list[int]:
    """The gold label of each row, as its index among the labels of a model.

    Raises:
        InputError: if a row has a label that the model does not know.
    """
    for row in rows:
        if row.label not in labels:
            raise InputError(
                f"{row.place}: the label {row.label!r} is none of the model's "
                f"({', '.join(labels)})."
            )
    return [labels.index(row.label) for row in rows]


def score_rows(
    classifier: StanceClassifier,
    rows: Sequence[Sentence],
    progress: Progress = lambda _: None,
) -> Scores:
    """What a model says of rows, each with its context where the model reads one.

    Args:
        classifier: the model.
        rows: the rows, one at least.
        progress: called with the number of rows labelled since the last call.
    """
    parts = []
    for first in range(0, len(rows), _CHUNK):
        some = rows[first : first + _CHUNK]
        contexts = [row.context for row in some] if classifier.uses_context else None
        parts.append(classifier.score([row.text for row in some], contexts))
        progress(len(some))
    return Scores(
        np.concatenate([one.probabilities for one in parts]),
        np.concatenate([one.truncated for one in parts]),
        [holders for one in parts for holders in one.holders],
        np.concatenate([one.logits for one in parts]),
    )


def mark(
    classifier: StanceClassifier,
    rows: Sequence[LabelledRow],
    progress: Progress = lambda _: None,
) -> Marked:
    """Have a model label rows.

    Args:
        classifier: the model.
        rows: the rows.
        progress: called with the number of rows labelled since the last call.

    Raises:
        InputError: if a row has a label that the model does not know.
    """
    gold = np.array(gold_of(rows, classifier.labels), np.int64)
    scores = score_rows(classifier, rows, progress)
    return Marked(rows, classifier.labels, gold, scores.probabilities, scores.truncated)


def evaluate_rows(classifier: StanceClassifier, rows: Sequence[LabelledRow]) -> Record:
    """Score a model on labelled rows; see `scores_of`.

    Raises:
        InputError: if a row has a label that the model does not know.
    """
    return scores_of(mark(classifier, rows))


def scores_of(marked: Marked, those: Codes | None = None) -> Record:
    """The scores on some of the rows.

    Args:
        marked: the rows.
        those: their places; None for all.

    Returns:
        What `stance.metrics.score` gives, with intervals over documents; how many ``documents``
        there are; and a ``flag`` that says why the intervals are too narrow, "" if they are not.
        Only ``n``, 0, if there are no rows.
    """
    those = np.arange(len(marked.rows)) if those is None else those
    if not len(those):
        return {"n": 0}
    of_all = marked.documents
    documents = [of_all[place] for place in those]
    found = score(marked.gold[those], marked.predicted[those], marked.labels, documents)
    n = len({*documents})
    few = n < LEAST_DOCUMENTS
    flag = f"{n} documents, {LEAST_DOCUMENTS} needed for an interval" if few else ""
    return found | {"documents": n, "flag": flag}


def view_scores(marked: Marked, views: Sequence[View | Absent]) -> list[Record]:
    """The scores of every view; of one that is absent the reason."""
    return [
        {"view": one.kind, "rows": "", "reason": one.reason}
        if isinstance(one, Absent)
        else {"view": one.kind, "rows": one.rows, "reason": ""} | scores_of(marked, one.places)
        for one in views
    ]


def group_scores(marked: Marked, groups: Groups) -> list[Record]:
    """The scores of every group, each with its ``group``, column to value."""
    those = places(groups.codes, len(groups.keys))
    return [
        {"group": dict(zip(groups.names, key, strict=True))} | scores_of(marked, rows)
        for key, rows in zip(groups.keys, those, strict=True)
    ]
