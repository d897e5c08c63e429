"""Tags of tokens -> who holds the stance, and on which side.

A model with a second head gives every token of a sentence one of `stance.labels.TAGS`: where an
actor's name begins, where it goes on, and which side the sentence gives that actor. The token
that starts an input stands for the writer: any tag but ``O`` there says that the writer takes
the sentence's side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.actors import ActorTable
from stance.labels import AUTHOR, SIDES

_OUTSIDE: Final = 0
_ARTICLES: Final = frozenset({"de", "het", "een"})

Offsets = Sequence[tuple[int, int]]
"""First character of each token of a text, and the one behind its last."""


@dataclass(frozen=True)
class Holder:
    """Somebody whose side a sentence states or shows."""

    text: str
    """The span that names the actor, verbatim; ``author`` for the writer's own stance."""
    start: int | None
    """Offset of its first character in the sentence; None for ``author``."""
    end: int | None
    """Offset behind its last character; None for ``author``."""
    stance: str
    """The side, ``favor`` or ``against``."""
    score: float = 1.0
    """Probability that this is a holder of this side, 0 to 1; 1 in labelled data."""

    @property
    def actor(self) -> str:
        """The canonical name: *Rusland* for *het Kremlin*; other names as they stand."""
        return AUTHOR if self.start is None else ActorTable.load().canonical(self.text)


class _Word(NamedTuple):
    start: int
    end: int
    sides: NDArray[np.float64]
    """Probability of being part of a holder in favor, and of one against."""
    begins: bool
    """Whether its first token rather begins a name than goes on with one."""


def tag(holders: Sequence[Holder], offsets: Offsets) -> list[int]:
    """The tags that a model should give a sentence.

    Args:
        holders: its holders.
        offsets: of the tokens of the sentence, without the token that starts the input.

    Returns:
        Indices into `stance.labels.TAGS`, of the start token and then of each token.
    """
    tags = [_OUTSIDE] * (len(offsets) + 1)
    for holder in holders:
        begin = 1 + 2 * SIDES.index(holder.stance)
        if holder.start is None or holder.end is None:
            tags[0] = begin
            continue
        inside = [i for i, (a, b) in enumerate(offsets) if a < holder.end and b > holder.start]
        for n, i in enumerate(inside):
            tags[i + 1] = begin if n == 0 else begin + 1
    return tags


def read_tags(
    text: str, offsets: Offsets, probabilities: NDArray[np.floating], label: str
) -> list[Holder]:
    """The holders that the tags of a sentence name.

    Args:
        text: the sentence.
        offsets: of its tokens, without the token that starts the input.
        probabilities: (1 + tokens, tags), of the start token first; rows sum to 1.
        label: the sentence's label, which is the side of its writer if he takes one.

    Returns:
        The holders in the order of the text, the writer first.
    """
    spans = [
        _holder(text, words) for words in _names(text, _words(text, offsets, probabilities[1:]))
    ]
    if label not in SIDES:
        return spans
    writer = float(1 - probabilities[0, _OUTSIDE])
    # A side has somebody who takes it: where no name has a side, it is the writer's.
    if writer > 0.5 or not spans:
        return [Holder(AUTHOR, None, None, label, round(writer, 6)), *spans]
    return spans


def _words(text: str, offsets: Offsets, probabilities: NDArray[np.floating]) -> list[_Word]:
    """Tokens joined to words, since a name does not end within one."""
    groups: list[list[int]] = []
    for i, (start, end) in enumerate(offsets[: len(probabilities)]):
        if start == end:
            continue
        joined = groups and offsets[groups[-1][-1]][1] == start
        if joined and text[start - 1].isalnum() and text[start].isalnum():
            groups[-1].append(i)
        else:
            groups.append([i])
    words = []
    for tokens in groups:
        mean = probabilities[tokens].mean(axis=0)
        begin = probabilities[tokens[0], 1::2].sum() > probabilities[tokens[0], 2::2].sum()
        sides = np.array([mean[1] + mean[2], mean[3] + mean[4]], dtype=np.float64)
        words.append(_Word(offsets[tokens[0]][0], offsets[tokens[-1]][1], sides, bool(begin)))
    return words


def _names(text: str, words: Sequence[_Word]) -> list[list[_Word]]:
    """Words that are part of one name, name by name.

    What small models do wrong with the edges of names is mended: an article belongs to the name
    behind it and is none alone, and no name ends where a word goes on (*Ecolo-Groen*, *sp.a*).
    """
    names: list[list[_Word]] = []
    before = False
    for word in words:
        inside = bool(word.sides.sum() > 0.5)
        if inside and names and _goes_on(text, names[-1], word, before):
            names[-1].append(word)
        elif inside:
            names.append([word])
        before = inside
    return [name for name in names if not _is_article(text, name)]


def _goes_on(text: str, name: Sequence[_Word], word: _Word, before: bool) -> bool:
    """Whether a word is part of the name that stands before it."""
    gap = text[name[-1].end : word.start + 1]  # with the space that some tokens begin with
    if len(gap) <= 3 and not any(map(str.isspace, gap)):
        return True
    return before and (not word.begins or _is_article(text, name))


def _is_article(text: str, name: Sequence[_Word]) -> bool:
    return text[name[0].start : name[-1].end].strip().lower() in _ARTICLES


def _holder(text: str, words: Sequence[_Word]) -> Holder:
    sides = np.mean([word.sides for word in words], axis=0)
    best = int(sides.argmax())
    start, end = words[0].start, words[-1].end
    while end - start > 1 and text[start].isspace():  # some tokenizers count the space before
        start += 1
    return Holder(text[start:end], start, end, SIDES[best], round(float(sides[best]), 6))
