"""Texts that are the same, or nearly the same, as others."""

import itertools
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_WORD: Final = re.compile(r"\w+")
_ONE_BY_ONE: Final = 200
"""Entries of lists that are counted in the time in which two sets are compared."""

_Places = NDArray[np.int64]
_Lists = Mapping[str, "array[int]"]


def near_duplicates(
    texts: Sequence[str], start: int = 0, kinds: NDArray[np.integer[Any]] | None = None
) -> Iterator[tuple[int, int]]:
    """Pairs of texts that are the same after normalising, or share most of their tokens.

    Texts are compared by their sets of lower-cased word tokens; a pair counts from a Jaccard
    similarity above .8. Only texts that share one of their rarest tokens are
    compared (prefix filtering), which finds all pairs. Thousands of rows of one template, all of
    which share them, are compared by counting, a few nanoseconds a token and pair; with `kinds`
    they do not give millions of pairs either.
    Source: Chaudhuri et al. 2006, A primitive operator for similarity joins (prefix filter).

    Args:
        texts: the texts.
        start: pairs of two texts before this one are left out.
        kinds: of every text a number; of the texts before one that are near it, only the nearest
            of each kind is told, the first of equally near ones. It may be changed between pairs
            and is looked at anew for every text. None tells all.

    Yields:
        Pairs of indices (i, j), i < j, each once, in the order of j.
    """
    sets = [frozenset(words(text) or [text]) for text in texts]  # punctuation alone: as it is
    known = _Known(sets)
    for j in range(len(sets)):
        if j >= start:
            places, nearness = known.near(j)
            if kinds is not None and len(places):
                order = np.lexsort((places, -nearness))
                _, first = np.unique(kinds[places[order]], return_index=True)
                places = np.sort(places[order[first]])
            yield from ((i, j) for i in places.tolist())
        known.add(j)


class _Known:
    """Sets of tokens, those of which that were added so far, and where each token is."""

    def __init__(self, sets: Sequence[frozenset[str]]) -> None:
        self._sets = sets
        self._sizes = np.array([len(one) for one in sets], np.int64)
        self._counts = Counter(itertools.chain.from_iterable(sets))
        self._with: dict[str, array[int]] = defaultdict(partial(array, "q"))
        """A token to all sets that have it."""
        self._led_by: dict[str, array[int]] = defaultdict(partial(array, "q"))
        """A token to the sets that have it among their rarest."""

    def add(self, j: int) -> None:
        for token in self._sets[j]:
            self._with[token].append(j)
        for token in self._rarest(self._sets[j]):
            self._led_by[token].append(j)

    def near(self, j: int) -> tuple[_Places, NDArray[np.float64]]:
        """The places of the sets that are near one, in order, and the similarity of each."""
        tokens = self._sets[j]
        led = _lists(self._rarest(tokens), self._led_by)
        every = _lists(tokens, self._with)
        if _ONE_BY_ONE * sum(map(len, led)) <= sum(map(len, every)):
            candidates = sorted(set(itertools.chain.from_iterable(led)))
            places = np.array(candidates, np.int64)
            shared = np.array([len(tokens & self._sets[i]) for i in candidates], np.int64)
        else:
            counted = np.bincount(np.concatenate([np.frombuffer(one, np.int64) for one in every]))
            places = np.flatnonzero(counted)
            shared = counted[places]
        either = len(tokens) + self._sizes[places] - shared
        near = 5 * shared > 4 * either
        return places[near], shared[near] / either[near]

    def _rarest(self, tokens: frozenset[str]) -> list[str]:
        """So many that two sets which are near have one of them in common."""
        rare_first = sorted(tokens, key=lambda token: (self._counts[token], token))
        return rare_first[: len(tokens) - 4 * len(tokens) // 5]


def _lists(tokens: frozenset[str] | list[str], lists: _Lists) -> "list[array[int]]":
    return [lists[token] for token in tokens if token in lists]


def words(text: str) -> list[str]:
    """The words of a text in order, without case and accents.

    >>> words("Één Café!")
    ['een', 'cafe']
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(c for c in decomposed if not unicodedata.combining(c)))
