"""Labelled sentences and those of them that were coded, and what a share is of."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stance.errors import ConfigError
from stance.labels import UNRELATED
from stance.strata import Codes, Floats

Of = Literal["stance", "all", "document"]


@dataclass(frozen=True)
class Labelled:
    """A labelled table as arrays, or a group of its rows."""

    labels: tuple[str, ...]
    probabilities: Floats
    """(sentences, labels)."""
    predicted: Codes
    """Label codes, (sentences,)."""
    documents: Codes
    """Which document each sentence is of, (sentences,)."""

    def __post_init__(self) -> None:
        shape = (len(self.predicted), len(self.labels))
        if self.probabilities.shape != shape or len(self.documents) != shape[0]:
            raise ValueError(f"expected {shape} probabilities, found {self.probabilities.shape}")

    def take(self, rows: NDArray[np.int64]) -> "Labelled":
        """Some of the sentences."""
        return Labelled(
            self.labels, self.probabilities[rows], self.predicted[rows], self.documents[rows]
        )


@dataclass(frozen=True)
class Gold:
    """The sentences of a table that people coded: a probability sample."""

    rows: Codes
    """Places in the table, (gold,)."""
    labels: Codes
    """Codes of the gold labels, (gold,)."""
    inclusion: Floats
    """The probability with which each sentence came into the sample, (gold,)."""


def counted_labels(labels: tuple[str, ...], of: Of) -> list[int]:
    """Codes of the labels that make up the whole.

    Raises:
        ConfigError: if the labels lack ``unrelated`` and `of` is ``stance``.
    """
    if of == "stance" and UNRELATED not in labels:
        raise ConfigError(
            f"the labels are {', '.join(labels)}, without {UNRELATED}: pass --of all."
        )
    return [code for code, name in enumerate(labels) if of != "stance" or name != UNRELATED]


def sentence_units(labelled: Labelled, of: Of) -> Floats:
    """What each sentence counts for: 1, or 1 / the sentences of its document, (sentences,)."""
    if of != "document":
        return np.ones(len(labelled.predicted))
    _, inverse, sizes = np.unique(labelled.documents, return_inverse=True, return_counts=True)
    return np.asarray(1 / sizes[inverse])
