"""The example sentences as cards, and what they can be filtered by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stance.groups import FROM_DATE
from stance.report import examples
from stance.report.cuts import OTHERS, grouped
from stance.report.sections import period
from stance.report.study import TARGET, Study, View
from stance.report.words import Words, as_name
from stance.strata import Codes


@dataclass(frozen=True)
class Card:
    """One sentence with what is told of it."""

    label: str
    score: float
    parts: tuple[examples.Part, ...]
    sides: tuple[examples.Side, ...]
    """Holders that have no place in the sentence, such as the writer."""
    gold: str
    """The label that people gave it; empty if they did not see it."""
    facts: tuple[str, ...]
    codes: tuple[tuple[int, ...], ...]
    """Which options of each facet it has."""


@dataclass(frozen=True)
class Facet:
    """Something that cards can be filtered by."""

    title: str
    options: tuple[tuple[int, str, int], ...]
    """Code, name and number of cards."""


@dataclass(frozen=True)
class Cards:
    """The section of example sentences."""

    cards: tuple[Card, ...]
    facets: tuple[Facet, ...]
    spread: str
    """The title of what they are spread over evenly, beside labels; empty for nothing."""


def make_cards(study: Study, view: View, words: Words) -> Cards:
    """Draw sentences and tell of each what is known.

    Raises:
        InputError: if a date is none.
    """
    labelled = study.table.labelled
    columns = [*study.by, *(one for one in (period(study),) if one)]
    columns = [*dict.fromkeys([*columns, *([TARGET] if study.has_target else [])])]
    found = {name: grouped(study.table, name) for name in columns}
    codes = found[columns[0]][0].codes if columns else np.zeros_like(labelled.predicted)
    rows = examples.draw(labelled.predicted, codes, view.examples, view.seed)
    values = {
        name: _values([key[0] for key in groups.keys], groups.codes[rows], folded, words)
        for name, (groups, folded) in found.items()
    }
    holders = [study.holders[int(row)].as_py() if study.holders is not None else [] for row in rows]
    names = [words.label(name) for name in labelled.labels]
    facets = [_facet(words("filter_label"), [[names[i]] for i in labelled.predicted[rows]], names)]
    for name, those in values.items():
        facets.append(_facet(_title(name, words), [[one] if one else [] for one in those]))
    if study.holders is not None:
        actors = [[words.actor(one["actor"]) for one in those] for those in holders]
        facets.append(_facet(words("filter_holder"), actors))
    cards = [
        _card(
            study,
            words,
            int(row),
            holders[i],
            {name: those[i] for name, those in values.items()},
            tuple(codes[i] for _, codes in facets),
        )
        for i, row in enumerate(rows)
    ]
    spread = _title(columns[0], words) if columns else ""
    return Cards(tuple(cards), tuple(facet for facet, _ in facets), spread)


def _card(
    study: Study,
    words: Words,
    row: int,
    holders: Sequence[Mapping[str, Any]],
    groups: Mapping[str, str],
    codes: tuple[tuple[int, ...], ...],
) -> Card:
    labelled = study.table.labelled
    label = int(labelled.predicted[row])
    sentence = study.table.columns["sentence"][row].as_py() or ""
    parts, sides, clipped = examples.parts(sentence, holders)
    facts = []
    for name, group in groups.items():
        values = study.table.columns.get(name)  # a rare one is a group with others
        if one := group if values is None else values[row].as_py():
            facts.append(words("party", name=as_name(one)) if name == TARGET else as_name(one))
    facts += [words("abstained")] if study.abstained[row] else []
    facts += [words("clipped")] if clipped else []
    gold = ""
    if study.gold is not None and len(place := np.flatnonzero(study.gold.rows == row)):
        gold = labelled.labels[study.gold.labels[place[0]]]
    return Card(
        label=labelled.labels[label],
        score=float(labelled.probabilities[row, label]),
        parts=tuple(parts),
        sides=tuple(sides),
        gold=gold,
        facts=tuple(facts),
        codes=codes,
    )


def _values(names: Sequence[str], codes: Codes, folded: int, words: Words) -> list[str]:
    """The name of the group of each card; empty for none."""
    called = [words("others", n=folded) if name == OTHERS else as_name(name) for name in names]
    return [called[code] for code in codes]


def _facet(
    title: str, values: Sequence[Sequence[str]], order: Sequence[str] = ()
) -> tuple[Facet, list[tuple[int, ...]]]:
    """What cards can be filtered by, and the codes of each card."""
    counts = Counter(one for those in values for one in dict.fromkeys(those))
    names = [one for one in order if one in counts] or sorted(counts)
    code = {name: number for number, name in enumerate(names)}
    options = tuple((number, name, counts[name]) for name, number in code.items())
    return Facet(title, options), [tuple(code[one] for one in those) for those in values]


def _title(column: str, words: Words) -> str:
    return words(f"filter_{column}") if column in (TARGET, *FROM_DATE) else column
