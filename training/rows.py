"""A labelled row: what training, evaluation and a check of files ask of its values alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from stance.holders import Holder
from training.corpus import Split
from training.holder_column import read_holders

SPLITS: Final[tuple[Split, ...]] = get_args(Split)


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


@dataclass(frozen=True)
class RowColumns:
    """Which columns hold what; None where there is no such column."""

    text: str = "text"
    label: str = "label"
    context: str | None = None
    group: str | None = None
    split: str | None = None
    holders: str | None = None


def labelled_row(
    place: str,
    values: Mapping[str, Any],
    columns: RowColumns,
    labels: Sequence[str] | None = None,
) -> LabelledRow | list[str]:
    """Take a labelled sentence from the values of a row.

    Args:
        place: file and row.
        values: column name to value.
        columns: where to look.
        labels: the labels that may occur; None for any.

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
    if found := [fault for fault in faults if fault]:
        return found
    group = "" if group is None else str(group)
    return LabelledRow(place, text, context or "", label, group, split, holders)


def _text_fault(value: Any, column: str, *, empty: bool) -> str | None:
    if not isinstance(value, str) or not (empty or value.strip()):
        return f"{column} is {value!r:.40}, expected text"
    return f"{column} holds a NUL character, expected text" if "\0" in value else None
