"""How honest the probabilities of the shipped model are: the table of docs/calibration.md.

    python benchmarks/calibration.py [--dev labelled.jsonl]

Calibration error, Brier score and the coverage of label sets on our test, parties seen and unseen
in training apart, and on `--dev`, a file of real sentences (text, context, label) that neither the
model nor its calibration has seen. Writes `benchmarks/results/calibration.json`.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from stance import StanceClassifier
from stance.evaluation import gold_of, score_rows
from stance.recalibration import measure
from stance.rows import LabelledRow, read_labelled
from training.corpus import UNSEEN, Seed, load_seeds

_RESULT: Final = Path(__file__).parent / "results" / "calibration.json"


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", type=Path, help="a labelled file of real sentences")
    dev: Path | None = parser.parse_args().dev
    model = StanceClassifier.from_pretrained()
    settings = model.settings
    test = load_seeds("test")
    sets = {
        "our test, seen parties": _rows(one for one in test if one.slice != UNSEEN),
        "our test, unseen parties": _rows(one for one in test if one.slice == UNSEEN),
    }
    if dev is not None:
        sets[f"real sentences ({dev.stem})"] = read_labelled(dev)
    found = {title: _measure(model, rows) for title, rows in sets.items()}
    report = {"temperature": settings.temperature, "sets": found}
    _RESULT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"temperature {settings.temperature:.3f}\n")
    asked = [f"{coverage:.0%} sets: coverage, size" for coverage, _ in settings.conformal]
    print(f"| sentences | n | ECE before, after | Brier before, after | {' | '.join(asked)} |")
    print("|---|---|---|---|" + "---|" * len(asked))
    for title, one in found.items():
        print(_line(title, one))


def _rows(seeds: Iterable[Seed]) -> list[LabelledRow]:
    return [LabelledRow(one.id, one.text, one.context, one.label, one.group) for one in seeds]


def _measure(model: StanceClassifier, rows: Sequence[LabelledRow]) -> dict[str, Any]:
    gold = np.array(gold_of(rows, model.labels))
    raw = replace(model.settings, temperature=1.0)
    return measure(raw, model.settings, score_rows(model, rows).logits, gold)


def _line(title: str, one: dict[str, Any]) -> str:
    before, after = one["before"], one["after"]
    scores = [f"{before[name]:.3f}, {after[name]:.3f}" for name in ("ece", "brier")]
    sets = [f"{those['coverage']:.3f}, {those['size']:.2f}" for those in one["sets"].values()]
    return f"| {title} | {one['n']} | {' | '.join([*scores, *sets])} |"


if __name__ == "__main__":
    main()
