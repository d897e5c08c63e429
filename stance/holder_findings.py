"""How often actors take a side: a labelled table and its gold sample to rows of shares."""

import difflib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from stance.actors import ActorTable
from stance.errors import ConfigError
from stance.findings import Record, difference_records, share_records
from stance.groups import make_groups
from stance.labelled import HOLDERS, LabelledTable
from stance.labels import AUTHOR, SIDES
from stance.population import Gold
from stance.sides import UNSEEN_SIDES, Among, Sides, read_sides, relabel, relabel_gold

HOLDER_MEANING: Final = {
    "stance": "share in which the holder takes the side, among the sentences that are not "
    "unrelated",
    "all": "share in which the holder takes the side, among all sentences",
    "side": "share in which the holder takes the side, among the sentences in which he takes one",
}
MOST: Final = 5
"""Actors that `choose_actors` gives where none are named."""


@dataclass(frozen=True)
class HolderStudy:
    """A labelled table with holders, and its sample with theirs."""

    table: LabelledTable
    gold: Gold
    predicted: Sides
    """What the model tells of all sentences."""
    coded: Sides
    """What the coders found in those of the sample."""


def make_study(table: LabelledTable, gold: Gold, coded: Sides) -> HolderStudy:
    """Put together what shares of holders are estimated from.

    Args:
        table: from `stance.labelled.read_labelled` with holders.
        gold: from `stance.gold.read_gold`.
        coded: from `stance.gold_holders.read_gold_holders`.

    Raises:
        InputError: if the holders of a row cannot be used.
    """
    return HolderStudy(table, gold, read_sides(table.columns[HOLDERS], table.path), coded)


def choose_actors(study: HolderStudy, names: str) -> tuple[str, ...]:
    """The actors whose sides are to be estimated.

    Args:
        study: the study.
        names: ``most``: of the writer and the actors of the table of actors the five that take
            a side in most sentences, as the model says; ``all``: all to whom coders gave a
            side; else names apart by commas, in any form that the table of actors knows.

    Returns:
        Each as `ActorTable.identity` has it; those of ``most`` and ``all`` by falling number of
        sentences, as the model or as the coders say.

    Raises:
        ConfigError: if there is none, or a named one takes no side in any sentence.
    """
    actors = ActorTable.load()
    if names in ("most", "all"):
        counts = study.coded.actors
        if names == "most":
            known = actors.actors | {AUTHOR}
            counts = Counter({one: n for one, n in study.predicted.actors.items() if one in known})
        found = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
        if not found:
            raise ConfigError(
                f"--holders {names}: nobody takes a side there; name actors, or leave it out."
            )
        return found[:MOST] if names == "most" else found
    listed = [name.strip() for name in names.split(",")]
    if not all(listed):
        raise ConfigError(f"--holders {names!r:.80}: expected most, all, or names apart by commas.")
    found = tuple(dict.fromkeys(actors.identity(name) for name in listed))
    known_here = study.predicted.actors.keys() | study.coded.actors.keys()
    for name in found:
        if name not in known_here:
            near = difflib.get_close_matches(name, sorted(known_here), 1)
            hint = f"did you mean {near[0]}?" if near else "--holders all lists those coded."
            raise ConfigError(
                f"--holders {name!r:.60}: takes no side in {study.table.path} or its gold sample; "
                f"{hint}"
            )
    return found


def holder_shares(
    study: HolderStudy,
    actors: Sequence[str],
    by: Sequence[str] = (),
    of: Among = "stance",
    level: float = 0.95,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Record]:
    """In which share of the sentences each actor takes each side, in every group.

    Args:
        study: from `make_study`.
        actors: from `choose_actors`.
        by: columns to group by, with which the table was read.
        of: ``stance``, among the sentences that are not `unrelated`; ``all``, among all;
            ``side``, among those in which the actor takes a side.
        level: of the intervals.
        progress: called with 1 after each actor and side.

    Returns:
        Records as those of `stance.findings.shares`, with ``holder`` and ``side`` in the place of
        ``label``.

    Raises:
        ConfigError: if the labels lack ``unrelated`` and `of` is ``stance``, or a column of `by`
            is called ``holder`` or ``side``.
        InputError: if a date is none.
    """
    return _records(study, actors, by, None, of, level, progress)


def holder_differences(
    study: HolderStudy,
    actors: Sequence[str],
    by: Sequence[str],
    compare: str,
    of: Among = "stance",
    level: float = 0.95,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Record]:
    """How those shares differ between values of one column, as `stance.findings.differences`.

    Raises:
        ConfigError: if `compare` is none of `by`, or as `holder_shares`.
        InputError: if a date is none.
    """
    return _records(study, actors, by, compare, of, level, progress)


def _records(
    study: HolderStudy,
    actors: Sequence[str],
    by: Sequence[str],
    compare: str | None,
    of: Among,
    level: float,
    progress: Callable[[int], None],
) -> list[Record]:
    for name in by:
        if name in ("holder", "side"):
            raise ConfigError(
                f"--by {name}: is a column of the estimates themselves; rename yours."
            )
    table = study.table
    groups = make_groups(table.columns, by, len(table.ids), table.path)
    labels = table.labelled.labels
    records = []
    for actor in actors:
        for side in SIDES:
            labelled = relabel(table.labelled, study.predicted, actor, side, of)
            gold = relabel_gold(study.gold, labels, study.coded, actor, side, of)
            if compare is None:
                found = share_records(labelled, gold, groups, "stance", level, UNSEEN_SIDES)
            else:
                found = difference_records(
                    labelled, gold, groups, compare, "stance", level, UNSEEN_SIDES
                )
            for one in found:
                if one.pop("label") == side:
                    records.append({"holder": actor, "side": side} | one | {"of": of})
            progress(1)
    return records
