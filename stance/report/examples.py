"""Which sentences a page shows, and what of them is marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stance.strata import Codes

LONGEST: Final = 700
"""Characters of a sentence that are shown; so a page stays small whatever the table holds."""
MOST_HOLDERS: Final = 6
"""Holders of a sentence that are named."""


@dataclass(frozen=True)
class Side:
    """A holder that a page names."""

    actor: str
    stance: str


@dataclass(frozen=True)
class Part:
    """A stretch of a sentence, with the holder that it names."""

    text: str
    holder: Side | None = None


def draw(labels: Codes, groups: Codes, n: int, seed: int) -> Codes:
    """Draw sentences evenly over label and group; the same arguments give the same ones.

    A cell that has too few leaves its part to the others.

    Args:
        labels: code of the predicted label, (sentences,).
        groups: code of the group, (sentences,).
        n: how many at the most.
        seed: of the random numbers.

    Returns:
        Places in the table, ascending.
    """
    cells = labels * (int(groups.max(initial=0)) + 1) + groups
    chance = np.random.default_rng(seed).random(len(cells))
    order = np.lexsort((chance, cells))
    sizes = np.bincount(cells, minlength=1)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rank = np.empty(len(cells), np.int64)
    rank[order] = np.arange(len(cells)) - np.repeat(starts, sizes)
    # The first of every cell, then the second of every cell; by chance where not all fit.
    rows: NDArray[np.int64] = np.sort(np.lexsort((chance, rank))[:n])
    return rows


def parts(
    sentence: str, holders: Sequence[Mapping[str, Any]]
) -> tuple[list[Part], list[Side], bool]:
    """Cut a sentence at the names of its holders.

    Args:
        sentence: the sentence.
        holders: each with ``actor``, ``stance``, ``start`` and ``end``.

    Returns:
        The stretches of the sentence; the holders that have no place in it, such as the writer;
        and whether something was left out because it is too long or too much.
    """
    shown, behind = sentence[:LONGEST], []
    found: list[Part] = []
    done = 0
    for one in sorted(holders[:MOST_HOLDERS], key=lambda one: one["start"] or 0):
        side = Side(one["actor"], one["stance"])
        start, end = one["start"], one["end"]
        if start is None or start < done or end > len(shown):
            behind.append(side)
            continue
        found += [Part(shown[done:start])] if start > done else []
        found.append(Part(shown[start:end], side))
        done = end
    found += [Part(shown[done:])] if done < len(shown) else []
    return found, behind, len(sentence) > LONGEST or len(holders) > MOST_HOLDERS
