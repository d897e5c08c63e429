"""What coders did in a tool, put beside the sentences: one table, a column a coder."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from stance.annotation.marks import Answer, Mark, read_mark
from stance.annotation.tasks import Task, TaskFile
from stance.errors import ConfigError, InputError
from stance.holders import Holder

HOLDERS: Final = "_holders"
"""Ends the name of the column that has the holders of a coder."""
_MOST_LISTED: Final = 20
_ADVICE: Final = "correct them in the tool or in the file, and import again"


@dataclass
class Merged:
    """The sentences with what coders say of them."""

    columns: list[str]
    records: list[dict[str, Any]]
    coders: list[str]
    coded: Counter[str] = field(default_factory=Counter)
    """Sentences of each coder."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Sentences that a coder passed over, and those he opened and said nothing of."""
    doubled: int = 0
    """Annotations that say the same as another of the same coder."""
    uncoded: list[str] = field(default_factory=list)
    """Ids of the sentences that no coder coded."""


def merge(
    marks: Iterable[Mark],
    labels: Sequence[str],
    source: TaskFile | None = None,
    names: Mapping[str, str] | None = None,
) -> Merged:
    """Put what coders did beside the sentences.

    Args:
        marks: what they did.
        labels: the labels that may occur.
        source: the file that was exported; None takes the sentences as the tool has them.
        names: what to call coders whom the tool calls otherwise.

    Returns:
        A record a sentence, in the order of the source, else of appearance: its columns and, for
        each coder, the label ("" if none) and the holders (None if he did not code it).

    Raises:
        ConfigError: if the name of a coder cannot be that of a column.
        InputError: if what a coder did cannot be used; every fault is found.
    """
    marks = [_named(mark, names or {}) for mark in marks]
    faults: list[str] = []
    tasks = {one.id: one for one in source.tasks} if source else _tasks_of(marks)
    answers: dict[tuple[str, str], tuple[Answer, str]] = {}
    passed: set[tuple[str, str]] = set()
    found = Merged([], [], sorted({mark.coder for mark in marks if mark.coder}))
    for mark in marks:
        who = f"{mark.place}, coder {mark.coder}" if mark.coder else mark.place
        key = mark.id, mark.coder
        if mark.skipped or mark.is_empty:
            passed.add(key)
            continue
        answer = _answer(mark, tasks, labels)
        if isinstance(answer, list):
            faults += [f"{who}: {fault}" for fault in answer]
            continue
        if key not in answers:
            answers[key] = answer, mark.place
        elif answers[key][0] == answer:
            found.doubled += 1
        else:
            faults.append(
                f"{who}: codes {mark.id!r:.60} once more and otherwise than at {answers[key][1]}; "
                "delete one of the two"
            )
    _check(faults)
    found.skipped = Counter(coder for _, coder in passed - {*answers})
    if not answers:
        raise InputError("no coder has coded a sentence; are these files what the tool exported?")
    _fill(found, [*tasks.values()], source, {key: one for key, (one, _) in answers.items()})
    return found


def _named(mark: Mark, names: Mapping[str, str]) -> Mark:
    return replace(mark, coder=names.get(mark.coder, mark.coder))


def _tasks_of(marks: Sequence[Mark]) -> dict[str, Task]:
    """The sentences as the tool has them, where the file that was exported is not given."""
    tasks: dict[str, Task] = {}
    for mark in marks:
        if mark.id and not mark.fault:
            tasks.setdefault(mark.id, Task(mark.id, mark.text, mark.context, place=mark.place))
    return tasks


def _answer(mark: Mark, tasks: Mapping[str, Task], labels: Sequence[str]) -> Answer | list[str]:
    if mark.fault:
        return [mark.fault]
    if not mark.coder:
        return ["does not say who coded it"]
    if not mark.id:
        return ["has no sentence_id; was the file imported that `stance annotate export` wrote?"]
    if mark.id not in tasks:
        return [f"the sentence_id {mark.id!r:.60} is none of the file that was exported"]
    return read_mark(mark, tasks[mark.id].text, labels)


def _check(faults: Sequence[str]) -> None:
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
        listed = [*faults[:_MOST_LISTED]]
        if len(faults) > _MOST_LISTED:
            listed.append(f"... and {len(faults) - _MOST_LISTED:,} more")
        raise InputError("\n  ".join([f"{count} in what coders did; {_ADVICE}:", *listed]))


def _fill(
    found: Merged,
    tasks: Sequence[Task],
    source: TaskFile | None,
    answers: Mapping[tuple[str, str], Answer],
) -> None:
    own = [*source.columns] if source else ["id", "context", "text"]
    found.columns = [*own, *(name for coder in found.coders for name in (coder, coder + HOLDERS))]
    _check_columns(own, found.coders)
    for task in tasks:
        record: dict[str, Any] = (
            {name: task.values.get(name) for name in own}
            if source
            else {"id": task.id, "context": task.context, "text": task.text}
        )
        for coder in found.coders:
            answer = answers.get((task.id, coder))
            found.coded[coder] += answer is not None
            record[coder] = answer.label if answer else ""
            record[coder + HOLDERS] = as_values(answer.holders) if answer else None
        if not any((task.id, coder) in answers for coder in found.coders):
            found.uncoded.append(task.id)
        found.records.append(record)


def _check_columns(own: Sequence[str], coders: Sequence[str]) -> None:
    taken = {*own}
    for coder in coders:
        wrong = "," in coder or not coder.isprintable() or coder != coder.strip()
        if wrong or not taken.isdisjoint({coder, coder + HOLDERS}):
            why = "holds a comma or a character that is not shown" if wrong else "is a column"
            raise ConfigError(
                f"the coder {coder!r:.60}: {why}; call him otherwise with --names "
                f"'{coder[:60]}=anna'."
            )
        taken |= {coder, coder + HOLDERS}


def as_values(holders: Sequence[Holder]) -> list[dict[str, Any]]:
    """Holders as the objects of a column: text, start, end, stance."""
    return [{k: v for k, v in asdict(one).items() if k != "score"} for one in holders]
