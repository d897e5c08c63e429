"""A file of sentences to the tasks that coders get, each with an id that survives the trip."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from stance import readers
from stance.errors import InputError
from stance.holders import Holder
from stance.readers import Reject, Row, Table
from stance.rows import as_text, sheet_values

ID: Final = "sentence_id"
"""What the id of a sentence is called in the files of all tools; `id` is a tool's own."""
_TEXTS: Final = ("sentence", "text")
"""Columns that hold the sentences, where none is named."""
_DIGITS: Final = 18
"""A longer number is no place in a document, and Python refuses to read very long ones."""
_NUMBERED: Final = ", or call the column id otherwise, so that rows go by their number"
PLACE: Final = ("row", "sentence_index")
"""What tells the sentences of a labelled table or a sample apart."""


@dataclass(frozen=True)
class Task:
    """A sentence to be coded."""

    id: str
    text: str
    context: str = ""
    """The sentence before; "" if none."""
    label: str | None = None
    """What a model says, if it was asked."""
    score: float | None = None
    """The probability of that label, 0 to 1."""
    holders: tuple[Holder, ...] = ()
    """Who takes which side, as the model says."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """All columns of its row."""
    place: str = ""
    """File and row, for messages."""


@dataclass(frozen=True)
class TaskFile:
    """A file of sentences."""

    path: Path
    columns: tuple[str, ...]
    text_column: str
    """"" if it has none."""
    tasks: list[Task]


def read_tasks(
    path: Path,
    text_column: str | None = None,
    id_column: str | None = None,
    encoding: str = "utf-8",
    *,
    needs_text: bool = True,
) -> TaskFile:
    """Read the sentences that are to be coded, or were.

    Args:
        path: a labelled table, a sample of one, or any file with a sentence in each row.
        text_column: where they stand; None takes `sentence`, else `text`.
        id_column: what tells them apart; None takes `id`, else file, row and sentence_index as
            a sample has them, else the number of the row.
        encoding: of a text format.
        needs_text: False where a file may have codes alone; its texts are "".

    Raises:
        InputError: if a column is missing, a row cannot be used, or two have the same id.
    """
    table = readers.open_table(path, encoding=encoding)
    known = next((name for name in _TEXTS if name in table.columns), "text" if needs_text else "")
    text_column = text_column or known
    if text_column:
        readers.require_columns(table, [text_column], "Name another with --text-column.")
    readers.require_columns(
        table, [] if id_column is None else [id_column], "Name another with --id-column."
    )
    tasks = [*_with_contexts(_read(table, text_column, id_column))]
    if not tasks:
        raise InputError(f"{path}: there is a header, but there are no rows.")
    first: dict[str, str] = {}
    for task in tasks:
        if task.id in first:
            raise InputError(
                f"{task.place}: the id {task.id!r:.60} stands at {first[task.id]} too; name a "
                "column of ids that differ with --id-column"
                f"{_NUMBERED if id_column is None and 'id' in table.columns else ''}."
            )
        first[task.id] = task.place
    return TaskFile(path, tuple(table.columns), text_column, tasks)


def _read(table: Table, text_column: str, id_column: str | None) -> Iterator[Task]:
    for row in table.rows():
        place = f"{table.path}: row {row.number}"
        if isinstance(row, Reject):
            raise InputError(f"{place} cannot be used: {row.reason}.")
        values = sheet_values(table, row)
        text = values.get(text_column) if text_column else ""
        if not isinstance(text, str) or not (text.strip() or not text_column):
            raise InputError(f"{place}: {text_column} is {text!r:.40}, expected a sentence.")
        key = id_of(row, id_column).strip()
        if not key.isprintable() or not key:
            raise InputError(f"{place}: the id is {key!r:.40}, expected a name on one line.")
        yield Task(key, text, as_text(values.get("context")), values=values, place=place)


def id_of(row: Row, column: str | None) -> str:
    """What tells a sentence from others: a column, its place as a sample has it, or its number."""
    values = row.values
    column = column or ("id" if "id" in values else None)
    if column is not None:
        return as_text(values.get(column))
    if all(name in values for name in PLACE):
        parts = [values.get("file"), *(values[name] for name in PLACE)]
        return "-".join(as_text(part) for part in parts if as_text(part))
    return str(row.number)


def _with_contexts(tasks: Iterator[Task]) -> Iterator[Task]:
    """Of a whole labelled table, the context of a sentence is the one that stands before it."""
    before: Task | None = None
    for task in tasks:
        follows = before is not None and _place(before, 1) == _place(task)
        if before is not None and not task.context and follows:
            task = replace(task, context=before.text)
        yield task
        before = task


def _place(task: Task, further: int = 0) -> Any:
    """File, row and number of a sentence in its document; unlike any other where it has none."""
    number = as_text(task.values.get("sentence_index"))
    if not number.isdecimal() or len(number) > _DIGITS or "row" not in task.values:
        return task.place
    names = ("file", "row")
    return *(as_text(task.values.get(name)) for name in names), int(number) + further
