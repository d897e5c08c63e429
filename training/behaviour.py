"""Behavioural cases: small Dutch tests of what a stance model must and must not react to.

Source: Ribeiro et al. 2020, Beyond Accuracy: Behavioral Testing of NLP Models with CheckList.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from rich.table import Table

from stance.classifier import StanceClassifier
from stance.display import plain_table
from stance.errors import ModelError
from stance.labels import LABELS

_CASES: Final = Path(__file__).with_name("behaviour.jsonl")

Test = Literal["label", "same", "change"]


@dataclass(frozen=True)
class Case:
    """One sentence and what a model must make of it."""

    id: str
    kind: str
    """What is tested, such as ``negation``."""
    test: Test
    """``label``: the label is told; ``same``: it must not differ from that of the base;
    ``change``: a small edit of the base that gives it this other label."""
    base: str
    """Id of the case that this one varies; empty for a base."""
    text: str
    context: str
    label: str


@dataclass(frozen=True)
class Outcome:
    """How one kind of case went."""

    kind: str
    n: dict[Test, int]
    """Cases by test."""
    failed: tuple[str, ...]
    """Ids of the cases that failed."""

    @property
    def rate(self) -> float:
        """Share of the cases that failed, 0 to 1."""
        return len(self.failed) / sum(self.n.values())


def load_cases() -> list[Case]:
    """Read the cases that the package carries; every base comes before its variants."""
    lines = _CASES.read_text(encoding="utf-8").splitlines()
    return [Case(**json.loads(line)) for line in lines]


def check_behaviour(classifier: StanceClassifier, cases: Sequence[Case]) -> list[Outcome]:
    """Run the cases.

    Args:
        classifier: a model with our four labels.
        cases: the cases, bases included.

    Returns:
        One outcome a kind, in the order of the cases.

    Raises:
        ModelError: if the model has other labels.
    """
    if set(classifier.labels) != set(LABELS):
        raise ModelError(
            f"the model's labels are {', '.join(classifier.labels)}; the cases are for "
            f"{', '.join(LABELS)}."
        )
    contexts = [case.context for case in cases] if classifier.uses_context else None
    best = classifier.predict_proba([case.text for case in cases], contexts).argmax(axis=1)
    given = {case.id: classifier.labels[i] for case, i in zip(cases, best, strict=True)}
    by_kind: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_kind[case.kind].append(case)
    return [_outcome(kind, some, given) for kind, some in by_kind.items()]


def _outcome(kind: str, cases: Iterable[Case], given: Mapping[str, str]) -> Outcome:
    n: dict[Test, int] = {"label": 0, "same": 0, "change": 0}
    failed = []
    for case in cases:
        n[case.test] += 1
        # An invariant answer may be wrong twice; that the base is wrong counts there.
        wanted = given[case.base] if case.test == "same" else case.label
        if given[case.id] != wanted:
            failed.append(case.id)
    return Outcome(kind, n, tuple(failed))


def as_counts(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """By kind, ``n`` (cases by test) and ``failed`` (their ids), for a JSON file."""
    return {one.kind: {"n": one.n, "failed": [*one.failed]} for one in outcomes}


def as_table(outcomes: Sequence[Outcome]) -> Table:
    """Failures by kind as a table for a terminal."""
    table = plain_table()
    table.add_column("")
    for name in ("label", "same", "change", "failed", "rate"):
        table.add_column(name, justify="right")
    for one in outcomes:
        numbers = [str(one.n[test]) for test in ("label", "same", "change")]
        table.add_row(one.kind, *numbers, str(len(one.failed)), f"{one.rate:.0%}")
    failed = sum(len(one.failed) for one in outcomes)
    total = sum(sum(one.n.values()) for one in outcomes)
    table.add_row("all", "", "", "", str(failed), f"{failed / total:.0%}")
    return table
