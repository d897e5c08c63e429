"""Predicted holders against gold holders: scores with intervals.

Every score is a function of three counts a sentence (pairs that match, predicted, gold), so a
bootstrap over sentences, or over groups of them, is a bootstrap over sums of counts.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stance.actors import ActorTable
from stance.holders import Holder
from stance.labels import AUTHOR
from stance.metrics import interval, resample

ROLES: Final = ("all", "named", "author")
"""Whose scores: everybody's, those with a span, and the writer's."""
MATCHES: Final = ("exact", "overlap", "actor")
"""When two holders of one side match: by the same span, a shared letter, the same actor."""


def score_holders(
    gold: Sequence[Sequence[Holder]],
    predicted: Sequence[Sequence[Holder]],
    groups: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Precision, recall and F1 of holders with their side, micro over all sentences.

    Args:
        gold: the holders of each sentence.
        predicted: the predicted ones, for as many sentences.
        groups: what each sentence belongs to; intervals then resample whole groups, which
            is right when sentences of one text tend to be right or wrong together.

    Returns:
        For each of `ROLES` a dict with ``gold`` and ``predicted``, how many holders there are,
        and for each of `MATCHES` a dict with ``precision``, ``recall``, ``f1`` (0 where
        undefined) and ``interval``, the bounds of the 95 % bootstrap interval of F1. ``actor``
        counts the actors of a sentence, each once a side; ``overlap`` pairs every holder
        with one other at most, the longest overlap first.

    Raises:
        ValueError: if there is no sentence, or not as many of each.
    """
    if not gold or len(gold) != len(predicted) or (groups and len(groups) != len(gold)):
        raise ValueError(
            f"{len(gold)} sentences with gold holders, {len(predicted)} with predicted ones and "
            f"{len(gold if groups is None else groups)} groups; expected one or more of each."
        )
    counts = np.array([_counts(*pair) for pair in zip(gold, predicted, strict=True)])
    total, draws = counts.sum(axis=0), resample(counts, groups)
    f1 = _scores(draws)[2]
    found: dict[str, Any] = {}
    for i, role in enumerate(ROLES):
        found[role] = {"gold": int(total[i, 0, 2]), "predicted": int(total[i, 0, 1])}
        for j, match in enumerate(MATCHES):
            names = ("precision", "recall", "f1")
            found[role][match] = {
                name: float(value) for name, value in zip(names, _scores(total[i, j]), strict=True)
            }
            found[role][match]["interval"] = interval(f1[:, i, j])
    return found


def _counts(gold: Sequence[Holder], predicted: Sequence[Holder]) -> NDArray[np.int64]:
    """Matching pairs, predicted and gold holders of a sentence, (roles, matches, 3)."""
    split = [_by_role(holders) for holders in (predicted, gold)]
    counts = np.zeros((len(ROLES), len(MATCHES), 3), dtype=np.int64)
    for i, role in enumerate(ROLES[1:], start=1):
        found, right = (one[role] for one in split)
        pairs = (_same(found, right, _span), _overlapping(found, right))
        counts[i, :2] = [(n, len(found), len(right)) for n in pairs]
        actors, gold_actors = ({_actor(one) for one in holders} for holders in (found, right))
        counts[i, 2] = len(actors & gold_actors), len(actors), len(gold_actors)
    counts[0] = counts[1:].sum(axis=0)
    return counts


def _by_role(holders: Sequence[Holder]) -> dict[str, list[Holder]]:
    named = [one for one in holders if one.start is not None]
    return {"named": named, "author": [one for one in holders if one.start is None]}


def _same(
    found: Sequence[Holder], right: Sequence[Holder], key: Callable[[Holder], Hashable]
) -> int:
    return (Counter(map(key, found)) & Counter(map(key, right))).total()


def _span(one: Holder) -> tuple[int, int, str]:
    """Where a holder is named, and its side; the writer has one place of its own."""
    return (
        (-1, -1, one.stance)
        if one.start is None or one.end is None
        else (one.start, one.end, one.stance)
    )


def _overlapping(found: Sequence[Holder], right: Sequence[Holder]) -> int:
    """Pairs of one side that share a letter or digit, none used twice; the longest first."""
    pairs = [
        # Equal overlaps in an order that is the same whoever is taken for gold.
        ((-shared, sorted((_span(a), _span(b)))), i, j)
        for (i, a), (j, b) in product(enumerate(found), enumerate(right))
        if a.stance == b.stance and (shared := shared_letters(a, b))
    ]
    free, free_right = set(range(len(found))), set(range(len(right)))
    for _, i, j in sorted(pairs):
        if i in free and j in free_right:
            free.remove(i)
            free_right.remove(j)
    return len(found) - len(free)


def shared_letters(a: Holder, b: Holder) -> int:
    """Letters and digits that two spans share; the writer shares one with the writer."""
    if a.start is None or b.start is None or a.end is None or b.end is None:
        return int(a.start is None and b.start is None)
    start, end = max(a.start, b.start) - a.start, min(a.end, b.end) - a.start
    return sum(letter.isalnum() for letter in a.text[start : max(start, end)])


def _actor(one: Holder) -> tuple[str, str]:
    """Who a holder is, and its side."""
    if one.start is None:
        return AUTHOR, one.stance
    return ActorTable.load().identity(one.text), one.stance


def _scores(counts: NDArray[Any]) -> tuple[NDArray[np.float64], ...]:
    """Precision, recall and F1 of counts, (..., 3); 0 where undefined."""
    hits, found, right = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    return tuple(
        np.divide(n * hits, out_of, out=np.zeros_like(hits), where=out_of > 0)
        for n, out_of in ((1, found), (1, right), (2, found + right))
    )
