"""The same rows seen in several ways: those that a model can hardly know, beside all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.errors import ConfigError, InputError
from stance.leakage import Leak
from stance.rows import LabelledRow
from stance.seen import Seen, canonical, is_date

_NO_TRAINING = "the training data is not at hand; give --train FILE"


@dataclass(frozen=True)
class View:
    """Some of the rows."""

    kind: str
    """What is held out: all, no copies, grouped, chronological, unseen target."""
    rows: str
    """Which rows they are, in words."""
    places: NDArray[np.int64]
    """Their places, from 0."""


@dataclass(frozen=True)
class Absent:
    """A view that the columns do not allow."""

    kind: str
    reason: str


def make_views(
    rows: Sequence[LabelledRow],
    seen: Seen | None,
    leaks: Sequence[Leak],
    since: str | None = None,
    document_column: str | None = None,
) -> list[View | Absent]:
    """Look at rows in all the ways that their columns, and the training data, allow.

    Args:
        rows: read with the columns `target` and `date` as `others`, where there are such.
        seen: the training data; None if it is not at hand.
        leaks: from `stance.leakage.find_leaks`.
        since: a date that parts the rows; None takes the newest of the training data.
        document_column: the column that says which document a row is of, if there is one.

    Raises:
        ConfigError: if `since` is no date.
        InputError: if it is given and a row has no date.
    """
    leaked = np.isin(np.arange(len(rows)), [leak.row for leak in leaks])
    return [
        View("all", "all rows", np.arange(len(rows))),
        View("no copies", "without near copies", np.flatnonzero(~leaked)),
        *_grouped(rows, seen, document_column),
        *_chronological(rows, seen, since),
        *_targets(rows, seen),
    ]


def _grouped(
    rows: Sequence[LabelledRow], seen: Seen | None, column: str | None
) -> list[View | Absent]:
    if column is None:
        return [Absent("grouped", "no column says which document a row is of; give --document")]
    if seen is None:
        return [Absent("grouped", _NO_TRAINING)]
    if seen.documents is None:
        return [Absent("grouped", f"the training data has no column {column!r}")]
    known = np.array([row.group in seen.documents for row in rows])
    return _two("grouped", "documents not in training", "documents in training", ~known, known)


def _chronological(
    rows: Sequence[LabelledRow], seen: Seen | None, since: str | None
) -> list[View | Absent]:
    if since is not None and (not is_date(since) or len(since) > 10):
        raise ConfigError(f"--since {since}: expected a date such as 2024-03-31.")
    without = next((row for row in rows if not is_date(row.others.get("date", ""))), None)
    if since is not None and without is not None:
        raise InputError(
            f"{without.place}, column 'date': {without.others.get('date', '')!r:.40} is no date as "
            "2024-03-31, which --since needs."
        )
    if without is not None:
        has_dates = any(row.others.get("date") for row in rows)
        reason = f"{without.place} has no date as 2024-03-31" if has_dates else "no column 'date'"
        return [Absent("chronological", reason)]
    dates = np.array([row.others["date"][:10] for row in rows])
    if since is not None:
        late = dates >= since
        return _two("chronological", f"from {since} on", f"before {since}", late, ~late)
    if seen is None or seen.newest is None:
        dated = _NO_TRAINING if seen is None else "the training data has no dates"
        return [Absent("chronological", f"{dated}, or name a date with --since")]
    late = dates > seen.newest
    names = f"after {seen.newest}", f"up to {seen.newest}"
    return _two("chronological", *names, late, ~late)


def _targets(rows: Sequence[LabelledRow], seen: Seen | None) -> list[View | Absent]:
    targets = np.array([canonical(row.others.get("target", "")) for row in rows])
    named = targets != ""
    if not named.any():
        return [Absent("unseen target", "no column 'target' names a sanctioned party")]
    if seen is None:
        return [Absent("unseen target", _NO_TRAINING)]
    if seen.targets is None:
        return [Absent("unseen target", "the training data has no column 'target'")]
    known = np.isin(targets, [*seen.targets])
    names = "targets not in training", "targets in training"
    return _two("unseen target", *names, named & ~known, named & known)


def _two(
    kind: str, held_out: str, seen: str, one: NDArray[Any], two: NDArray[Any]
) -> list[View | Absent]:
    return [
        View(kind, held_out, np.flatnonzero(one)),
        View(kind, seen, np.flatnonzero(two)),
    ]
