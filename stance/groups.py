"""Values of columns to groups of rows: outlets, months, years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from stance.errors import InputError
from stance.strata import Codes

FROM_DATE: Final = {"year": 4, "month": 7}
"""Characters of a date as 2024-03-31 that tell the year and the month."""
_MOST: Final = 10_000


@dataclass(frozen=True)
class Groups:
    """Which group every row is of."""

    names: tuple[str, ...]
    """The columns."""
    keys: tuple[tuple[str, ...], ...]
    """The values of each group, sorted; one empty key if there are no columns."""
    codes: Codes
    """Places in `keys`, (rows,)."""


def source_of(name: str, known: Sequence[str]) -> str:
    """The column that a group is read from: `date` for a year or month that is no column."""
    return "date" if name in FROM_DATE and name not in known else name


def make_groups(
    columns: Mapping[str, Any], names: Sequence[str], n_rows: int, path: Path
) -> Groups:
    """Group rows by the values of columns.

    Args:
        columns: column name to arrow array of text.
        names: what to group by; `year` and `month` are taken from `date` where they are no
            columns themselves.
        n_rows: rows of the table.
        path: of the table, for messages.

    Raises:
        InputError: if a date is none, or there are more than 10,000 groups.
    """
    codes = np.zeros(n_rows, np.int64)
    values: list[list[str]] = []
    for name in names:
        source = source_of(name, [*columns])
        found, places = _values(columns[source])
        if source != name:
            found, places = _from_dates(found, places, name, path)
        values.append(found)
        codes = codes * len(found) + places
    used, codes = np.unique(codes, return_inverse=True)
    if len(used) > _MOST:
        raise InputError(
            f"{path}: {', '.join(names)} make {len(used):,} groups, expected {_MOST:,} at the most."
        )
    keys = []
    for one in used.tolist():
        key: list[str] = []
        for found in reversed(values):
            one, place = divmod(one, len(found))
            key.insert(0, found[place])
        keys.append(tuple(key))
    return Groups(tuple(names), tuple(keys), codes.astype(np.int64))


def encode(column: Any) -> tuple[list[str], Codes]:
    """The distinct values of an arrow array of text, and the place of each row's among them."""
    encoded = column.combine_chunks().fill_null("").dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return encoded.dictionary.to_pylist(), codes


def _values(column: Any) -> tuple[list[str], Codes]:
    """The distinct values, sorted, and the place of each row's among them."""
    return _distinct(*encode(column))


def _distinct(raw: list[str], codes: Codes) -> tuple[list[str], Codes]:
    found = sorted(set(raw))
    place = {value: index for index, value in enumerate(found)}
    return found, np.array([place[value] for value in raw], np.int64)[codes]


def has_month(date: str) -> bool:
    """Whether a text begins with a year and a month, as 2024-03."""
    year, month = date[:4], date[5:7]
    return (
        year.isascii() and year.isdigit() and len(year) == 4
        and date[4:5] == "-" and month.isascii() and month.isdigit() and 1 <= int(month) <= 12
    )  # fmt: skip


def _from_dates(dates: list[str], codes: Codes, name: str, path: Path) -> tuple[list[str], Codes]:
    cut = []
    for index, date in enumerate(dates):
        if not has_month(date):
            row = int(np.flatnonzero(codes == index)[0]) + 1
            raise InputError(
                f"{path}: row {row}, column 'date': {date!r:.40} is no date as 2024-03-31, which "
                f"--by {name} needs; write dates so, or add a column {name!r}."
            )
        cut.append(date[: FROM_DATE[name]])
    return _distinct(cut, codes)
