"""Places in a text, counted in characters or, as browsers and Java do, in UTF-16 units.

They differ behind a character beyond U+FFFF, such as an emoji, which is two units.
"""

from typing import Final, Literal

Unit = Literal["characters", "utf16"]

_LAST_OF_ONE_UNIT: Final = 0xFFFF


def to_utf16(text: str, offset: int) -> int:
    """The UTF-16 units before the character at `offset`.

    >>> to_utf16("😊 wij", 2)
    3
    """
    return offset + sum(ord(letter) > _LAST_OF_ONE_UNIT for letter in text[:offset])


def from_utf16(text: str, offset: int) -> int | None:
    """The characters before the UTF-16 unit at `offset`; None within a character or outside.

    >>> from_utf16("😊 wij", 3)
    2
    """
    units = 0
    for place, letter in enumerate(text):
        if units >= offset:
            return place if units == offset else None
        units += 1 + (ord(letter) > _LAST_OF_ONE_UNIT)
    return len(text) if units == offset else None


def characters(text: str, offset: int, unit: Unit) -> int | None:
    """An offset in `unit` as one in characters; None if the text has no such place."""
    if offset < 0:
        return None
    if unit == "utf16":
        return from_utf16(text, offset)
    return offset if offset <= len(text) else None
