"""What a coder did to a sentence in a tool, and what it says once it was checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from stance.annotation.offsets import Unit, characters
from stance.holders import Holder
from stance.labels import AUTHOR, SIDES, unknown

BOTH: Final[tuple[Unit, ...]] = ("characters", "utf16")
"""Where the tool quotes the span, either may be what it counts; the quotation decides."""
UTF16: Final[tuple[Unit, ...]] = ("utf16",)
_BEFORE: Final = 20
"""Characters that a message shows before a change."""


@dataclass(frozen=True)
class Span:
    """A piece of a sentence that a coder marked."""

    start: Any
    end: Any
    side: str
    quoted: str | None = None
    """What the tool says stands there; None if it does not say."""
    units: tuple[Unit, ...] = BOTH
    """What start and end may be counted in, the likelier first."""


@dataclass(frozen=True)
class Mark:
    """What one coder did to one sentence, as the tool has it."""

    place: str
    """File and record, for messages."""
    coder: str
    id: str
    text: str
    labels: tuple[str, ...]
    """One is expected."""
    author: tuple[str, ...] = ()
    """The sides that the coder says the writer takes."""
    spans: tuple[Span, ...] = ()
    context: str = ""
    skipped: bool = False
    """The coder passed over the sentence."""
    fault: str = ""
    """Why it cannot be used, where the file itself shows it."""

    @property
    def is_empty(self) -> bool:
        """Whether the coder said nothing."""
        return not (self.labels or self.author or self.spans or self.fault)


@dataclass(frozen=True)
class Answer:
    """What one coder says of one sentence."""

    label: str
    holders: tuple[Holder, ...] = ()
    """The writer first, then in the order of the text, each once."""


def read_mark(mark: Mark, text: str, labels: Sequence[str]) -> Answer | list[str]:
    """Check what a coder said against the sentence.

    Spaces around a span are left out of it: coders take them along without noticing.

    Args:
        mark: what the coder did.
        text: the sentence as it was given to the tool.
        labels: the labels that may occur.

    Returns:
        What it says, or everything that is wrong with it.
    """
    if mark.fault:
        return [mark.fault]
    if mark.text.strip() != text.strip():
        found, expected = from_change(mark.text, text)
        return [f"the text was changed: {found!r:.60}, expected {expected!r:.60}"]
    faults = []
    if len(mark.labels) != 1:
        found = ", ".join(mark.labels) or "none, but a holder"
        faults.append(f"expected one label, found {found}")
    faults += [unknown(label, labels) for label in mark.labels if label not in labels]
    faults += [unknown(side, SIDES) for side in mark.author if side not in SIDES]
    holders = [Holder(AUTHOR, None, None, side) for side in mark.author]
    for span in mark.spans:
        holder = _holder(span, mark.text, text)
        if isinstance(holder, str):
            faults.append(holder)
        else:
            holders.append(holder)
    if faults:
        return faults
    order = sorted({*holders}, key=lambda one: (-1 if one.start is None else one.start, one.stance))
    return Answer(mark.labels[0], tuple(order))


def from_change(one: str, other: str) -> tuple[str, str]:
    """Two texts from shortly before the place at which they part, so that a message shows it."""
    shorter = min(len(one), len(other))
    place = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    start = max(place - _BEFORE, 0)
    return one[start:], other[start:]


def _holder(span: Span, shown: str, text: str) -> Holder | str:
    """The holder that a span names, or what is wrong with it."""
    if span.side not in SIDES:
        return f"a holder's side {unknown(span.side, SIDES)}"
    what = f"the span {span.start!r:.20} to {span.end!r:.20}"
    found = _places(span, shown)
    if found is None:
        quoted = f", where {span.quoted!r:.40} should stand" if span.quoted is not None else ""
        return f"{what} is none of the text{quoted}"
    start, end = found
    name = shown[start:end]
    if not name.strip():
        return f"{what} holds no letter"
    # A tool may have dropped spaces before the sentence.
    start += len(name) - len(name.lstrip()) + _indent(text) - _indent(shown)
    name = name.strip()
    return Holder(name, start, start + len(name), span.side)


def _places(span: Span, text: str) -> tuple[int, int] | None:
    if type(span.start) is not int or type(span.end) is not int:
        return None
    for unit in span.units:
        start, end = (characters(text, offset, unit) for offset in (span.start, span.end))
        if start is None or end is None or start >= end:
            continue
        if span.quoted is None or span.quoted.strip() == text[start:end].strip():
            return start, end
    return None


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
