"""How far coders agree, as tables on a terminal."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from stance.display import record_table
from stance.printable import printable

Record = dict[str, Any]


def show_agreement(report: Record, console: Console) -> None:
    """Show everything, one table after the other."""
    column = report["document_column"]
    of = f"{report['documents']:,} documents ({column})" if column else "every row by itself"
    head = (
        f"{Path(report['file']).name}: {report['n']:,} of {report['rows']:,} rows coded by two or "
        f"more, {of}; 95 % intervals"
    )
    console.print(printable(head))
    if report["flag"]:
        console.print(f"{report['flag']}: the intervals are too narrow.")
    _show("all coders", _overall(report), console)
    _show("by label, against all others", _labels(report["labels"]), console)
    _show("by pair", _pairs(report["pairs"]), console)
    _show("by coder; F1 against the majority of the others", _coders(report), console)
    console.print(f"\n{report['ceiling']['ties']}.")
    if report["holders"]:
        title = "holders with their side, by pair: F1 by the same span, a shared letter, the actor"
        _show(title, _holders(report["holders"]), console)
    n = report["differ"]
    lists = "; --disagreements FILE lists them" if n else ""
    if report["holders"]:
        lists = "; --disagreements FILE lists them and those whose holders differ"
    console.print(f"\n{n:,} rows have two labels or more{lists}.")


def _show(title: str, records: Iterator[dict[str, str]], console: Console) -> None:
    console.print(f"\n{title}\n")
    console.print(record_table([*records]))


def _overall(report: Record) -> Iterator[dict[str, str]]:
    for name, title in (("alpha", "Krippendorff's alpha"), ("percentage", "agreement")):
        yield {"measure": title} | _measure(report[name], "value")


def _labels(labels: Sequence[Record]) -> Iterator[dict[str, str]]:
    for one in labels:
        yield (
            {"label": one["label"], "given": f"{one['given']:,}"}
            | _measure(one["alpha"], "alpha")
            | _measure(one["kappa"], "kappa", "of kappa")
        )


def _pairs(pairs: Sequence[Record]) -> Iterator[dict[str, str]]:
    for one in pairs:
        head = {"pair": f"{one['a']}, {one['b']}", "n": f"{one['n']:,}"}
        yield (
            head
            | _measure(one["percentage"], "agreement")
            | _measure(one["kappa"], "kappa", "of kappa")
        )


def _coders(report: Record) -> Iterator[dict[str, str]]:
    ceiling = report["ceiling"]
    for one, human in zip(report["coders"], ceiling["coders"], strict=True):
        yield (
            {"coder": one["coder"], "n": f"{one['coded']:,}"}
            | _measure(one["kappa"], "kappa")
            | {"ties": f"{human['ties']:,}"}
            | _f1(human["human"])
        )
    empty = dict.fromkeys(("n", "kappa", "interval", "ties"), "")
    yield {"coder": "mean"} | empty | _f1(ceiling["mean"]["human"])


def _f1(human: Record) -> dict[str, str]:
    return {"macro-F1": f"{human['macro_f1']:.3f}", "of F1": _ends(human["interval"])}


def _holders(holders: Sequence[Record]) -> Iterator[dict[str, str]]:
    for one in holders:
        yield (
            {"pair": f"{one['a']}, {one['b']}", "who": one["who"]}
            | {"marked": f"{one['of_a']:,}", "and": f"{one['of_b']:,}"}
            | _measure(one["exact"], "exact")
            | {name: _number(one[name]["value"]) for name in ("overlap", "actor")}
        )


def _measure(found: Record, name: str, ends: str = "interval") -> dict[str, str]:
    return {name: _number(found["value"]), ends: _ends(found["interval"])}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _ends(interval: Sequence[float] | None) -> str:
    return "" if interval is None else " to ".join(f"{end:.3f}" for end in interval)
