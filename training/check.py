"""A labelled file held against what training, evaluation and a reader of it rely on."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from stance import readers
from stance.labels import LABELS
from stance.readers import Reject, Row
from training.data import SPLITS, near_duplicates

_SIDES: Final = ("favor", "against")
_COUNTED: Final = ("split", "genre", "variety", "origin", "difficulty")
_WITHOUT_HOLDERS: Final = "unrelated"


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

    Every row must have a text and a known label. Where there are such columns, ids must be
    unique, splits be train, validation or test, a group stand in one split, and holders be
    spans of their text; the same sentence must not have two labels in the same context, and
    near-duplicates must not stand in two splits.

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
    rows: list[tuple[str, dict[str, Any]]] = []
    for path in paths:
        for place, row in _rows(path, (text_column, label_column), encoding):
            report.rows += 1
            faults = (
                [row.reason]
                if isinstance(row, Reject)
                else [*_row_faults(row.values, labels, text_column, label_column)]
            )
            report.faults += [f"{place}: {fault}" for fault in faults]
            if isinstance(row, Row) and not faults:
                rows.append((place, row.values))
    report.faults += _corpus_faults(rows, text_column, label_column)
    for column in _COUNTED:
        if all(column in values for _, values in rows):
            table: dict[str, Counter[str]] = defaultdict(Counter)
            for _, values in rows:
                table[str(values[column])][values[label_column]] += 1
            report.counts[column] = dict(table)
    report.counts["all"] = {"all": Counter(values[label_column] for _, values in rows)}
    return report


def _rows(path: Path, needed: Iterable[str], encoding: str) -> Iterator[tuple[str, Row | Reject]]:
    table = readers.open_table(path, encoding=encoding)
    readers.require_columns(table, needed)
    for row in table.rows():
        yield f"{path.name}: row {row.number}", row


def _row_faults(
    values: dict[str, Any], labels: Sequence[str], text_column: str, label_column: str
) -> Iterator[str]:
    text, label = values.get(text_column), values.get(label_column)
    if not isinstance(text, str) or not text.strip():
        yield f"{text_column} is {text!r:.40}, expected text"
        return
    if label not in labels:
        yield f"{label_column} is {label!r:.40}, expected {', '.join(labels)}"
        return
    if values.get("split", "train") not in SPLITS:
        yield f"split is {values['split']!r:.40}, expected {', '.join(SPLITS)}"
    holders = values.get("holders", [])
    if isinstance(holders, list):
        for holder in holders:
            yield from _holder_faults(holder, text)
        if holders and label == _WITHOUT_HOLDERS:
            yield "is unrelated, but has holders"
    else:
        yield f"holders is {type(holders).__name__}, expected a list"


def _holder_faults(holder: Any, text: str) -> Iterator[str]:
    if not isinstance(holder, dict) or not isinstance(holder.get("text"), str):
        yield f"holder {holder!r:.60} has no text"
        return
    name, start, end = holder["text"], holder.get("start"), holder.get("end")
    if holder.get("stance") not in _SIDES:
        yield f"holder {name!r}: stance is {holder.get('stance')!r}, expected favor or against"
    if name == "author":
        return
    if name not in text:
        yield f"holder {name!r} is not in the text"
    elif start is not None and text[start:end] != name:
        yield f"holder {name!r}: characters {start} to {end} are {text[start:end]!r}"


def _corpus_faults(
    rows: Sequence[tuple[str, dict[str, Any]]], text_column: str, label_column: str
) -> Iterator[str]:
    """What no row shows by itself."""
    first: dict[str, str] = {}
    splits: dict[str, dict[str, str]] = defaultdict(dict)
    known: dict[tuple[str, str], tuple[str, str]] = {}
    for place, values in rows:
        if "id" in values:
            key = str(values["id"])
            if key in first:
                yield f"{place}: id {key} stands at {first[key]} too"
            first.setdefault(key, place)
        if values.get("group") not in (None, "") and "split" in values:
            splits[str(values["group"])].setdefault(values["split"], place)
        sentence = (values[text_column], str(values.get("context") or ""))
        label, before = known.setdefault(sentence, (values[label_column], place))
        if before != place:
            found = "with another label" if label != values[label_column] else "too"
            yield f"{place}: the same sentence and context stand at {before} {found}"
    for group, places in splits.items():
        if len(places) > 1:
            where = ", ".join(f"{place} ({split})" for split, place in places.items())
            yield f"group {group} stands in {len(places)} splits: {where}"
    if all("split" in values for _, values in rows):
        for a, b in near_duplicates([values[text_column] for _, values in rows]):
            (one, left), (two, right) = rows[a], rows[b]
            if left["split"] != right["split"]:
                yield (
                    f"{two} ({right['split']}): nearly the same sentence stands at {one} "
                    f"({left['split']})"
                )


def as_tables(report: Report, labels: Sequence[str]) -> Iterator[Table]:
    """The counts of a report as tables for a terminal, one a column."""
    for column, values in report.counts.items():
        table = Table(box=None, padding=(0, 1), header_style="bold")
        table.add_column("" if column == "all" else column)
        for label in labels:
            table.add_column(label, justify="right")
        table.add_column("sum", justify="right")
        for value, counts in sorted(values.items()):
            numbers = [f"{counts[label]:,}" for label in labels]
            table.add_row(value, *numbers, f"{counts.total():,}")
        yield table
