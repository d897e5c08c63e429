"""The texts of the page in Dutch and in English, and how these languages write numbers."""

import re
import tomllib
from pathlib import Path
from typing import Final, Literal

from stance.labels import AUTHOR, DUTCH
from stance.printable import printable

Language = Literal["nl", "en"]

_NO_BREAK: Final = "\u00a0"
_SWAPPED: Final = str.maketrans(",.", ".,")
"""Dutch writes 1.240 sentences and 43,2 %."""
_UNKNOWN: Final = re.compile("[\ufffe\uffff\ud800-\udfff]")
"""What no XML may hold, beside control characters."""
_LONGEST_NAME: Final = 60


def legible(text: str) -> str:
    """Text of others without what a page or an svg must not hold."""
    return _UNKNOWN.sub("\N{REPLACEMENT CHARACTER}", printable(text))


def as_name(text: str, longest: int = _LONGEST_NAME) -> str:
    """A name that others gave, legible, on one line and clipped: a page has room for so much."""
    line = legible(" ".join(text.split()))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


class Words:
    """What the page says in one language.

    >>> words = Words("nl")
    >>> words.label("against"), words.count(1240), words.decimal(0.5)
    ('tegen', '1.240', '0,50')
    """

    def __init__(self, language: Language) -> None:
        file = Path(__file__).with_name(f"{language}.toml")
        self.language = language
        self.texts: dict[str, str] = tomllib.loads(file.read_text("utf-8"))

    def __call__(self, key: str, **values: object) -> str:
        """A text with its values filled in; whole numbers are written as the language does."""
        written = {
            name: self.count(value) if type(value) is int else value
            for name, value in values.items()
        }
        return self.texts[key].format(**written)

    def label(self, name: str) -> str:
        """The name of a label or a side; those of other models stand as they are."""
        return DUTCH.get(name, name) if self.language == "nl" else name

    def actor(self, name: str) -> str:
        """The name of a holder."""
        return self("author") if name == AUTHOR else as_name(name)

    def count(self, number: int) -> str:
        """A whole number with its thousands set apart."""
        return self._swap(f"{number:,}")

    def decimal(self, number: float, digits: int = 2) -> str:
        """A number with so many digits behind the point."""
        return self._swap(f"{number:,.{digits}f}")

    def percent(self, share: float, digits: int = 1) -> str:
        """A share, 0 to 1, in percent."""
        return f"{self.decimal(100 * share, digits)}{_NO_BREAK}%"

    def _swap(self, text: str) -> str:
        return text.translate(_SWAPPED) if self.language == "nl" else text
