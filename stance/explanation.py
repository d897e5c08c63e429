"""What the words of a sentence do to the score of a label, whichever method found it out."""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Method = Literal["gradients", "occlusion"]

TOLERANCE: Final = 0.04
"""Largest gap, in log-odds, of attributions that count as complete; no probability changes by
more than a hundredth when its log-odds change by this."""

# Letters with accents of their own, as some files write them, are not cut from them.
_LETTERS: Final = r"[\w\u0300-\u036f]+"
_WORD: Final = re.compile(rf"{_LETTERS}(?:[^\w\s]{_LETTERS})*|[^\w\s]+")


@dataclass(frozen=True)
class Word:
    """One word, or the punctuation between two, and what it does."""

    text: str
    """As it stands in the sentence."""
    start: int
    """Offset of its first character in the sentence, or in the context."""
    end: int
    """Offset behind its last character."""
    attribution: float
    """What it adds to the log-odds of the label; below 0 it speaks against it."""


@dataclass(frozen=True)
class Explanation:
    """Why a sentence has the score that it has, word by word, as far as a method can tell."""

    text: str
    """The sentence."""
    context: str
    """The sentence before; "" if there is none, or the model reads none."""
    label: str
    """The label that is explained."""
    score: float
    """Its probability, 0 to 1."""
    log_odds: float
    """``ln(score / (1 - score))``, computed without rounding `score`."""
    method: Method
    """``gradients`` (integrated gradients) or ``occlusion`` (each word left out in turn)."""
    words: list[Word]
    """Those of the sentence, in its order."""
    context_words: list[Word]
    """Those of the context; what the model has no room to read has an attribution of 0."""
    baseline_log_odds: float | None = None
    """Of the label when every word is masked; None for ``occlusion``, which has no baseline."""
    steps: int | None = None
    """Points of the path from baseline to sentence; None for ``occlusion``."""
    gap: float | None = None
    """By how much the attributions together miss ``log_odds - baseline_log_odds``, 0 or more; None
    for ``occlusion``, whose attributions need not add up to anything."""

    @property
    def caveat(self) -> str:
        """What must be known before it is used; "" if nothing."""
        if self.gap is None or self.gap <= TOLERANCE:
            return ""
        return (
            f"the attributions miss the difference that they share out by {self.gap:.2f} log-odds "
            f"after {self.steps:,} steps, more than the {TOLERANCE} that is tolerated; trust only "
            "those far above that, or use the method occlusion."
        )


def split_words(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand: first character, and the one behind the last.

    A word is a run of letters and digits, single marks within it included; other marks
    that stand together count as one.

    >>> text = "De EU-landen (27) zwegen..."
    >>> [text[start:end] for start, end in split_words(text)]
    ['De', 'EU-landen', '(', '27', ')', 'zwegen', '...']
    """
    return [match.span() for match in _WORD.finditer(text)]


def join_tokens(
    text: str, offsets: Sequence[tuple[int, int]], attributions: Sequence[float]
) -> list[Word]:
    """Attributions of tokens, summed over the words that they are parts of.

    Args:
        text: what was tokenised.
        offsets: first character of each token, and the one behind its last; in order.
        attributions: one a token.

    Returns:
        All words of the text; the sum of their attributions is that of the tokens, as long as
        the text has a word.
    """
    spans = split_words(text)
    ends = [end for _, end in spans]
    totals = [0.0] * len(spans)
    for (start, _), value in zip(offsets, attributions, strict=True):
        if spans:  # some tokenizers make a token of the space before a word, or behind the last
            totals[min(bisect_right(ends, start), len(spans) - 1)] += value
    return [
        Word(text[start:end], start, end, total)
        for (start, end), total in zip(spans, totals, strict=True)
    ]


def log_odds(probabilities: NDArray[Any], label: int) -> float:
    """``ln(p / (1 - p))`` of one label, also where `p` is 1 but for rounding.

    Args:
        probabilities: of all labels, (labels,).
        label: index of the label.
    """
    tiny = float(np.finfo(np.float32).tiny)
    others = np.delete(probabilities, label).sum(dtype=np.float64)
    return math.log(max(float(probabilities[label]), tiny)) - math.log(max(float(others), tiny))
