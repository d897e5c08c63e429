"""What `stance.agreement` finds as the text of a file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stance.findings import as_text
from stance.holder_metrics import MATCHES

Record = dict[str, Any]


def agreement_text(report: Record, path: Path) -> str:
    """Everything as .json, or the measures as one table as .csv.

    Raises:
        OutputError: if the suffix is neither.
    """
    if path.suffix.lower() == ".json":
        return json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    return as_text([*flat(report)], path)


def flat(report: Record) -> Iterator[Record]:
    """The measures as the rows of one table: of what, which measure, value, interval, rows."""
    n = report["n"]
    for name in ("alpha", "percentage"):
        yield _row("all coders", "", name, report[name], n)
    for one in report["labels"]:
        for name in ("alpha", "kappa"):
            yield _row("label", one["label"], name, one[name], one["given"])
    for one in report["pairs"]:
        for name in ("percentage", "kappa"):
            yield _row("pair", f"{one['a']}, {one['b']}", name, one[name], one["n"])
    for one in report["coders"]:
        yield _row("coder", one["coder"], "kappa", one["kappa"], one["coded"])
    for one in report["ceiling"]["coders"]:
        yield _row("coder", one["coder"], "macro_f1", _f1(one), one["n"])
    yield _row("coder", "mean", "macro_f1", _f1(report["ceiling"]["mean"]), n)
    for one in report["holders"]:
        for match in MATCHES:
            name = f"{one['a']}, {one['b']}"
            yield _row(f"holders: {one['who']}", name, f"f1_{match}", one[match], one["n"])


def _f1(one: Record) -> Record:
    return {"value": one["human"]["macro_f1"], "interval": one["human"]["interval"]}


def _row(of: str, name: str, measure: str, found: Record, n: int) -> Record:
    low, high = found["interval"] or (None, None)
    value = {"measure": measure, "value": found["value"], "low": low, "high": high, "n": n}
    return {"of": of, "name": name} | value
