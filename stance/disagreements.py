"""The rows on which coders disagree, as a list that can be settled in a spreadsheet."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from stance.annotation.merging import HOLDERS
from stance.coded_file import CodedFile, Holders
from stance.coders import MISSING
from stance.errors import ConfigError
from stance.holder_column import NOBODY
from stance.holder_text import holder_text
from stance.labels import SIDES
from stance.writers import sheet_text

_OWN: Final = ("id", "context", "text", "on", "gold", "gold_holders")
"""Columns of the list beside those of the coders."""


def disagreements(file: CodedFile) -> list[dict[str, Any]]:
    """The rows on which labels or holders differ, those with the most different labels first.

    Returns:
        For each its ``id``, context and text, if there are sentences, what every coder says, ``on``
        (label, holders or both), and ``gold`` and ``gold_holders``, empty, for what is decided.

    Raises:
        ConfigError: if the column of a coder is called as another of the list.
    """
    _check_names(file.coders)
    found = []
    for row, task in enumerate(file.tasks):
        coded = [i for i, code in enumerate(file.codes[row]) if code != MISSING]
        given = {int(file.codes[row, i]) for i in coded}
        held = {_places(file.holders[row][i]) for i in coded} if file.holders else set()
        on = [name for name, n in (("label", len(given)), ("holders", len(held))) if n > 1]
        if on:
            record = {"id": task.id}
            if file.text_column:
                record |= {"context": task.context, "text": task.text}
            record |= dict(_said(file, row))
            record |= {"on": " and ".join(on), "gold": ""}
            record |= {"gold_holders": ""} if file.holders else {}
            found.append((-len(given), record))
    return [record for _, record in sorted(found, key=lambda one: one[0])]


def _check_names(coders: Sequence[str]) -> None:
    if taken := [name for name in coders if name in _OWN]:
        raise ConfigError(
            f"--disagreements: the list has a column {taken[0]!r} of its own; rename that of the "
            "coder."
        )


def _said(file: CodedFile, row: int) -> Iterator[tuple[str, str]]:
    for i, coder in enumerate(file.coders):
        code = int(file.codes[row, i])
        yield coder, "" if code == MISSING else file.labels[code]
        if file.holders is not None:
            yield coder + HOLDERS, "" if code == MISSING else text_of(file.holders[row][i])


def _places(holders: Holders) -> frozenset[tuple[Any, Any, str]]:
    return frozenset((one.start, one.end, one.stance) for one in holders)


def text_of(holders: Holders, label: str = "") -> str:
    """Holders as a coder writes them; nobody in a sentence that has a side is ``none``."""
    return holder_text((one.text, one.stance) for one in holders) or (
        NOBODY if label in SIDES else ""
    )


def disagreements_text(file: CodedFile, fmt: str) -> str:
    """The list as the text of a file, csv, tsv or jsonl."""
    records = disagreements(file)
    text = ["text"] if file.text_column else []
    columns = [*records[0]] if records else ["id", *text, *file.coders, "on", "gold"]
    return sheet_text(records, fmt, columns)
