"""What an evaluation found, as tables on a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from stance.display import record_table
from stance.evaluation import LEAST_DOCUMENTS
from stance.hub import name_of
from stance.printable import printable

Record = dict[str, Any]

_TITLES: Final = {"macro_f1": "macro-F1", "f_avg": "F_avg", "accuracy": "accuracy"}
_SUMMARY: Final = ("n", "documents", "labels", "macro-F1", "interval")
_MOST_GROUPS: Final = 6
"""Groups whose confusion is shown; of more, that of all rows."""
_SHOWN: Final = 5
"""Errors and leaks that are shown."""


def show(report: Record, console: Console) -> None:
    """Show everything, one table after the other."""
    scores, column = report["scores"], report["document_column"]
    of = f"{scores['documents']:,} documents ({column})" if column else "every row by itself"
    head = f"{name_of(Path(report['models'][0]))} on {scores['n']:,} rows, {of}; 95 % intervals"
    console.print(printable(f"{head}\n"))
    console.print(record_table([*_labels(scores)]))
    if report["truncated"]:
        console.print(f"\n{report['truncated']:,} rows are too long; only their head was read.")
    _show_views(report["views"], console)
    _show_groups(report["groups"], console)
    _show_confusion(report, console)
    _show_coders(report["coders"], console)
    _show_against(report, console)
    _show_leaks(report, console)
    _show_errors(report["errors"], scores["n"], console)


def _show_part(title: str, records: Iterable[dict[str, str]], console: Console) -> None:
    console.print(f"\n{title}\n")
    console.print(record_table([*records]))


def _show_views(views: Sequence[Record], console: Console) -> None:
    there = [one for one in views if not one["reason"]]
    _show_summaries("side by side", [({"rows": one["rows"]}, one) for one in there], console)
    reasons = [f"{one['view']}: not shown, {one['reason']}." for one in views if one["reason"]]
    if reasons:
        console.print(printable("\n".join(["", *reasons])))


def _show_groups(groups: Sequence[Record], console: Console) -> None:
    if groups:
        _show_summaries("by group", [(one["group"], one) for one in groups], console)


def _show_summaries(
    title: str, named: Sequence[tuple[dict[str, str], Record]], console: Console
) -> None:
    """One line for each set of rows; those of few documents are marked, if there are such."""
    few = any(one.get("flag") for _, one in named)
    records = [
        head | _summary(one) | ({"": "few" if one.get("flag") else ""} if few else {})
        for head, one in named
    ]
    _show_part(title, records, console)
    if few:
        console.print(f"\nfew: fewer than {LEAST_DOCUMENTS} documents; the interval is too narrow.")


def _show_confusion(report: Record, console: Console) -> None:
    n = len(report["groups"])
    few = 0 < n <= _MOST_GROUPS
    groups = report["groups"] if few else [{"group": {}} | report["scores"]]
    _show_part("confusion: gold in rows, predicted in columns", _confusions(groups), console)
    if n and not few:
        console.print(f"\nof all rows; --out FILE.json has that of {n:,} groups.")


def _show_coders(found: Record, console: Console) -> None:
    if found:
        title = "coders, each left out once: against the majority of the others"
        _show_part(title, _coders(found), console)
        console.print(f"\n{found['ties']}.")


def _show_against(report: Record, console: Console) -> None:
    if found := report["against"]:
        other = name_of(Path(report["models"][1]))
        _show_part(printable(f"against {other}"), _against(found), console)
        console.print(
            f"\nright in one alone: {found['only_first']:,} rows the model, "
            f"{found['only_second']:,} the other; exact McNemar test p = {_p(found['mcnemar_p'])}, "
            "as if rows were independent."
        )


def _labels(scores: Record) -> Iterator[dict[str, str]]:
    for label, one in scores["per_label"].items():
        numbers = {name: _score(one[name]) for name in ("precision", "recall")}
        f1 = {"F1": _score(one["f1"]), "interval": _interval(one["intervals"]["f1"])}
        if not one["support"]:  # nothing to find, so no recall and no F1
            numbers["recall"], f1 = "", dict.fromkeys(f1, "")
        yield {"label": label} | numbers | f1 | {"n": f"{one['support']:,}"}
    for name, title in _TITLES.items():
        if name in scores:
            numbers = {"label": title, "precision": "", "recall": "", "F1": _score(scores[name])}
            ends = _interval(scores["intervals"][name])
            yield numbers | {"interval": ends, "n": f"{scores['n']:,}"}


def _summary(one: Record) -> dict[str, str]:
    if not one["n"]:
        return {"n": "0"} | dict.fromkeys(_SUMMARY[1:], "")
    values = (
        f"{one['n']:,}",
        f"{one['documents']:,}",
        str(sum(label["support"] > 0 for label in one["per_label"].values())),
        _score(one["macro_f1"]),
        _interval(one["intervals"]["macro_f1"]),
    )
    return dict(zip(_SUMMARY, values, strict=True))


def _confusions(groups: Sequence[Record]) -> Iterator[dict[str, str]]:
    for one in groups:
        for label, counts in zip(one["labels"], one["confusion"], strict=True):
            cells = {name: f"{n:,}" for name, n in zip(one["labels"], counts, strict=True)}
            yield one["group"] | {"label": label} | cells


def _coders(found: Record) -> Iterator[dict[str, str]]:
    for one in found["coders"]:
        cells = {"coder": one["coder"], "n": f"{one['n']:,}", "ties": f"{one['ties']:,}"}
        yield cells | _beside(one)
    mean = found["mean"]
    yield {"coder": "mean", "n": "", "ties": ""} | _beside(mean)
    yield {
        "coder": "model less human", "n": "", "ties": "", "human": "", "of human": "",
        "model": f"{mean['difference']:+.3f}",
        "of model": _interval(mean["difference_interval"], signed=True),
    }  # fmt: skip


def _beside(one: Record) -> dict[str, str]:
    cells: dict[str, str] = {}
    for who in ("human", "model"):
        cells |= {who: _score(one[who]["macro_f1"]), f"of {who}": _interval(one[who]["interval"])}
    return cells


def _against(found: Record) -> Iterator[dict[str, str]]:
    for name in ("macro_f1", "accuracy"):
        one = found[name]
        yield {
            "score": _TITLES[name],
            "model": _score(one["first"]),
            "other": _score(one["second"]),
            "difference": f"{one['difference']:+.3f}",
            "interval": _interval(one["interval"], signed=True),
        }


def _show_leaks(report: Record, console: Console) -> None:
    leaks = report["leaks"]
    for place, where in (("training", "in the training data"), ("file", "above in the file")):
        counts = leaks[place]
        if place == "training" and report["training_sentences"] is None:
            console.print("\nleaks: the training data is not at hand; give --train FILE.")
            continue
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in counts.items() if n) or "none"
        console.print(f"\nleaks: rows that stand {where} too: {kinds}.")
    if leaks["rows"]:
        shown = [
            {"row": one["place"].rsplit(" ", 1)[1], "kind": one["kind"], "other": one["other"]}
            | {"text": one["text"]}
            for one in leaks["rows"][:_SHOWN]
        ]
        console.print(record_table(shown))
        _more(len(leaks["rows"]), "--out FILE.json", console)


def _show_errors(errors: Sequence[Record], n: int, console: Console) -> None:
    console.print(f"\nerrors: {len(errors):,} of {n:,} rows; the most confident first\n")
    names = ("gold", "predicted", "text")
    shown = [
        {"row": one["place"].rsplit(" ", 1)[1], "score": f"{one['score']:.2f}"}
        | {name: one[name] for name in names}
        for one in errors[:_SHOWN]
    ]
    if shown:
        console.print(record_table(shown))
        _more(len(errors), "--errors FILE", console)


def _more(n: int, option: str, console: Console) -> None:
    if n > _SHOWN:
        console.print(f" ... and {n - _SHOWN:,} more; {option} has all.")


def _score(value: float) -> str:
    return f"{value:.3f}"


def _interval(ends: Sequence[float], *, signed: bool = False) -> str:
    return " to ".join(f"{end:+.3f}" if signed else f"{end:.3f}" for end in ends)


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"
