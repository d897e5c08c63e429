"""What explanations of labels can tell; docs/explain.md.

    python benchmarks/explanations.py [--model runs/small-dutch]

Explains validation sentences of our corpus, drawn at random: by occlusion with the shipped model,
and with --model, a folder with torch weights, by integrated gradients too; some of them at as many
steps as are ever taken. Writes `benchmarks/results/explanations.json` and prints it.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from unittest import mock

import numpy as np

from stance import Explainer, Explanation, gradients
from training.corpus import Seed, load_seeds

_RESULT: Final = Path(__file__).parent / "results" / "explanations.json"
_SENTENCES: Final = 100
_FINE: Final = 40
"""Of them, sentences whose gradients are taken at all steps."""


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a folder with torch weights")
    model: Path | None = parser.parse_args().model
    seeds = load_seeds("validation")
    random.Random(1).shuffle(seeds)
    seeds = seeds[:_SENTENCES]
    left_out = _explained(Explainer.from_pretrained(), seeds)
    strongest = np.array([_strongest(one) for one in left_out])
    occlusion = {
        "no_word_of_0.1": int((strongest < 0.1).sum()),
        "no_word_of_0.5": int((strongest < 0.5).sum()),
        "highest_log_odds": max(one.log_odds for one in left_out),
    }
    report = {"sentences": len(seeds), "occlusion": occlusion}
    if model is not None:
        report["gradients"] = _gradients(Explainer.from_pretrained(model), seeds, left_out)
    text = json.dumps(report, indent=2) + "\n"
    _RESULT.write_text(text, encoding="utf-8")
    print(text, end="")


def _gradients(
    explainer: Explainer, seeds: Sequence[Seed], left_out: Sequence[Explanation]
) -> dict[str, Any]:
    shared_out = _explained(explainer, seeds)
    with mock.patch.object(gradients, "STEPS", gradients.STEPS[-1:]):
        fine = _explained(explainer, seeds[:_FINE])
    errors = [
        max(abs(a.attribution - b.attribution) for a, b in zip(_all(one), _all(two), strict=True))
        for one, two in zip(shared_out, fine, strict=False)
    ]
    pairs = [
        (one, two)
        for one, two in zip(left_out, shared_out, strict=True)
        if one.label == two.label  # int8 and torch differ in few
    ]
    return {
        "steps": dict(Counter(str(one.steps) for one in shared_out)),
        "largest_gap": max(one.gap or 0.0 for one in shared_out),
        "largest_error_of_a_word": max(errors),
        "no_word_of_0.1": sum(_strongest(one) < 0.1 for one in shared_out),
        "no_word_of_0.5": sum(_strongest(one) < 0.5 for one in shared_out),
        "same_label": len(pairs),
        "same_strongest_word": sum(_first(one) == _first(two) for one, two in pairs),
    }


def _explained(explainer: Explainer, seeds: Sequence[Seed]) -> list[Explanation]:
    return [explainer.explain(one.text, one.context) for one in seeds]


def _all(one: Explanation) -> list[Any]:
    return one.words + one.context_words


def _strongest(one: Explanation) -> float:
    return max(abs(word.attribution) for word in _all(one))


def _first(one: Explanation) -> int:
    """Index of the word of the sentence that speaks most for the label."""
    return int(np.argmax([word.attribution for word in one.words]))


if __name__ == "__main__":
    main()
