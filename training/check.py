"""A labelled file held against what training, evaluation and a reader of it rely on."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.table import Table
from rich.text import Text

from stance import readers
from stance.display import plain_table
from stance.labels import AUTHOR, LABELS, SIDES, UNRELATED
from stance.near_duplicates import near_duplicates
from stance.printable import printable
from stance.readers import Reject, Row
from stance.rows import SPLITS, LabelledRow, RowColumns, labelled_row

_COUNTED: Final = ("split", "genre", "variety", "origin", "difficulty")
_MOST_VALUES: Final = 50
"""Values of a column that a table shows."""


@dataclass
class Report:
    """What was found in one or more files."""

    rows: int = 0
    """Rows read, unusable ones included."""
    faults: list[str] = field(default_factory=list)
    """One line a fault, each with file and row."""
    counts: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    """Column, then its value, then label: how many rows."""


def check_files(
    paths: Sequence[Path],
    *,
    labels: Sequence[str] = LABELS,
    text_column: str = "text",
    label_column: str = "label",
    encoding: str = "utf-8",
) -> Report:
    """Check labelled files as one corpus.

    Every file must have rows, and every row a text and a known label. Where there are such
    columns, ids must be unique, contexts be text, splits be train, validation or test, a group
    stand in one split, and holders be spans of their text; the same sentence must not have two
    labels in the same context, and near-duplicates must not stand in two splits.

    Args:
        paths: the files.
        labels: the label names that may occur.
        text_column: column with the sentences.
        label_column: column with the labels.
        encoding: of text formats.

    Raises:
        InputError: if a file cannot be read or has no such column.
    """
    report = Report()
    rows: list[tuple[LabelledRow, dict[str, Any]]] = []
    for path in paths:
        table = readers.open_table(path, encoding=encoding)
        readers.require_columns(table, (text_column, label_column))
        if table.n_rows == 0:
            report.faults.append(f"{path}: there is a header, but there are no rows")
        for one in table.rows():
            report.rows += 1
            found = _row(f"{path}: row {one.number}", one, text_column, label_column, labels)
            if isinstance(found, list):
                report.faults += found
            else:
                rows.append(found)
    report.faults += _corpus_faults(rows)
    for column in _COUNTED:
        if rows and all(column in values for _, values in rows):
            counts: dict[str, Counter[str]] = defaultdict(Counter)
            for row, values in rows:
                counts[str(values[column])][row.label] += 1
            report.counts[column] = dict(counts)
    report.counts["all"] = {"all": Counter(row.label for row, _ in rows)}
    return report


def _row(
    place: str, one: Row | Reject, text_column: str, label_column: str, labels: Sequence[str]
) -> tuple[LabelledRow, dict[str, Any]] | list[str]:
    """A row with all its values, or its faults."""
    if isinstance(one, Reject):
        return [f"{place}: {one.reason}"]
    optional = {name: name for name in ("context", "group", "split") if name in one.values}
    columns = RowColumns(text_column, label_column, **optional)
    found = labelled_row(place, one.values, columns, labels)
    faults = found if isinstance(found, list) else [*_holders_faults(found, one.values)]
    if faults or isinstance(found, list):
        return [f"{place}: {fault}" for fault in faults]
    return found, one.values


def _holders_faults(row: LabelledRow, values: dict[str, Any]) -> Iterator[str]:
    holders = values.get("holders", [])
    if not isinstance(holders, list):
        yield f"holders is {type(holders).__name__}, expected a list"
        return
    for holder in holders:
        yield from _holder_faults(holder, row.text)
    if holders and row.label == UNRELATED:
        yield "is unrelated, but has holders"


def _holder_faults(holder: Any, text: str) -> Iterator[str]:
    if not isinstance(holder, dict) or not isinstance(holder.get("text"), str):
        yield f"holder {holder!r:.60} has no text"
        return
    name, start, end = holder["text"], holder.get("start"), holder.get("end")
    if holder.get("stance") not in SIDES:
        yield f"holder {name!r}: stance is {holder.get('stance')!r}, expected favor or against"
    if name == AUTHOR:
        return
    if name not in text:
        yield f"holder {name!r} is not in the text"
    elif (start, end) != (None, None) and not _is_span(name, text, start, end):
        yield f"holder {name!r}: does not stand at characters {start!r:.40} to {end!r:.40}"


def _is_span(name: str, text: str, start: Any, end: Any) -> bool:
    # A bool is an int too, and a negative offset counts from the end.
    return type(start) is int and type(end) is int and start >= 0 and text[start:end] == name


def _corpus_faults(rows: Sequence[tuple[LabelledRow, dict[str, Any]]]) -> Iterator[str]:
    """What no row shows by itself."""
    first: dict[str, str] = {}
    splits: dict[str, dict[str, str]] = defaultdict(dict)
    known: dict[tuple[str, str], LabelledRow] = {}
    for row, values in rows:
        if "id" in values:
            key = str(values["id"])
            if key in first:
                yield f"{row.place}: id {key} stands at {first[key]} too"
            first.setdefault(key, row.place)
        if row.group and row.split is not None:
            splits[row.group].setdefault(row.split, row.place)
        before = known.setdefault((row.text, row.context), row)
        if before is not row:
            found = "with another label" if row.label != before.label else "too"
            yield f"{row.place}: the same sentence and context stand at {before.place} {found}"
    for group, places in splits.items():
        if len(places) > 1:
            where = ", ".join(f"{place} ({split})" for split, place in places.items())
            yield f"group {group} stands in {len(places)} splits: {where}"
    if all(row.split is not None for row, _ in rows):
        kinds = np.array([SPLITS.index(row.split) for row, _ in rows if row.split], np.int64)
        for a, b in near_duplicates([row.text for row, _ in rows], kinds=kinds):
            one, two = rows[a][0], rows[b][0]
            if one.split != two.split:
                yield (
                    f"{two.place} ({two.split}): nearly the same sentence stands at {one.place} "
                    f"({one.split})"
                )


def as_tables(report: Report, labels: Sequence[str]) -> Iterator[Table]:
    """The counts of a report as tables for a terminal, one a column."""
    for column, values in report.counts.items():
        table = plain_table()
        table.add_column("" if column == "all" else column)
        for label in labels:
            table.add_column(Text(printable(label)), justify="right")
        table.add_column("sum", justify="right")
        for value, counts in sorted(values.items())[:_MOST_VALUES]:
            numbers = [f"{counts[label]:,}" for label in labels]
            table.add_row(Text(printable(value)), *numbers, f"{counts.total():,}")
        if len(values) > _MOST_VALUES:
            table.add_row(f"... and {len(values) - _MOST_VALUES:,} more")
        yield table
