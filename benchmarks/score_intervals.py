"""How often the interval of macro-F1 holds the true score; docs/evaluation.md.

    python benchmarks/score_intervals.py

Documents of four sentences are drawn from a population whose confusion is known: labels with
shares .35, .3, .25 and .1, and a model that is right in 72 % of the sentences; errors of one
document go together or not. The interval should hold the population's score in 95 % of the
draws. Writes `benchmarks/results/score_intervals.json`.
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stance.metrics import confusion, macro_f1, score

_RESULT: Final = Path(__file__).parent / "results" / "score_intervals.json"
_LABELS: Final = ("favor", "against", "neutral", "unrelated")
_SHARES: Final = (0.35, 0.3, 0.25, 0.1)
_SENTENCES: Final = 4
_SIZES: Final = (5, 10, 20, 40, 80, 300)
_DRAWS: Final = 400
_POPULATION: Final = 50_000


def main() -> None:
    """Measure, write and print as Markdown."""
    found = [
        {"documents": size, "alike": alike} | _measure(size, alike)
        for alike in (False, True)
        for size in _SIZES
    ]
    _RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("| documents | errors of a document | bootstrap over documents | over rows |")
    print("|---|---|---|---|")
    for one in found:
        how = "together" if one["alike"] else "apart"
        print(
            f"| {one['documents']} | {how} | {one['over_documents']:.3f} | {one['over_rows']:.3f} |"
        )


def _measure(size: int, alike: bool) -> dict[str, float]:
    """The share of draws whose interval holds the score of the population."""
    generator = np.random.default_rng(1)
    gold, predicted = _draw(generator, _POPULATION, alike)
    matrix = confusion(gold, predicted, len(_LABELS))
    truth = float(macro_f1(matrix, np.ones(len(_LABELS), bool)))
    documents = [str(i // _SENTENCES) for i in range(size * _SENTENCES)]
    held = {"over_documents": 0, "over_rows": 0}
    for _ in range(_DRAWS):
        gold, predicted = _draw(generator, size, alike)
        for name, groups in (("over_documents", documents), ("over_rows", None)):
            low, high = score(gold, predicted, _LABELS, groups)["intervals"]["macro_f1"]
            held[name] += low <= truth <= high
    return {name: count / _DRAWS for name, count in held.items()}


def _draw(generator: np.random.Generator, documents: int, alike: bool) -> NDArray[Any] | Any:
    """Gold and predicted labels of some documents."""
    n = documents * _SENTENCES
    gold = generator.choice(len(_LABELS), size=n, p=_SHARES)
    if alike:  # a document is hard or easy as a whole
        chance = np.repeat(generator.choice([0.44, 1.0], size=documents), _SENTENCES)
    else:
        chance = np.full(n, 0.72)
    wrong = (gold + generator.integers(1, len(_LABELS), n)) % len(_LABELS)
    return gold, np.where(generator.random(n) < chance, gold, wrong)


if __name__ == "__main__":
    main()
