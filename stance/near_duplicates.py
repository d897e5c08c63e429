"""Texts that are the same, or nearly the same, as others."""

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

_NEAR: Final = 0.8
_WORD: Final = re.compile(r"\w+")


def near_duplicates(texts: Sequence[str], start: int = 0) -> Iterator[tuple[int, int]]:
    """Pairs of texts that are the same after normalising, or share most of their tokens.

    Texts are compared by their sets of lower-cased word tokens; a pair counts from a Jaccard
    similarity above .8. Only texts that share one of their rarest tokens are
    compared (prefix filtering), which finds all pairs.
    Source: Chaudhuri et al. 2006, A primitive operator for similarity joins (prefix filter).

    Args:
        texts: the texts.
        start: pairs of two texts before this one are left out.

    Yields:
        Pairs of indices (i, j), i < j, each once, in the order of j.
    """
    sets = [frozenset(words(text)) for text in texts]
    counts = Counter(itertools.chain.from_iterable(sets))
    bare: dict[str, list[int]] = defaultdict(list)
    by_token: dict[str, list[int]] = defaultdict(list)
    for j, tokens in enumerate(sets):
        if not tokens:  # punctuation only: compare as it is
            yield from ((i, j) for i in bare[texts[j]] if j >= start)
            bare[texts[j]].append(j)
            continue
        rare_first = sorted(tokens, key=lambda token: (counts[token], token))
        prefix = rare_first[: len(tokens) - int(_NEAR * len(tokens)) + 1]
        candidates = {i for token in prefix for i in by_token[token]} if j >= start else set()
        for i in sorted(candidates):
            if len(tokens & sets[i]) > _NEAR * len(tokens | sets[i]):
                yield i, j
        for token in prefix:
            by_token[token].append(j)


def words(text: str) -> list[str]:
    """The words of a text in order, without case and accents.

    >>> words("Één Café!")
    ['een', 'cafe']
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(c for c in decomposed if not unicodedata.combining(c)))
