"""What several coders say, settled to one gold label a sentence: by majority and by decisions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from stance import readers
from stance.annotation.marks import from_change
from stance.annotation.merging import as_values
from stance.annotation.tasks import PLACE, Task, TaskFile, read_tasks
from stance.coded_file import CodedFile, Holders, read_cell
from stance.coders import MISSING
from stance.disagreements import text_of
from stance.errors import InputError
from stance.gold_holders import GOLD_HOLDERS as HOLDERS
from stance.holder_metrics import shared_letters
from stance.holders import Holder
from stance.labels import UNRELATED, unknown
from stance.rows import as_text

GOLD: Final = "gold"
SPANS: Final = "gold_spans"
BY: Final = "settled_by"
SOFT: Final = "soft_"
"""Begins the columns with the share of the coders that gave each label."""


@dataclass(frozen=True)
class Decision:
    """What was decided on a sentence."""

    label: str
    """"" leaves it to the majority."""
    holders: Holders | None
    """None leaves them to the majority."""


@dataclass
class Settled:
    """The sentences with a gold label each, where there is one."""

    columns: list[str]
    records: list[dict[str, Any]]
    how: Counter[str] = field(default_factory=Counter)
    """Rows by how they were settled: all, majority, one coder, decision, tie, nobody."""
    ties: list[str] = field(default_factory=list)
    """Ids of the sentences that no label has a majority in."""
    lost_holders: int = 0
    """Holders that a coder marked and that the gold lacks."""


def read_decisions(
    path: Path, file: CodedFile, id_column: str | None = None, encoding: str = "utf-8"
) -> dict[str, Decision]:
    """Read what was decided, such as the list of disagreements with its column gold filled in.

    Args:
        path: a file with the ids of `file` and a column `gold`, maybe also `gold_holders`.
        file: what was coded.
        id_column: as in `read_tasks`; where the file lacks it, its ids are in `id`, as in the list
            of disagreements.
        encoding: of a text format.

    Returns:
        A decision by id; rows in which nothing was filled in are none.

    Raises:
        InputError: if a column is missing, an id is none of the file, a label is unknown, the
            sentence is another one, or a holder is none of it or of a file that tells none.
    """
    table = readers.open_table(path, encoding=encoding)
    readers.require_columns(table, [GOLD])
    id_column = id_column if id_column in table.columns else None
    decided = read_tasks(path, None, id_column, encoding, needs_text=False)
    _check_ids(decided, id_column, file)
    known = {task.id: task for task in file.tasks}
    found = {}
    for one in decided.tasks:
        label = as_text(one.values.get(GOLD)).strip()
        held = one.values.get(HOLDERS)
        told = not (held is None or (isinstance(held, str) and not held.strip()))
        if not label and not told:
            continue
        if one.id not in known:
            raise InputError(f"{one.place}: the id {one.id!r:.60} is none of {file.path}.")
        task = known[one.id]
        # A spreadsheet may have changed line ends.
        if one.text and file.text_column and one.text.split() != task.text.split():
            found_text, expected = from_change(one.text, task.text)
            raise InputError(
                f"{one.place}: the sentence {found_text!r:.60} is another one in {task.place}: "
                f"{expected!r:.60}."
            )
        if label and label not in file.labels:
            raise InputError(f"{one.place}, column {GOLD!r}: {unknown(label, file.labels)}")
        if told and file.holders is None:
            raise InputError(
                f"{one.place}, column {HOLDERS!r}: {file.path} has no column of holders for every "
                "coder, so none can be settled; empty the column, or add theirs."
            )
        found[one.id] = Decision(label, _decided_holders(one, task) if told else None)
    return found


def _check_ids(decided: TaskFile, id_column: str | None, file: CodedFile) -> None:
    """Refuse to take a decision for that of whatever sentence has the number of its row."""
    columns = {*decided.columns}
    numbered = id_column is None and "id" not in columns and not {*PLACE} <= columns
    if numbered and not (decided.text_column and file.text_column):
        raise InputError(
            f"{decided.path}: no column 'id' tells which sentence a row is of; give the list of "
            "`stance agreement --disagreements`, filled in."
        )


def _decided_holders(decision: Task, task: Task) -> Holders:
    with_text = Task(task.id, task.text, values=decision.values, place=decision.place)
    return read_cell(with_text, HOLDERS)


def settle(file: CodedFile, decisions: Mapping[str, Decision]) -> Settled:
    """Give every sentence the label that most of its coders gave it, or that was decided.

    Where two labels have as many coders, the label stays empty. A holder is taken over if more than
    half of the coders of the sentence marked it or a span of the same side that shares a letter
    with it; the span is the one that most of them marked.

    Args:
        file: what was coded.
        decisions: by id; they win.

    Returns:
        The columns of the file, with ``gold``, ``settled_by`` and the share of the coders of each
        label, ``soft_favor`` and so on; where it tells holders, with ``gold_holders`` (as text, as
        a sample has it) and ``gold_spans`` (as objects, to train on).

    Raises:
        InputError: if the file has such a column already and something stands in it.
    """
    new = [GOLD, *([HOLDERS, SPANS] if file.holders is not None else []), BY]
    new += [SOFT + label for label in file.labels]
    _check_free(file, new)
    settled = Settled([*file.columns, *(name for name in new if name not in file.columns)], [])
    votes = (file.codes[:, :, None] == np.arange(len(file.labels))).sum(axis=1)
    for row, task in enumerate(file.tasks):
        decision = decisions.get(task.id, Decision("", None))
        label, how = _label(votes[row], file.labels)
        if decision.label:
            label, how = decision.label, "decision"
        settled.how[how] += 1
        settled.ties += [task.id] if how == "tie" else []
        record = {name: task.values.get(name) for name in file.columns} | {GOLD: label, BY: how}
        if file.holders is not None:
            coded = np.flatnonzero(file.codes[row] != MISSING)
            held = [file.holders[row][coder] for coder in coded]
            holders = _settled_holders(held, label, decision)
            settled.lost_holders += _lost(held, holders)
            record |= {
                HOLDERS: text_of(holders, label) if label else "",
                SPANS: as_values(holders) if label else None,
            }
        n = int(votes[row].sum())
        record |= {
            SOFT + name: round(int(count) / n, 6) if n else None
            for name, count in zip(file.labels, votes[row], strict=True)
        }
        settled.records.append(record)
    return settled


def _check_free(file: CodedFile, new: Sequence[str]) -> None:
    for name in new:
        for task in file.tasks if name in file.columns else ():
            if as_text(task.values.get(name)).strip():
                raise InputError(
                    f"{task.place}, column {name!r}: something stands there already, where the "
                    "settled label is to stand; rename the column, or empty it."
                )


def _label(votes: Any, labels: Sequence[str]) -> tuple[str, str]:
    """The label of most coders, and how it came about."""
    n, most = int(votes.sum()), int(votes.max())
    if not n:
        return "", "nobody"
    if (votes == most).sum() > 1:
        return "", "tie"
    label = labels[int(votes.argmax())]
    return label, "one coder" if n == 1 else "all" if most == n else "majority"


def _settled_holders(held: Sequence[Holders], label: str, decision: Decision) -> Holders:
    if decision.holders is not None:
        return decision.holders
    return () if label in ("", UNRELATED) else majority_holders(held)


def _lost(held: Sequence[Holders], kept: Holders) -> int:
    """How many of the holders that coders marked are none of those kept."""
    return sum(not any(_same(one, other) for other in kept) for own in held for one in own)


def majority_holders(held: Sequence[Holders]) -> Holders:
    """The holders that more than half of the coders marked, the writer first.

    Args:
        held: the holders of each coder who coded the sentence.
    """
    spans = Counter(one for own in held for one in {*own})
    order = sorted(spans, key=lambda one: (-spans[one], one.start or 0, one.end or 0, one.stance))
    kept: list[Holder] = []
    for one in order:
        if any(_same(one, other) for other in kept):
            continue
        if sum(any(_same(one, other) for other in own) for own in held) * 2 > len(held):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: -1 if one.start is None else one.start))


def _same(one: Holder, other: Holder) -> bool:
    return one.stance == other.stance and shared_letters(one, other) > 0
