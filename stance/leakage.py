"""Rows to evaluate on that a model has learnt from, or that stand there twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from stance.near_duplicates import near_duplicates, words
from stance.rows import LabelledRow
from stance.seen import Seen

KINDS: Final = ("exact", "normalised", "near")
"""The same text; the same words; or more than eight words in ten of the two shared."""


@dataclass(frozen=True)
class Leak:
    """A row whose sentence stands elsewhere too."""

    row: int
    """Its place among the rows, from 0."""
    kind: str
    """One of `KINDS`."""
    other: str
    """Where the nearest other stands."""
    other_text: str
    in_training: bool
    """The other is in the training data; else it stands above the row in the file itself."""


def find_leaks(rows: Sequence[LabelledRow], seen: Seen | None) -> list[Leak]:
    """Find rows whose sentence is in the training data, or above in the file itself.

    Contexts are not compared.

    Args:
        rows: the rows to evaluate on.
        seen: the training data; None if it is not at hand.

    Returns:
        In the order of the rows, at most one a row and place to look: the nearest.
    """
    texts = [*(seen.texts if seen else ()), *(row.text for row in rows)]
    places = [*(seen.places if seen else ()), *(row.place for row in rows)]
    start = len(texts) - len(rows)
    nearest = _copies(texts, start)
    of_file = np.arange(len(texts)) >= start
    for i, j in near_duplicates(texts, start, of_file.astype(np.int64)):
        nearest.setdefault((j - start, i < start), (i, "near"))
    return [
        Leak(row, kind, places[i], texts[i], in_training)
        for (row, in_training), (i, kind) in sorted(nearest.items())
    ]


def _copies(texts: Sequence[str], start: int) -> dict[tuple[int, bool], tuple[int, str]]:
    """Where texts stand before: by row and in training or not, the first place and the kind."""
    found: dict[tuple[int, bool], tuple[int, str]] = {}
    first: dict[tuple[bool, str | tuple[str, ...]], int] = {}
    for j, text in enumerate(texts):
        forms = {"exact": text, "normalised": tuple(words(text)) or text}
        for in_training in (True, False) if j >= start else ():
            for kind, form in forms.items():
                if (in_training, form) in first:
                    place = first[in_training, form], kind
                    found.setdefault((j - start, in_training), place)
        for form in forms.values():
            first.setdefault((j < start, form), j)
    return found
