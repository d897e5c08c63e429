"""Rows to evaluate on that a model has learnt from, or that stand there twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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
    nearest: dict[tuple[int, bool], tuple[int, int]] = {}
    for i, j in near_duplicates(texts, start):
        found = KINDS.index(_kind(texts[i], texts[j])), i
        key = j - start, i < start
        nearest[key] = min(nearest.get(key, found), found)
    return [
        Leak(row, KINDS[kind], places[i], texts[i], in_training)
        for (row, in_training), (kind, i) in sorted(nearest.items())
    ]


def _kind(one: str, two: str) -> str:
    if one == two:
        return "exact"
    return "normalised" if words(one) == words(two) else "near"
