"""A labelled table and its gold sample to the rows of a table of shares, or of differences."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stance.correction import UNSEEN
from stance.errors import ConfigError, OutputError
from stance.groups import Groups, make_groups
from stance.labelled import LabelledTable
from stance.population import Gold, Labelled, Of
from stance.prevalence import LEAST_GOLD, Group, difference, estimate, naive_shares
from stance.sampling import expected_widths
from stance.strata import places
from stance.writers import inert_record, table_text

Record = dict[str, Any]

MEANING: Final = {
    "stance": "share among the sentences that are not unrelated",
    "all": "share among all sentences",
    "document": "mean over documents of the share among their sentences",
}
_NO_GOLD: Final = f"no gold sentences that count, {LEAST_GOLD} needed"


def shares(
    table: LabelledTable, gold: Gold, by: Sequence[str], of: Of = "stance", level: float = 0.95
) -> list[Record]:
    """The share of every label in every group.

    Args:
        table: from `stance.labelled.read_labelled`, read with the same `by`.
        gold: from `stance.gold.read_gold`.
        by: columns to group by; none is one group.
        of: what the shares are of, as in `stance.prevalence.estimate`.
        level: of the intervals.

    Returns:
        A record a group and label; what cannot be estimated is None.

    Raises:
        ConfigError: if the labels lack ``unrelated`` and `of` is ``stance``.
        InputError: if a date is none.
    """
    groups = make_groups(table.columns, by, len(table.ids), table.path)
    return share_records(table.labelled, gold, groups, of, level)


def share_records(
    labelled: Labelled,
    gold: Gold,
    groups: Groups,
    of: Of,
    level: float,
    unseen: float = UNSEEN,
) -> list[Record]:
    """As `shares`, of sentences that are in groups; `unseen` as in `estimate`."""
    records = []
    estimates = _estimate(labelled, gold, groups, of, level, unseen)
    for key, (rows, one) in zip(groups.keys, estimates, strict=True):
        head: Record = dict(zip(groups.names, key, strict=True)) | {"of": of}
        if one is None:
            naive = naive_shares(labelled.take(rows), of)
            n_gold = int(np.isin(gold.rows, rows).sum())
            records += [
                head | _record(label, len(rows), n_gold, share, level)
                for label, share in naive.items()
            ]
            continue
        for share in one.shares:
            record = _record(share.label, one.n, one.n_gold, share.naive, level)
            records.append(
                head
                | record
                | {
                    "corrected": share.corrected,
                    "low": share.interval[0],
                    "high": share.interval[1],
                    "gold_only": share.gold_only,
                    "gold_low": share.gold_interval[0],
                    "gold_high": share.gold_interval[1],
                    "gain": share.gain,
                    "tuning": share.tuning,
                    "flag": share.thin,
                }
            )
    return records


def differences(
    table: LabelledTable,
    gold: Gold,
    by: Sequence[str],
    compare: str,
    of: Of = "stance",
    level: float = 0.95,
) -> list[Record]:
    """How the shares differ between values of one column, within the other groups.

    Every value is held against the one before it, and the last against the first.

    Args:
        table: as in `shares`.
        gold: as in `shares`.
        by: columns to group by.
        compare: one of them.
        of: as in `shares`.
        level: of the intervals.

    Raises:
        ConfigError: if `compare` is none of `by`.
        InputError: if a date is none.
    """
    groups = make_groups(table.columns, by, len(table.ids), table.path)
    return difference_records(table.labelled, gold, groups, compare, of, level)


def difference_records(
    labelled: Labelled,
    gold: Gold,
    groups: Groups,
    compare: str,
    of: Of,
    level: float,
    unseen: float = UNSEEN,
) -> list[Record]:
    """As `differences`, of sentences that are in groups; `unseen` as in `estimate`."""
    if compare not in groups.names:
        by = ",".join(groups.names) or "(nothing)"
        raise ConfigError(f"--compare {compare}: is none of --by {by}.")
    place = groups.names.index(compare)
    within: dict[tuple[str, ...], list[tuple[str, Group | None]]] = {}
    estimates = _estimate(labelled, gold, groups, of, level, unseen)
    for key, (_, one) in zip(groups.keys, estimates, strict=True):
        within.setdefault(key[:place] + key[place + 1 :], []).append((key[place], one))
    others = [name for name in groups.names if name != compare]
    records = []
    for key, values in within.items():
        pairs = [*pairwise(values)]
        pairs += [(values[0], values[-1])] if len(values) > 2 else []
        for (start, first), (end, second) in pairs:
            head: Record = dict(zip(others, key, strict=True)) | {"of": of}
            head |= {"from": start, "to": end}
            if first is not None and second is not None:
                records += [head | one for one in _differences(first, second, level)]
    return records


def plan(
    table: LabelledTable, by: Sequence[str], sizes: Sequence[int], of: Of, level: float
) -> list[Record]:
    """How wide the interval of each label would be in each group, for samples of several sizes.

    Args:
        table: read with the same `by`.
        by: columns to group by.
        sizes: numbers of sentences to code.
        of: as in `shares`.
        level: of the intervals.

    Returns:
        A record a group and label, with the width for ``n`` under ``width_n``; None where `n` is
        too small for so many groups, or nothing in the group counts.
    """
    groups = make_groups(table.columns, by, len(table.ids), table.path)
    widths: dict[int, Any] = {}
    fault: ConfigError | None = None
    for n in sizes:
        try:
            widths[n] = expected_widths(table.labelled, groups.codes, n, of=of, level=level)
        except ConfigError as error:
            fault = error
    if not widths and fault is not None:
        raise fault
    records = []
    those = places(groups.codes, len(groups.keys))
    for code, (key, rows) in enumerate(zip(groups.keys, those, strict=True)):
        part = table.labelled.take(rows)
        for place, (label, share) in enumerate(naive_shares(part, of).items()):
            record: Record = dict(zip(by, key, strict=True))
            record |= {"label": label, "n": len(part.predicted), "naive": _number(share)}
            for n in sizes:
                found = _number(float(widths[n][code, place])) if n in widths else None
                record[f"width_{n}"] = found
            records.append(record)
    return records


def as_text(records: Sequence[Record], path: Path, *, escape_formulas: bool = False) -> str:
    """Records as the text of a file, csv or json by its suffix.

    Args:
        records: the rows, all with the same columns.
        path: the file.
        escape_formulas: in csv, what a spreadsheet would take for a formula gets an apostrophe
            before it.

    Raises:
        OutputError: if the suffix is neither.
    """
    if path.suffix.lower() == ".json":
        return json.dumps(records, indent=1, ensure_ascii=False) + "\n"
    if path.suffix.lower() != ".csv":
        raise OutputError(
            f"{path}: the suffix is {path.suffix or 'missing'!r}, expected .csv or .json."
        )
    if escape_formulas:
        records = [inert_record(one) for one in records]
    return table_text(records, "csv", [*records[0]]) if records else ""


def _estimate(
    labelled: Labelled, gold: Gold, groups: Groups, of: Of, level: float, unseen: float
) -> list[tuple[NDArray[Any], Group | None]]:
    """The rows of each group, and its shares."""
    inside = groups.codes[gold.rows]
    found = []
    for code, rows in enumerate(places(groups.codes, len(groups.keys))):
        mine = np.flatnonzero(inside == code)
        part = Gold(np.searchsorted(rows, gold.rows[mine]), gold.labels[mine], gold.inclusion[mine])
        one = estimate(labelled.take(rows), part, of=of, level=level, unseen=unseen)
        found.append((rows, one))
    return found


def _record(label: str, n: int, n_gold: int, naive: float, level: float) -> Record:
    empty = dict.fromkeys(
        ("corrected", "low", "high", "gold_only", "gold_low", "gold_high", "gain", "tuning")
    )
    head = {"label": label, "n": n, "n_gold": n_gold, "naive": _number(naive), "level": level}
    return head | empty | {"flag": _NO_GOLD}


def _differences(first: Group, second: Group, level: float) -> list[Record]:
    records = []
    for one, two in zip(first.shares, second.shares, strict=True):
        change, (low, high) = difference(first, second, one.label)
        records.append(
            {
                "label": one.label,
                "share_from": one.corrected,
                "share_to": two.corrected,
                "difference": change,
                "low": low,
                "high": high,
                "level": level,
                "flag": one.thin or two.thin,
            }
        )
    return records


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
