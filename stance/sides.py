"""Who takes which side in which sentence, and that as an outcome with a share of its own.

That an actor takes a side in a sentence is so or not, as a label is given or not. So the
sentences are labelled anew for each actor and side, and `stance.prevalence.estimate` gives the
share with its interval as it does for labels: with the same sample, weights and documents.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from stance.errors import InputError
from stance.groups import encode
from stance.holder_text import Side, read_holder_text
from stance.labels import SIDES, UNRELATED
from stance.population import Gold, Labelled, counted_labels
from stance.strata import Codes

Among = Literal["stance", "all", "side"]
"""What a share is of: sentences that are not `unrelated`, all, or those in which the actor takes
a side."""
OUTCOMES: Final = (*SIDES, "neither", UNRELATED)
"""Labels of the sentences anew; the last is of those that do not count, whatever the reason."""
UNSEEN_SIDES: Final = 0.3
"""Errors of the model that `estimate` should add to those seen. They are more than for labels,
which are strata of the sample: a side that the model misses stands for more sentences.
`benchmarks/holder_coverage.py` chose it."""
_OUTSIDE: Final = OUTCOMES.index(UNRELATED)


@dataclass(frozen=True)
class Sides:
    """Who takes which side in each of some sentences."""

    found: tuple[frozenset[Side], ...]
    """What occurs, each once."""
    codes: Codes
    """Which of it each sentence has, (sentences,)."""

    @classmethod
    def of(cls, sentences: Sequence[frozenset[Side]]) -> "Sides":
        """Of the sides in each sentence."""
        place = {one: code for code, one in enumerate(dict.fromkeys(sentences))}
        return cls(tuple(place), np.array([place[one] for one in sentences], np.int64))

    def has(self, actor: str, side: str | None = None) -> NDArray[np.bool_]:
        """In which sentences an actor takes a side, or any if None, (sentences,)."""
        return np.array(
            [any(a == actor and side in (None, s) for a, s in one) for one in self.found], np.bool_
        )[self.codes]

    @cached_property
    def actors(self) -> Counter[str]:
        """The number of sentences in which each actor takes a side."""
        counts: Counter[str] = Counter()
        sizes = np.bincount(self.codes, minlength=len(self.found)).tolist()
        for one, size in zip(self.found, sizes, strict=True):
            for actor in {actor for actor, _ in one}:
                counts[actor] += size
        return counts


def read_sides(column: Any, path: Path) -> Sides:
    """Take the sides from a column of text.

    Args:
        column: arrow array of text as `stance.holder_text` reads it.
        path: of the table, for messages.

    Raises:
        InputError: if a row cannot be used.
    """
    texts, codes = encode(column)
    found = []
    for code, text in enumerate(texts):
        sides = read_holder_text(text)
        if isinstance(sides, str):
            row = int(np.flatnonzero(codes == code)[0]) + 1
            raise InputError(f"{path}: row {row}, column 'holders': {sides}.")
        found.append(sides)
    return Sides(tuple(found), codes)


def relabel(labelled: Labelled, sides: Sides, actor: str, side: str, of: Among) -> Labelled:
    """Label the sentences anew: which side an actor takes in each, as the model says.

    Args:
        labelled: the sentences.
        sides: those that the model tells of each.
        actor: as `ActorTable.identity` has it.
        side: ``favor`` or ``against``; the label of a sentence in which the actor takes both.
        of: what the share is to be of.

    Returns:
        The sentences with the labels `OUTCOMES`. The share of `side` is what `estimate` gives
        with ``of="stance"`` and `UNSEEN_SIDES`. That a sentence counts has the probability that
        it is not `unrelated`; what the actor does in it has 0 or 1.

    Raises:
        ConfigError: if the labels lack ``unrelated`` and `of` is ``stance``.
    """
    counts = _counts(labelled.predicted, labelled.labels, sides, actor, of)
    chance = counts.astype(np.float64)
    if of == "stance":
        chance = labelled.probabilities[:, counted_labels(labelled.labels, of)].sum(axis=1)
    taken = _taken(sides, actor, side)
    probabilities = np.zeros((len(taken), len(OUTCOMES)))
    probabilities[np.arange(len(taken)), taken] = chance
    probabilities[:, _OUTSIDE] = 1 - chance
    predicted = np.where(counts, taken, _OUTSIDE)
    return Labelled(OUTCOMES, probabilities, predicted, labelled.documents)


def relabel_gold(
    gold: Gold, labels: tuple[str, ...], sides: Sides, actor: str, side: str, of: Among
) -> Gold:
    """Label the coded sentences anew: which side an actor takes in each, as the coders say.

    Args:
        gold: the coded sentences.
        labels: those of the labelled table.
        sides: those that the coders found in each.
        actor: as in `relabel`.
        side: as in `relabel`.
        of: as in `relabel`.
    """
    counts = _counts(gold.labels, labels, sides, actor, of)
    return Gold(gold.rows, np.where(counts, _taken(sides, actor, side), _OUTSIDE), gold.inclusion)


def _counts(
    given: Codes, labels: tuple[str, ...], sides: Sides, actor: str, of: Among
) -> NDArray[np.bool_]:
    """Which sentences make up the whole."""
    if of == "side":
        return sides.has(actor)
    return np.isin(given, counted_labels(labels, of))


def _taken(sides: Sides, actor: str, side: str) -> Codes:
    """Codes of the side that an actor takes, or of neither; of both it is `side`."""
    taken = np.full(len(sides.codes), OUTCOMES.index("neither"))
    for one in sorted(SIDES, key=lambda one: one == side):
        taken[sides.has(actor, one)] = OUTCOMES.index(one)
    return taken
