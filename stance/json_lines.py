"""A line of JSON to the values of a row, held to what JSON means."""

import json
import math
from typing import Any, Final

_DEEPEST: Final = 100
"""Objects and lists within one another; Python fails on some hundreds, where depends."""


class _UnusableError(ValueError):
    """What the json module lets pass and no file may hold."""


def parse(line: str) -> dict[str, Any] | str:
    """Read the values of a row.

    Args:
        line: one JSON object.

    Returns:
        Its values, or why it cannot be used.
    """
    try:
        values = json.loads(
            line, object_pairs_hook=_object, parse_constant=_constant, parse_float=_number
        )
    except json.JSONDecodeError as error:
        return f"not JSON ({error.msg}, column {error.colno})"
    except _UnusableError as error:
        return str(error)
    except (RecursionError, ValueError):
        return "not usable JSON (nested too deep or too long)"
    if not isinstance(values, dict):
        return f"a {type(values).__name__}, expected an object with columns"
    if _is_deep(line, values):
        return f"not usable JSON (nested deeper than {_DEEPEST})"
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = set()
        for name, _ in pairs:
            if name in names:
                raise _UnusableError(f"the key {name!r:.60} stands twice in one object")
            names.add(name)
    return values


def _constant(name: str) -> None:
    raise _UnusableError(f"{name} is no number in JSON, expected null")


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _UnusableError(f"{text:.40} is too large a number")
    return number


def _is_deep(line: str, values: Any) -> bool:
    if line.count("[") + line.count("{") <= _DEEPEST:
        return False
    level = [values]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(level)
