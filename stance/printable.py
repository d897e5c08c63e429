"""Text of others, made safe to show on a terminal."""

from typing import Final

_KEPT: Final = "\n\t"
_CONTROLS: Final = [*range(0x20), *range(0x7F, 0xA0)]
_REORDERING: Final = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_ESCAPES: Final = {
    code: chr(code).encode("unicode_escape").decode("ascii")
    for code in _CONTROLS + _REORDERING
    if chr(code) not in _KEPT
}


def printable(text: str) -> str:
    r"""Write control characters as their escapes, all but line breaks and tabs.

    A file name or a sentence may hold sequences that colour, move or retitle a terminal, or
    turn the direction of what follows.

    >>> print(printable("\x1b[31mrood"))
    \x1b[31mrood
    """
    return text.translate(_ESCAPES)
