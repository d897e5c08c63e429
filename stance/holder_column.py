"""The column of holders in a labelled file."""

import json
from collections import defaultdict
from typing import Any, Final

from stance.holder_text import named_sides
from stance.holders import Holder
from stance.labels import AUTHOR, SIDES

NOBODY: Final = "none"
"""What a coder writes where nobody takes a side."""


def read_holders(value: Any, text: str) -> tuple[Holder, ...] | str:
    """Take the holders of a sentence from its row.

    Args:
        value: a list of objects with ``text`` (``author`` for the writer), ``stance`` and,
            where the name stands more than once, ``start``; or that list as JSON, as in csv;
            nothing where nobody takes a side.
        text: the sentence.

    Returns:
        The holders, or what is wrong with the first that cannot be used.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else None
        except (ValueError, RecursionError):
            return f"is {value!r:.40}, expected a JSON list"
    if value is None:
        return ()
    if not isinstance(value, list):
        return f"is {value!r:.40}, expected a list"
    holders = []
    for one in value:
        found = _read_holder(one, text)
        if isinstance(found, str):
            return found
        holders.append(found)
    return tuple(holders)


def _read_holder(one: Any, text: str) -> Holder | str:
    name = one.get("text") if isinstance(one, dict) else None
    if not isinstance(name, str) or not name:
        return f"has {one!r:.60}, expected an object with text and stance"
    side, start = one.get("stance"), one.get("start")
    if side not in SIDES:
        return f"gives {name!r:.40} the stance {side!r:.40}, expected {' or '.join(SIDES)}"
    if name == AUTHOR and start is None:
        return Holder(AUTHOR, None, None, side)
    if start is None:
        start = text.find(name)
        if text.count(name) > 1:
            return f"has {name!r:.40}, which stands more than once in the text; give its start"
    if type(start) is not int or start < 0 or not text.startswith(name, start):
        return f"has {name!r:.40} at {start!r:.20}, where the text has something else"
    return Holder(name, start, start + len(name), side)


def holders_in_text(cell: str, text: str) -> tuple[Holder, ...] | str:
    """Take the holders of a sentence from a cell such as ``Rusland: against; author: favor``.

    A name that stands in the sentence several times is meant where it stands first, and where
    it is given once more with the same side, where it stands next.

    Args:
        cell: names as the sentence has them, each with its side; "" or ``none`` for nobody.
        text: the sentence.

    Returns:
        The holders, or what is wrong with the first that cannot be used.
    """
    pairs = named_sides("" if cell.strip().lower() == NOBODY else cell)
    if isinstance(pairs, str):
        return pairs
    holders, after = [], defaultdict[tuple[str, str], int](int)
    for name, side in pairs:
        if name.lower() == AUTHOR and name not in text:
            holders.append(Holder(AUTHOR, None, None, side))
            continue
        start = text.find(name, after[name, side])
        if start < 0:
            return f"has {name!r:.40}, which does not stand in the text as it is written"
        after[name, side] = start + 1
        holders.append(Holder(name, start, start + len(name), side))
    return tuple(holders)
