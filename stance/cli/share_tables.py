"""Shares, differences and plans as tables on the terminal."""

from collections.abc import Sequence
from typing import Any

from stance.cli.terminal import make_console


def show_shares(
    records: Sequence[dict[str, Any]], names: Sequence[str], meaning: str, level: float
) -> None:
    """Shares or differences, and under them what is too thin to report.

    Args:
        records: from `stance.findings` or `stance.holder_findings`.
        names: the columns of the groups.
        meaning: what the shares are of.
        level: of the intervals.
    """
    from stance.display import record_table
    from stance.prevalence import LEAST_DOCUMENTS, LEAST_EVENTS, LEAST_GOLD

    console = make_console()
    console.print(f"{meaning}; {100 * level:.4g} % intervals for the stream of documents\n")
    console.print(record_table([_cells(record, names) for record in records]))
    if any(record["flag"] for record in records):
        what = "side" if "side" in records[0] else "label"
        console.print(
            f"\ntoo thin to report: fewer than {LEAST_GOLD} gold sentences that count, "
            f"{LEAST_EVENTS} with or without the {what}, or {LEAST_DOCUMENTS} documents with gold; "
            "--out FILE says which."
        )


def _cells(record: dict[str, Any], names: Sequence[str]) -> dict[str, str]:
    """A record as people read it."""
    cells = {name: str(record[name]) for name in ("holder", "side", *names) if name in record}
    interval = ""
    if record["low"] is not None:
        interval = f"{100 * record['low']:.1f} to {100 * record['high']:.1f}"
    label = {"label": record["label"]} if "label" in record else {}
    if "difference" in record:
        cells |= {name: record[name] for name in ("from", "to")} | label
        cells["difference"] = f"{100 * record['difference']:+.1f}"
        return cells | {"interval": interval, "flag": _flag(record)}
    cells |= label | {"n": f"{record['n']:,}", "gold": str(record["n_gold"])}
    cells |= {name: _percent(record[name]) for name in ("naive", "corrected")}
    gain = "" if record["gain"] is None else f"{record['gain']:.1f}"
    return cells | {"interval": interval, "gain": gain, "flag": _flag(record)}


def _flag(record: dict[str, Any]) -> str:
    return "too thin" if record["flag"] else ""


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"


def show_plan(
    records: Sequence[dict[str, Any]], sizes: Sequence[int], meaning: str, level: float
) -> None:
    """How wide intervals will be, for samples of several sizes."""
    from stance.display import record_table

    console = make_console()
    console.print(
        f"width of the {100 * level:.4g} % interval, in points, by sentences coded; {meaning}. "
        "It rests on the model's probabilities: a model worse than it says has wider ones.\n"
    )
    widths = [f"width_{n}" for n in sizes]
    rows = []
    for record in records:
        cells = {name: str(value) for name, value in record.items() if name not in widths}
        cells |= {"n": f"{record['n']:,}", "naive": _percent(record["naive"])}
        rows.append(cells | {f"{n:,}": _percent(record[f"width_{n}"]) for n in sizes})
    console.print(record_table(rows))
