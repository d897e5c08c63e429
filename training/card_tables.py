"""The figures of a model card, as tables in Markdown."""

from collections.abc import Iterable
from typing import Any


def score_table(metrics: dict[str, Any]) -> list[str]:
    """Macro-F1 with its interval, beside the baselines."""
    rows = ["| model | split | macro-F1 | 95 % interval | n |", "|---|---|---|---|---|"]
    named = {"this model": metrics} | metrics["baselines"]
    for name, one in named.items():
        for part in ("validation", "test"):
            if part in one:
                low, high = one[part]["intervals"]["macro_f1"]
                rows.append(
                    f"| {name} | {part} | {one[part]['macro_f1']:.3f} | {low:.3f} to {high:.3f} "
                    f"| {one[part]['n']} |"
                )
    return rows


def holder_table(metrics: dict[str, Any]) -> list[str]:
    """F1 of holders with their side, where the model tells them."""
    parts = [name for name in ("validation", "test") if "holders" in metrics.get(name, {})]
    if not parts:
        return []
    rows = ["| holders with their side, F1 | split | same span | overlap | same actor |"]
    rows.append("|---|---|---|---|---|")
    for part in parts:
        for role, those in metrics[part]["holders"].items():
            f1 = [f"{those[match]['f1']:.3f}" for match in ("exact", "overlap", "actor")]
            rows.append(f"| {role} | {part} | {' | '.join(f1)} |")
    return [*rows, ""]


def calibration_lines(metrics: dict[str, Any]) -> list[str]:
    """How honest the probabilities are, where the model was calibrated."""
    part = "test" if "test" in metrics else "validation"
    found = metrics[part].get("calibration")
    if found is None:
        return []
    before, after = found["before"], found["after"]
    sets = []
    for asked, one in found["sets"].items():
        least = min(share for share in one["by_label"].values() if share is not None)
        sets.append(
            f"{float(asked):.0%} asked, {one['coverage']:.1%} found (of the label covered least "
            f"{least:.1%}), {one['size']:.2f} labels a set"
        )
    return [
        f"Probabilities are calibrated on validation (temperature {after['temperature']:.3f}).",
        f"On {part}, before and after: expected calibration error {before['ece']:.3f} and",
        f"{after['ece']:.3f}, Brier score {before['brier']:.3f} and {after['brier']:.3f}.",
        *([f"Label sets on {part}, coverage: {'; '.join(sets)}."] if sets else []),
        "Both hold for text like the validation sentences only; `stance calibrate` fits them to",
        "a labelled sample of yours.",
        "",
    ]


def behaviour_section(metrics: dict[str, Any]) -> list[str]:
    """How often the model fails small cases, beside the linear one, where its labels are ours."""
    found = metrics.get("behaviour")
    if not found:
        return []
    named = {"this model": found}
    if linear := metrics["baselines"].get("linear", {}).get("behaviour"):
        named["linear"] = linear
    rows = [
        f"| {kind} | {sum(one['n'].values())} | "
        + " | ".join(_rate([those[kind]]) for those in named.values())
        + " |"
        for kind, one in found.items()
    ]
    n = sum(sum(one["n"].values()) for one in found.values())
    total = " | ".join(_rate(those.values()) for those in named.values())
    return [
        "## Behaviour",
        "",
        "Share of the cases of `stance check` that fail, by what they test:",
        "",
        f"| cases | n | {' | '.join(named)} |",
        "|---|---|" + "---|" * len(named),
        *rows,
        f"| all | {n} | {total} |",
        "",
    ]


def _rate(counts: Iterable[dict[str, Any]]) -> str:
    listed = list(counts)
    failed = sum(len(one["failed"]) for one in listed)
    return f"{failed / sum(sum(one['n'].values()) for one in listed):.0%}"
