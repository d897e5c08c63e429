"""The column of holders in a labelled file."""

import json
from typing import Any

from stance.holders import Holder
from stance.labels import AUTHOR, SIDES


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
