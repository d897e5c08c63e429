"""Document text to sentences with character offsets.

syntok finds the boundaries within a paragraph; what it does not know of Dutch
(abbreviations before a capital, closing quotes written as two apostrophes) is mended here.
No character is lost or changed: everything but white space lies in exactly one sentence.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Final

from syntok import segmenter

Span = tuple[int, int]

_ABBREVIATIONS: Final = frozenset(
    """
    a aant afd afl alg allerh art artt arr bc betr bijl bijv blz br burg bv ca cat cf cie civ
    dd dhr dir div dr dra drs ds dw e.a ed eerw ex excl fa fam fig fr gebr geb gedep gem gen geref
    get gez hh hr id ing inc incl inl int inz ir j.b.v jhr jkvr jl jo jr juf kap kard kath kol kon
    lic luit m maj mej mevr mgr min mln mr mrs ms mst mw nl nr nrs o.l.v okt ov par penn pl plv
    prof prov red rep resp sec secr sen sg sgt sr st ste str subs t.a.v tel vdg vgl vnl vnw vz
    wed wnd zgn zr
    bijvb aug dec febr feb jan nov sept sep apr
    """.split()
)
"""Written with a full stop and followed by more of the same sentence, even by a capital."""

_LAST_WORD: Final = re.compile(r"(\S+)\.\s*$")
_LONGEST_WORD: Final = 40
"""Characters looked at before a boundary: more than any abbreviation and the space behind it."""
_OPENING: Final = "([{\"'‘’“”„«‚"
_BLANK_LINES: Final = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_APOSTROPHE_CLOSE: Final = re.compile(r"[.!?…]''(\s+)(?=[^\Wa-z\d_])")
_WRAP_WIDTHS: Final = range(40, 121)


def split_sentences(text: str) -> list[Span]:
    """Split a document into sentences.

    Line breaks separate paragraphs, and no sentence crosses one (a headline has no full
    stop), unless the lines of a block are wrapped at a fixed width.

    Args:
        text: the document.

    Returns:
        (start, end) of each sentence in order, in characters; ``text[start:end]`` has no
        white space at its ends and is never empty.
    """
    return [
        span
        for start, end in _paragraphs(text)
        for span in _sentences_of_paragraph(text, start, end)
    ]


def _paragraphs(text: str) -> Iterator[Span]:
    """Spans of the paragraphs of a text, in order, white space included."""
    text = text.replace("\r\n", " \n").replace("\r", "\n")  # same length
    start = 0
    for gap in _BLANK_LINES.finditer(text):
        yield from _paragraphs_of_block(text, start, gap.start())
        start = gap.end()
    yield from _paragraphs_of_block(text, start, len(text))


def _paragraphs_of_block(text: str, start: int, end: int) -> Iterator[Span]:
    """One paragraph if the lines are wrapped at a fixed width, else one a line."""
    block = text[start:end]
    lines = block.split("\n")
    if _is_wrapped(lines):
        yield start, end
        return
    for line in lines:
        yield start, start + len(line)
        start += len(line) + 1


def _is_wrapped(lines: list[str]) -> bool:
    """Whether every line but the last is so full that the next word did not fit."""
    lines = [line.strip() for line in lines]
    width = max(map(len, lines))
    if len(lines) < 2 or width not in _WRAP_WIDTHS or not all(lines):
        return False
    return all(
        len(line) + 1 + len(following.split(maxsplit=1)[0]) > width
        for line, following in itertools.pairwise(lines)
    )


def _sentences_of_paragraph(text: str, start: int, end: int) -> Iterator[Span]:
    paragraph = text[start:end]
    # syntok splits a paragraph at blank lines only; within one, a break is a space.
    flat = re.sub(r"\s", " ", paragraph)
    starts = {0}
    starts.update(s[0].offset for block in segmenter.analyze(flat) for s in block if s)
    starts.update(match.end() for match in _APOSTROPHE_CLOSE.finditer(flat))
    kept = [i for i in sorted(starts) if i == 0 or not _continues(flat, i)]
    for left, right in zip(kept, [*kept[1:], len(paragraph)], strict=True):
        piece = paragraph[left:right]
        if stripped := piece.strip():
            first = start + left + piece.index(stripped[0])
            yield first, first + len(stripped)


def _continues(text: str, boundary: int) -> bool:
    """Whether the text after a boundary that syntok sees belongs to the sentence before it."""
    match = _LAST_WORD.search(text[max(0, boundary - _LONGEST_WORD) : boundary])
    if match is None:
        return False
    word = match[1].lstrip(_OPENING).lower()
    return word in _ABBREVIATIONS and text[boundary : boundary + 1].isalnum()
