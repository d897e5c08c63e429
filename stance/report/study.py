"""What a page is made of: a labelled table with its columns, its sample and what stands beside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from stance.gold import read_gold
from stance.groups import source_of
from stance.labelled import LabelledTable, read_labelled
from stance.population import Gold, Of
from stance.readers import Table
from stance.report.holder_sides import read_holders
from stance.report.provenance import is_of_table, read_manifest
from stance.report.reliability import Missing, Reliability, of_gold, of_model
from stance.report.words import Language

Time = Literal["auto", "month", "year", "none"]

TARGET: Final = "target"
_ABSTAINED: Final = "abstained"
_BY_DEFAULT: Final = "outlet"
NOBODY_CODED: Final = Gold(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
"""A sample without sentences: shares are those of the predicted labels."""


@dataclass(frozen=True)
class View:
    """What a page shows of a table, and how."""

    by: tuple[str, ...] | None = None
    """Columns that each get a section of shares; None: `outlet`, where there is one."""
    time: Time = "auto"
    """Shares by month or year; auto: by month, by year where there are too many months."""
    of: Of = "stance"
    """What the shares are of, as in `stance.prevalence.estimate`."""
    level: float = 0.95
    """Of the intervals."""
    language: Language = "en"
    examples: int = 200
    """Sentences that are shown, at the most."""
    seed: int = 1
    """By which they are drawn."""


DEFAULT: Final = View()


@dataclass(frozen=True)
class Study:
    """Everything that was read for a page."""

    table: LabelledTable
    by: tuple[str, ...]
    """Columns that each get a section."""
    times: tuple[str, ...]
    """`month` and `year`, those of them that can be told."""
    has_target: bool
    gold: Gold | None
    holders: Any
    """From `stance.report.holder_sides.read_holders`."""
    abstained: NDArray[np.bool_]
    """Sentences on which the model abstained, (sentences,)."""
    manifest: dict[str, Any] | None
    manifest_fits: bool
    """Whether the manifest counts as many rows as the table has."""
    reliability: Reliability | Missing


def read_study(
    source: Table,
    gold: Path | None = None,
    view: View = DEFAULT,
    *,
    document: str | None = None,
    model: str | Path | None = None,
    encoding: str = "utf-8",
    progress: Callable[[int], None] = lambda _: None,
) -> Study:
    """Read what a page is made of.

    Args:
        source: from `stance.labelled.open_labelled`.
        gold: the file that `stance sample` wrote, filled in; None: shares are not corrected.
        view: what the page shows.
        document: the column that says which document a row is of; None takes file and row.
        model: the folder of the model that labelled; None for the shipped one.
        encoding: of `gold`.
        progress: called with the number of rows read since the last call; every row is read twice.

    Raises:
        ConfigError: if `model` is not the one that labelled.
        InputError: if a column is missing, or a row, the sample or the manifest cannot be used.
        ModelError: if the model folder is missing or damaged.
    """
    known = [*source.columns]
    by = view.by if view.by is not None else tuple(x for x in (_BY_DEFAULT,) if x in known)
    times = _times(view.time, known)
    others = [name for name in (TARGET, _ABSTAINED) if name in known]
    names = [*dict.fromkeys([*by, *times, *others])]
    manifest = read_manifest(source.path)
    table = read_labelled(source, names, document, progress)
    sample = read_gold(gold, table, encoding) if gold is not None else None
    return Study(
        table=table,
        by=by,
        times=times,
        has_target=TARGET in known,
        gold=sample,
        holders=read_holders(source, progress),
        abstained=_flags(table.columns.get(_ABSTAINED), len(table.ids)),
        manifest=manifest,
        manifest_fits=manifest is not None and is_of_table(manifest, source),
        reliability=of_model(manifest, model)
        if sample is None
        else of_gold(table.labelled, sample),
    )


def _times(time: Time, known: Sequence[str]) -> tuple[str, ...]:
    """The columns of time that are asked for and, unless one was named, that are there."""
    if time == "none":
        return ()
    if time != "auto":
        return (time,)
    return tuple(name for name in ("month", "year") if source_of(name, known) in known)


def _flags(column: Any, n: int) -> NDArray[np.bool_]:
    if column is None:
        return np.zeros(n, bool)
    return np.array([value is not None and value.lower() == "true" for value in column.to_pylist()])
