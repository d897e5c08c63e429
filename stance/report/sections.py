"""The sections of shares and of holders, each with its figure and its words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from stance.groups import make_groups
from stance.labels import AUTHOR
from stance.prevalence import LEAST_GOLD
from stance.report import holder_plot, share_plots
from stance.report.cuts import OTHERS, Cut, cut
from stance.report.holder_sides import ActorSides, count_sides
from stance.report.study import NOBODY_CODED, TARGET, Study, View
from stance.report.words import Words, as_name

_MOST_MONTHS: Final = 36
"""Months that are shown; more are taken together as years, unless months were asked for."""
_MOST_ACTORS: Final = 20


@dataclass(frozen=True)
class Section:
    """A section of shares."""

    id: str
    title: str
    texts: tuple[str, ...] = ()
    cut: Cut | None = None
    """None: there is nothing to show, and the texts say why."""
    figure: str = ""
    """An svg element."""


@dataclass(frozen=True)
class Holders:
    """The section of holders."""

    texts: tuple[str, ...]
    rows: tuple[ActorSides, ...] = ()
    figure: str = ""


def period(study: Study) -> str | None:
    """What time is told by: month, year, or None where it is not told.

    Years where there are many months, or too few coded sentences for them.

    Raises:
        InputError: if a date is none.
    """
    if len(study.times) < 2:
        return study.times[0] if study.times else None
    table = study.table
    n = len(make_groups(table.columns, ["month"], len(table.ids), table.path).keys)
    few_coded = study.gold is not None and len(study.gold.rows) < LEAST_GOLD * n
    return "year" if n > _MOST_MONTHS or few_coded else "month"


def share_sections(study: Study, view: View, words: Words) -> list[Section]:
    """The sections of shares: of all sentences, over time, by column, by sanctioned party."""
    counts = study.manifest["counts"] if study.manifest and study.manifest_fits else None
    texts = []
    if counts and counts["written"] != counts["sentences"]:
        texts = [words("selected", written=counts["written"], sentences=counts["sentences"])]
    found = [_by(study, view, words, None, "all", words("all_title"), texts, "all_title")]
    found.append(_over_time(study, view, words))
    if not study.by:
        found.append(Section("by", words("by_title", column="outlet"), (words("by_missing"),)))
    for number, column in enumerate(study.by, start=1):
        found.append(_by(study, view, words, column, f"by-{number}", _title(column, words)))
    title = words("target_title")
    if not study.has_target:
        found.append(Section("target", title, (words("target_missing"),)))
    elif TARGET not in study.by:
        text = words("target_text")
        found.append(_by(study, view, words, TARGET, "target", title, (text,), "no_target"))
    return found


def holder_section(study: Study, words: Words) -> Holders:
    """Who takes which side how often."""
    if study.holders is None:
        return Holders((words("holders_missing"),))
    everyone = count_sides(study.holders, ~study.abstained)
    if not everyone:
        return Holders((words("holders_none"),))
    named = [one for one in everyone if one.actor != AUTHOR]
    author = [one for one in everyone if one.actor == AUTHOR]
    shown, rest = named[:_MOST_ACTORS], named[_MOST_ACTORS:]
    texts = [words("holders_text")]
    texts += [words("holders_author", favor=one.favor, against=one.against) for one in author]
    if rest:
        texts.append(words("holders_more", n=len(rest), sentences=sum(one.total for one in rest)))
    title = words("figure_of", title=words("holders_title"))
    figure = holder_plot.sides(shown, "holders-figure", title, words) if shown else ""
    return Holders(tuple(texts), (*author, *shown), figure)


def _over_time(study: Study, view: View, words: Words) -> Section:
    title, name = words("time_title"), period(study)
    if name is None:
        return Section(
            "time", title, (words("time_off" if view.time == "none" else "time_missing"),)
        )
    found = _named(_cut(study, view, name, in_order=True), words)
    texts = [words(f"time_text_{name}")]
    if found.corrected:
        texts.append(words("time_cross"))
    figure = share_plots.over_time(found, "time-figure", words("figure_of", title=title), words)
    return Section("time", title, tuple(texts), found, figure)


def _by(
    study: Study,
    view: View,
    words: Words,
    column: str | None,
    name: str,
    title: str,
    texts: Sequence[str] = (),
    empty: str = "no_value",
) -> Section:
    found = _named(_cut(study, view, column), words, empty)
    if found.folded:
        texts = [*texts, words("fold_text", shown=len(found.groups) - 1, n=found.folded)]
    if thin := len(found.groups) - len(found.told):
        texts = [*texts, words("thin_groups", n=thin)]
    called = words("figure_of", title=title)
    figure = share_plots.by_group(found, f"{name}-figure", called, words)
    return Section(name, title, tuple(texts), found, figure)


def _title(column: str, words: Words) -> str:
    return words("by_title", column=as_name(column))


def _cut(study: Study, view: View, column: str | None, *, in_order: bool = False) -> Cut:
    gold = study.gold or NOBODY_CODED
    return cut(study.table, gold, column, view.of, view.level, in_order=in_order)


def _named(found: Cut, words: Words, empty: str = "no_value") -> Cut:
    """The groups by the names that people read."""
    names = {OTHERS: words("others", n=found.folded), "": words(empty)}
    groups = [replace(one, name=names.get(one.name) or as_name(one.name)) for one in found.groups]
    return replace(found, groups=tuple(groups))
