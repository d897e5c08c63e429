"""A labelled row: what training, evaluation and a check of files ask of its values alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from stance import readers
from stance.errors import InputError
from stance.holder_column import read_holders
from stance.holders import Holder
from stance.readers import Reject, Row, Table
from stance.writers import plain_cell

Split = Literal["train", "validation", "test"]
SPLITS: Final[tuple[Split, ...]] = get_args(Split)
_ROUNDED: Final = 0.01
"""As much as shares may miss 1 by, since they are written with few digits."""


@dataclass(frozen=True)
class LabelledRow:
    """A sentence with its label."""

    place: str
    """File and row, for messages."""
    text: str
    context: str
    """The sentence before; "" if none."""
    label: str
    group: str = ""
    """What it must share a split with; "" if nothing."""
    split: Split | None = None
    holders: tuple[Holder, ...] = ()
    """Who takes which side."""
    soft: tuple[float, ...] = ()
    """The share of the coders that gave each label, which sum to 1; empty if none are known."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Further columns that were asked for, as text; "" for nothing."""


@dataclass(frozen=True)
class RowColumns:
    """Which columns hold what; None where there is no such column."""

    text: str = "text"
    label: str = "label"
    context: str | None = None
    group: str | None = None
    split: str | None = None
    holders: str | None = None
    soft: str | None = None
    """Begins the names of the columns with the share of each label."""


def read_rows(
    table: Table, columns: RowColumns, split: str | None = None, others: Sequence[str] = ()
) -> list[LabelledRow]:
    """Read a labelled table; every row must be usable, since a score over some rows misleads.

    Args:
        table: from `stance.readers.open_table`.
        columns: which column holds what.
        split: keep only rows with this value in the column `split`.
        others: further columns to read.

    Raises:
        InputError: if a column is missing, a row cannot be used, or none is left.
    """
    named = [columns.text, columns.label, columns.context, columns.group, columns.holders, *others]
    readers.require_columns(table, [name for name in named if name is not None])
    readers.require_columns(table, [] if split is None else ["split"])
    rows = []
    for row in table.rows():
        place = f"{table.path}: row {row.number}"
        if isinstance(row, Reject):
            raise InputError(f"{place} cannot be used: {row.reason}.")
        if split is not None and row.values.get("split") != split:
            continue
        found = labelled_row(place, sheet_values(table, row), columns, others=others)
        if isinstance(found, list):
            raise InputError(f"{place}: {'; '.join(found)}.")
        rows.append(found)
    if not rows:
        where = "" if split is None else f" with split {split!r}"
        raise InputError(f"{table.path}: no rows{where} to evaluate on.")
    return rows


def read_labelled(
    path: Path,
    text_column: str = "text",
    label_column: str = "label",
    context_column: str | None = None,
    split: str | None = None,
    encoding: str = "utf-8",
) -> list[LabelledRow]:
    """Read the labelled sentences of a file.

    Args:
        path: the file.
        text_column: column with the sentences.
        label_column: column with the gold labels.
        context_column: column with the sentence before; None takes `context` if there is one.
        split: keep only rows with this value in the column `split`.
        encoding: of a text format.

    Raises:
        InputError: as `read_rows`.
    """
    table = readers.open_table(path, encoding=encoding)
    if context_column is None and "context" in table.columns:
        context_column = "context"
    return read_rows(table, RowColumns(text_column, label_column, context_column), split)


def sheet_values(table: Table, row: Row) -> dict[str, Any]:
    """The values of a row as they were before a sheet for people kept them from being formulas.

    Else a model would read the apostrophe that `stance sample` puts before ``- Wij verlengen.``
    """
    if table.format not in ("csv", "tsv"):
        return row.values
    return {name: plain_cell(value) for name, value in row.values.items()}


def labelled_row(
    place: str,
    values: Mapping[str, Any],
    columns: RowColumns,
    labels: Sequence[str] | None = None,
    others: Sequence[str] = (),
) -> LabelledRow | list[str]:
    """Take a labelled sentence from the values of a row.

    Args:
        place: file and row.
        values: column name to value.
        columns: where to look.
        labels: the labels that may occur; None for any.
        others: further columns to keep.

    Returns:
        The row, or everything that is wrong with it.
    """

    def value(column: str | None) -> Any:
        return None if column is None else values.get(column)

    text, context, group = value(columns.text), value(columns.context), value(columns.group)
    label, split = value(columns.label), value(columns.split)
    label = str(label) if type(label) is int else label  # a number is a name like any other
    faults = [_text_fault(text, columns.text, empty=False)]
    if labels is None:
        faults.append(_text_fault(label, columns.label, empty=False))
    elif label not in labels:
        faults.append(f"{columns.label} is {label!r:.40}, expected {', '.join(labels)}")
    if context is not None:
        faults.append(_text_fault(context, str(columns.context), empty=True))
    if isinstance(group, list | dict):
        faults.append(f"{columns.group} is {group!r:.40}, expected a name")
    if columns.split and split not in SPLITS:
        faults.append(f"{columns.split} is {split!r:.40}, expected {', '.join(SPLITS)}")
    holders: Any = ()
    if columns.holders and isinstance(text, str):
        holders = read_holders(value(columns.holders), text)
        faults.append(f"{columns.holders} {holders}" if isinstance(holders, str) else None)
    soft = _shares(values, columns.soft, labels or ()) if columns.soft else ()
    faults.append(soft if isinstance(soft, str) else None)
    found = [fault for fault in faults if fault]
    if found or isinstance(soft, str):
        return found
    kept = {name: as_text(values.get(name)) for name in others}
    return LabelledRow(
        place, text, context or "", label, as_text(group), split, holders, soft, kept
    )


def _shares(
    values: Mapping[str, Any], prefix: str, labels: Sequence[str]
) -> tuple[float, ...] | str:
    """The share of every label, or what is wrong with the first that cannot be used."""
    shares = []
    for label in labels:
        value = values.get(prefix + label)
        try:
            share = float(str(value))
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            return f"{prefix}{label} is {value!r:.40}, expected a share from 0 to 1"
        shares.append(share)
    total = sum(shares)
    if abs(total - 1) > _ROUNDED:
        return f"the shares {prefix}... add up to {total:.4g}, expected 1"
    return tuple(share / total for share in shares)


def as_text(value: Any) -> str:
    """A value as text; nothing is ""."""
    return "" if value is None else str(value)


def _text_fault(value: Any, column: str, *, empty: bool) -> str | None:
    if not isinstance(value, str) or not (empty or value.strip()):
        return f"{column} is {value!r:.40}, expected text"
    return f"{column} holds a NUL character, expected text" if "\0" in value else None
