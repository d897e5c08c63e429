"""Shares of a labelled table in groups of one column, few enough to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from stance.findings import Record, shares
from stance.groups import Groups, encode, make_groups, source_of
from stance.labelled import LabelledTable
from stance.labels import UNRELATED
from stance.population import Gold, Of

MOST_GROUPS: Final = 20
"""Groups that are shown; the smallest of more are taken together."""
OTHERS: Final = "\x00others"
"""The group of the smallest, by a name that no table has."""


@dataclass(frozen=True)
class Line:
    """The share of one label in one group."""

    label: str
    naive: float | None
    """Of the predicted labels; None where nothing counts."""
    corrected: float | None
    """None where nobody coded a sentence that counts."""
    low: float | None
    high: float | None
    thin: bool
    """Whether the corrected share is too thin to report."""

    def shown(self, corrected: bool) -> float | None:
        """The share that the page shows."""
        if not corrected:
            return self.naive
        return None if self.thin else self.corrected


@dataclass(frozen=True)
class GroupShares:
    """The shares of all labels in one group."""

    name: str
    """The value of the column; `OTHERS`, or "" for all sentences or those without a value."""
    n: int
    """Sentences."""
    n_about: int
    """Those of them that are not predicted as unrelated."""
    n_gold: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Cut:
    """The shares in all groups of one column."""

    groups: tuple[GroupShares, ...]
    folded: int
    """Values of the column that `OTHERS` stands for."""
    corrected: bool

    @property
    def told(self) -> tuple[GroupShares, ...]:
        """The groups of which a share is shown."""
        return tuple(
            group
            for group in self.groups
            if any(line.shown(self.corrected) is not None for line in group.lines)
        )


def fold(table: LabelledTable, column: str) -> tuple[LabelledTable, int]:
    """Take the rarest values of a column together, so that few are left.

    Months and years that are read from a date are left alone.

    Returns:
        The table, and how many values were taken together.
    """
    import pyarrow as pa

    if source_of(column, [*table.columns]) != column:
        return table, 0
    names, codes = encode(table.columns[column])
    if len(names) <= MOST_GROUPS:
        return table, 0
    # The ranks of ties are by name, so that the order of rows does not matter.
    by_size = np.lexsort((np.array(names), -np.bincount(codes, minlength=len(names))))
    rare = by_size[MOST_GROUPS - 1 :]
    kept = np.array(names, dtype=object)
    kept[rare] = OTHERS
    values = pa.array(kept.tolist(), pa.string()).take(pa.array(codes))
    folded = replace(table, columns={**table.columns, column: pa.chunked_array([values])})
    return folded, len(rare)


def grouped(table: LabelledTable, column: str) -> tuple[Groups, int]:
    """The groups of a column as the page shows them, and how many values were taken together.

    Raises:
        InputError: if a date is none.
    """
    table, folded = fold(table, column)
    return make_groups(table.columns, [column], len(table.ids), table.path), folded


def cut(
    table: LabelledTable,
    gold: Gold,
    by: str | None,
    of: Of,
    level: float,
    *,
    in_order: bool = False,
) -> Cut:
    """The shares in the groups of a column.

    Args:
        table: read with the column.
        gold: the sample; without sentences the shares are not corrected.
        by: the column; None for all sentences at once.
        of: what the shares are of.
        level: of the intervals.
        in_order: leave groups in their order, as for months, and take none together; else the
            largest come first.

    Raises:
        ConfigError: if the labels lack ``unrelated`` and `of` is ``stance``.
        InputError: if a date is none.
    """
    names = [by] if by is not None else []
    folded = 0
    if by is not None and not in_order:
        table, folded = fold(table, by)
    records = shares(table, gold, names, of, level)
    groups = make_groups(table.columns, names, len(table.ids), table.path)
    about = _about(table, groups)
    found = [
        _group(key, [one for one in records if _key(one, names) == key], about[code])
        for code, key in enumerate(groups.keys)
    ]
    if not in_order:
        found.sort(key=lambda one: (one.name == OTHERS, one.name == "", -one.n))
    return Cut(tuple(found), folded, len(gold.rows) > 0)


def _about(table: LabelledTable, groups: Groups) -> list[int]:
    labels = np.array(table.labelled.labels)
    counts = labels[table.labelled.predicted] != UNRELATED
    return [int(n) for n in np.bincount(groups.codes[counts], minlength=len(groups.keys))]


def _key(record: Record, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(record[name] for name in names)


def _group(key: tuple[str, ...], records: Sequence[Record], n_about: int) -> GroupShares:
    lines = tuple(
        Line(
            one["label"], one["naive"], one["corrected"], one["low"], one["high"], bool(one["flag"])
        )
        for one in records
    )
    name = key[0] if key else ""
    return GroupShares(name, records[0]["n"], n_about, records[0]["n_gold"], lines)
