"""A JSON file of a tool: a list of records, read with one clear line about what is wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stance import readers
from stance.errors import InputError
from stance.readers import Reject


def read_list(path: Path, what: str, encoding: str = "utf-8") -> list[dict[str, Any]]:
    """Read a file that is one JSON list of objects.

    Args:
        path: the file.
        what: which file was expected, for messages.
        encoding: of the file.

    Raises:
        ConfigError: if there is no such encoding.
        InputError: if it cannot be read or is something else.
    """
    text = "".join(str(row.values["text"]) for row in _whole(path, encoding))
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error}); expected {what}.") from None
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        found = type(values).__name__
        raise InputError(f"{path}: a {found}, expected a list of objects, {what}.")
    if r"\ud" in text.lower():  # half a character, escaped: JSON may hold it, no file can
        try:
            as_json(values).encode()
        except UnicodeEncodeError:
            raise InputError(
                f"{path}: holds half a character (such as \\ud83d without the other half), so it "
                "was cut or edited; export it again."
            ) from None
    if not values:
        raise InputError(f"{path}: an empty list, expected {what}.")
    return values


def _whole(path: Path, encoding: str) -> Iterator[Any]:
    for row in readers.open_table(path, "txt", encoding).rows():
        if isinstance(row, Reject):
            raise InputError(f"{path}: {row.reason}.")
        yield row


def as_json(records: list[dict[str, Any]]) -> str:
    """A list of objects as a JSON file."""
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"
