"""How often the sanctioned party of a sentence is found; docs/holders.md.

    python benchmarks/targets.py [--misses 30]

The cues were written and weighed on the training split of our corpus. Measured on its rows that
are about sanctions, without and with the sentences of their group before them as the document.
Writes `benchmarks/results/targets.json`, prints the table and the targets that are no actor.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stance.actors import ActorTable
from stance.metrics import score
from stance.targets import find_target
from training.corpus import UNSEEN, Seed, load_seeds

_RESULT = Path(__file__).parent / "results" / "targets.json"
_COLUMNS = (
    "rows", "named", "first_country", "accuracy", "interval", "of_answers",
    "rows_without", "false_targets",
)  # fmt: skip


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", type=int, default=0, help="how many training misses to show")
    n_misses: int = parser.parse_args().misses
    seeds = [seed for seed in load_seeds() if seed.label != "unrelated"]
    sets = {
        "train": [one for one in seeds if one.split == "train"],
        "validation": [one for one in seeds if one.split == "validation"],
        "test, seen parties": [one for one in seeds if one.split == "test" and one.slice != UNSEEN],
        "test, unseen parties": [one for one in seeds if one.slice == UNSEEN],
    }
    earlier = _earlier(load_seeds())
    result = {
        f"{title}{suffix}": _measure(rows, documents)
        for title, rows in sets.items()
        for suffix, documents in (("", {}), (", with the document", earlier))
    }
    _RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print("| set |", " | ".join(name.replace("_", " ") for name in _COLUMNS), "|")
    print("|---" * (len(_COLUMNS) + 1) + "|")
    for title, found in result.items():
        print(f"| {title} |", " | ".join(_cell(found[name]) for name in _COLUMNS), "|")
    print(f"a sentence: {_microseconds(sets['validation']):.0f} microseconds of processor time")
    table = ActorTable.load()
    unknown = Counter(
        one.target for one in seeds if table.canonical(one.target) not in {"", *table.actors}
    )
    print("targets that are no actor:", *(f"{name} ({n});" for name, n in unknown.most_common()))
    for seed in sets["train"] if n_misses else ():
        if (found := find_target(seed.text, seed.context)) != table.canonical(seed.target):
            print(f"{seed.id}: {seed.target!r}, found {found!r}: {seed.context} >> {seed.text}")
            if not (n_misses := n_misses - 1):
                break


def _earlier(seeds: Sequence[Seed]) -> dict[str, list[str]]:
    """For each row the sentences and contexts of its group that stand before it in the files."""
    groups: dict[str, list[str]] = defaultdict(list)
    found = {}
    for seed in seeds:
        found[seed.id] = [*groups[seed.group]]
        groups[seed.group] += filter(None, (seed.context, seed.text))
    return found


def _measure(rows: Sequence[Seed], earlier: dict[str, list[str]]) -> dict[str, Any]:
    """Accuracy over rows with a target, and how many rows without one are given one."""
    table = ActorTable.load()
    found = [find_target(one.text, one.context, earlier.get(one.id, ())) for one in rows]
    pairs = [(one, target) for one, target in zip(rows, found, strict=True) if one.target]
    without = [target for one, target in zip(rows, found, strict=True) if not one.target]
    right = [int(target == table.canonical(one.target)) for one, target in pairs]
    scores = score([1] * len(right), right, ["wrong", "right"], [one.group for one, _ in pairs])
    first = [_first_country(one) == table.canonical(one.target) for one, _ in pairs]
    return {
        "rows": len(pairs),
        "named": sum(_is_named(one) for one, _ in pairs) / len(pairs),
        "first_country": sum(first) / len(pairs),
        "accuracy": scores["accuracy"],
        "interval": scores["intervals"]["accuracy"],
        "of_answers": sum(right) / sum(bool(target) for _, target in pairs),
        "rows_without": len(without),
        "false_targets": sum(map(bool, without)) / len(without),
    }


def _is_named(seed: Seed) -> bool:
    """Whether sentence or context names the target: no rule without the document finds more."""
    table = ActorTable.load()
    mentions = (one.actor for text in (seed.text, seed.context) for one in table.mentions(text))
    return table.canonical(seed.target) in mentions


def _first_country(seed: Seed) -> str:
    """The simplest rule: the first country that the sentence names, or the context."""
    mentions = (
        one for text in (seed.text, seed.context) for one in ActorTable.load().mentions(text)
    )
    return next((one.actor for one in mentions if one.kind == "country"), "")


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(f"{one:.3f}" for one in value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _microseconds(rows: Sequence[Seed]) -> float:
    """Processor time of a row; its sentences are not in the cache when contexts differ."""
    start = time.process_time()
    for i, one in enumerate(rows):
        find_target(one.text, f"{one.context} {i}")
    return (time.process_time() - start) / len(rows) * 1e6


if __name__ == "__main__":
    main()
