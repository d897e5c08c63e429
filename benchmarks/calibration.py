"""How honest the probabilities of the shipped model are: the table of docs/calibration.md.

    python benchmarks/calibration.py [--dev labelled.jsonl]

Calibration error, Brier score and the coverage of label sets on our test, parties seen and unseen
in training apart, and on `--dev`, a file of real sentences (text, context, label) that neither the
model nor its calibration has seen. A model without a calibration is calibrated on our validation
first, as `stance calibrate` does. Writes `benchmarks/results/calibration.json`.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from stance import LABELS, StanceClassifier
from stance.model_folder import ModelSettings
from stance.recalibration import calibrate, measure
from stance.rows import LabelledRow, read_labelled
from training.corpus import UNSEEN, Seed, load_seeds

_RESULT: Final = Path(__file__).parent / "results" / "calibration.json"


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", type=Path, help="a labelled file of real sentences")
    dev: Path | None = parser.parse_args().dev
    model = StanceClassifier.from_pretrained()
    settings, origin = model.settings, "stored with the model"
    if not settings.conformal:
        settings = calibrate(settings, *_read(model, _rows(load_seeds("validation"))))
        origin = "fitted on our validation here"
    test = load_seeds("test")
    sets = {
        "our test, seen parties": _rows(one for one in test if one.slice != UNSEEN),
        "our test, unseen parties": _rows(one for one in test if one.slice == UNSEEN),
    }
    if dev is not None:
        sets[f"real sentences ({dev.stem})"] = read_labelled(dev)
    found = {title: _measure(model, settings, rows) for title, rows in sets.items()}
    report = {"temperature": settings.temperature, "calibration": origin, "sets": found}
    _RESULT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"temperature {settings.temperature:.3f} ({origin})\n")
    asked = [f"{coverage:.0%} sets: coverage, size" for coverage, _ in settings.conformal]
    print(f"| sentences | n | ECE before, after | Brier before, after | {' | '.join(asked)} |")
    print("|---|---|---|---|" + "---|" * len(asked))
    for title, one in found.items():
        print(_line(title, one))


def _rows(seeds: Iterable[Seed]) -> list[LabelledRow]:
    return [LabelledRow(one.id, one.text, one.context, one.label, one.group) for one in seeds]


def _read(model: StanceClassifier, rows: Sequence[LabelledRow]) -> tuple[np.ndarray, np.ndarray]:
    contexts = [row.context for row in rows] if model.uses_context else None
    gold = np.array([LABELS.index(row.label) for row in rows])
    return model.score([row.text for row in rows], contexts).logits, gold


def _measure(
    model: StanceClassifier, settings: ModelSettings, rows: Sequence[LabelledRow]
) -> dict[str, Any]:
    return measure(replace(settings, temperature=1.0), settings, *_read(model, rows))


def _line(title: str, one: dict[str, Any]) -> str:
    before, after = one["before"], one["after"]
    scores = [f"{before[name]:.3f}, {after[name]:.3f}" for name in ("ece", "brier")]
    sets = [f"{those['coverage']:.3f}, {those['size']:.2f}" for those in one["sets"].values()]
    return f"| {title} | {one['n']} | {' | '.join([*scores, *sets])} |"


if __name__ == "__main__":
    main()
