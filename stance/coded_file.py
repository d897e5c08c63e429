"""A file with the codes of several coders, a column each, read to hold them against each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance import readers
from stance.annotation.merging import HOLDERS
from stance.annotation.tasks import PLACE, Task, read_tasks
from stance.coders import Codes, read_codes
from stance.errors import InputError
from stance.holder_column import holders_in_text, read_holders
from stance.holders import Holder
from stance.rows import as_text

Holders = tuple[Holder, ...]


@dataclass(frozen=True)
class CodedFile:
    """Sentences with what coders said of them."""

    path: Path
    columns: tuple[str, ...]
    text_column: str
    """"" if it has none."""
    tasks: list[Task]
    coders: tuple[str, ...]
    labels: tuple[str, ...]
    codes: Codes
    """Places in `labels`, `stance.coders.MISSING` where a cell is empty, (rows, coders)."""
    holders: list[list[Holders]] | None
    """Of each row, those of each coder; None if the file does not tell them."""
    documents: list[str]
    """Which document each row is of; itself where that is not known."""
    document_column: str | None
    """What that is read from; None for nothing."""


@dataclass(frozen=True)
class _Row:
    place: str
    others: Mapping[str, str]


def read_coded(
    path: Path,
    coders: Sequence[str],
    labels: Sequence[str],
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    document_column: str | None = None,
    encoding: str = "utf-8",
) -> CodedFile:
    """Read a file with the codes of several coders.

    Args:
        path: the file.
        coders: the columns with their labels, two or more. The holders of `anna` stand in
            `anna_holders`, as objects or, in a spreadsheet, as ``Rusland: against``; they are
            read if every coder has that column.
        labels: the labels that may occur.
        text_column: column with the sentences; None takes `sentence`, else `text`, if there.
        id_column: as in `read_tasks`.
        document_column: which document a row is of; None takes `group`, else file and row as a
            sample has them, if there.
        encoding: of a text format.

    Raises:
        ConfigError: if there are fewer than two coders.
        InputError: if a column is missing, that of the sentences too where holders are told, or a
            cell holds none of the labels or a holder that is none of the text.
    """
    table = readers.open_table(path, encoding=encoding)
    readers.require_columns(table, coders, "Name others with --coders.")
    named = [document_column] if document_column else _document_columns(table.columns)
    readers.require_columns(table, named, "Name another with --document.")
    file = read_tasks(path, text_column, id_column, encoding, needs_text=False)
    rows = [
        _Row(task.place, {name: as_text(task.values.get(name)) for name in coders})
        for task in file.tasks
    ]
    told = all(coder + HOLDERS in table.columns for coder in coders)
    if told and not file.text_column:
        raise InputError(
            f"{path}: no column sentence or text, in which the holders of {coders[0] + HOLDERS!r} "
            "could be found; name it with --text-column."
        )
    holders = [_holders(task, coders) for task in file.tasks] if told else None
    codes = read_codes(rows, coders, labels)
    return CodedFile(
        path,
        file.columns,
        file.text_column,
        file.tasks,
        tuple(coders),
        tuple(labels),
        codes,
        holders,
        [_document(task, named) for task in file.tasks],
        " and ".join(named) or None,
    )


def _document_columns(columns: Collection[str]) -> list[str]:
    if "group" in columns:
        return ["group"]
    if not {*PLACE} <= {*columns}:
        return []
    return [name for name in ("file", PLACE[0]) if name in columns]


def _document(task: Task, named: Sequence[str]) -> str:
    """What tells the document of a row; the row itself where nothing does."""
    values = [as_text(task.values.get(name)) for name in named]
    return "\n".join(values) if any(values) else task.place


def _holders(task: Task, coders: Sequence[str]) -> list[Holders]:
    found = [read_cell(task, coder + HOLDERS) for coder in coders]
    for coder, holders in zip(coders, found, strict=True):
        if holders and not as_text(task.values.get(coder)).strip():
            raise InputError(
                f"{task.place}, column {coder + HOLDERS!r}: has holders, but {coder!r} has no "
                "label; fill it in, or empty both."
            )
    return found


def read_cell(task: Task, column: str) -> Holders:
    """The holders that a cell names.

    Args:
        task: the row.
        column: where they stand.

    Raises:
        InputError: if one is none of the text.
    """
    value: Any = task.values.get(column)
    as_names = isinstance(value, str) and not value.lstrip().startswith("[")
    holders = (holders_in_text if as_names else read_holders)(value, task.text)
    if isinstance(holders, str):
        raise InputError(f"{task.place}, column {column!r}: {holders}.")
    return holders
