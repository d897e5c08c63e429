"""The tables of scores in README and docs: the shipped model beside the linear baseline.

    python benchmarks/scores.py [--dev labelled.jsonl]

The baseline is trained on the spot. `--dev` is a file of real sentences that no model here
has learnt from, with the columns text, context and label. Writes
`benchmarks/results/scores.json`.
"""

import argparse
import csv
import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stance import LABELS, StanceClassifier
from stance.metrics import confusion, label_scores, score
from stance.rows import LabelledRow, read_labelled
from training.config import load_config
from training.corpus import UNSEEN, Seed, load_seeds
from training.procedure import train
from training.resources import SEEDS

_RESULT: Final = Path(__file__).parent / "results" / "scores.json"
_DRAWS: Final = 1000


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", type=Path, help="a labelled file of real sentences")
    sets = _sets(parser.parse_args().dev)
    with tempfile.TemporaryDirectory() as folder:
        baseline = Path(folder) / "baseline"
        train(load_config("baseline"), baseline)
        models = {
            "shipped model": StanceClassifier.from_pretrained(),
            "linear baseline": StanceClassifier.from_pretrained(baseline),
        }
        found = {
            title: {name: _measure(model, rows) for name, model in models.items()}
            for title, rows in sets.items()
        }
    _RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    labels = " | ".join(LABELS)
    print(f"| model | sentences | n | macro-F1 | 95 % interval | F_avg | {labels} | under noise |")
    print("|---|---|---|---|---|---|" + "---|" * (len(LABELS) + 1))
    for title, those in found.items():
        for name, one in those.items():
            print(_line(name, title, one))


def _sets(dev: Path | None) -> dict[str, list[LabelledRow]]:
    test = load_seeds("test")
    sets = {
        "our test, seen parties": _rows(one for one in test if one.slice != UNSEEN),
        "our test, unseen parties": _rows(one for one in test if one.slice == UNSEEN),
    }
    validation = load_seeds("validation")
    for genre in sorted({one.genre for one in validation}):
        sets[f"validation, {genre}"] = _rows(one for one in validation if one.genre == genre)
    if dev is not None:
        sets[f"real sentences ({dev.stem})"] = read_labelled(dev)
    return sets


def _rows(seeds: Iterable[Seed]) -> list[LabelledRow]:
    return [LabelledRow(one.id, one.text, one.context, one.label, one.group) for one in seeds]


def _measure(model: StanceClassifier, rows: list[LabelledRow]) -> dict[str, Any]:
    contexts = [row.context for row in rows]
    predicted = model.predict_proba([row.text for row in rows], contexts).argmax(axis=1).tolist()
    gold = [LABELS.index(row.label) for row in rows]
    found = score(gold, predicted, LABELS, [row.group or row.place for row in rows])
    return found | {"macro_f1_under_noise": _under_noise(gold, predicted)}


def _under_noise(gold: list[int], predicted: list[int]) -> float:
    """Mean macro-F1 if the gold labels were those of the second reader of our corpus."""
    limits = _second_reader()
    rng = np.random.default_rng(1)
    scores = []
    for _ in range(_DRAWS):
        draw = rng.random(len(gold))[:, None]
        second = (draw > limits[gold]).sum(axis=1).clip(max=len(LABELS) - 1)
        matrix = confusion(second.tolist(), predicted, len(LABELS))
        scores.append(label_scores(matrix)[2].mean())
    return float(np.mean(scores))


@cache
def _second_reader() -> NDArray[np.float64]:
    """Of each label the second reader's labels, as cumulated shares, (labels, labels)."""
    with (SEEDS / "readings.csv").open(encoding="utf-8", newline="") as file:
        pairs = Counter((row["label_1"], row["label_2"]) for row in csv.DictReader(file))
    rates = np.array([[pairs[a, b] for b in LABELS] for a in LABELS], dtype=float)
    return np.asarray((rates / rates.sum(axis=1, keepdims=True)).cumsum(axis=1))


def _line(model: str, title: str, scores: dict[str, Any]) -> str:
    low, high = scores["intervals"]["macro_f1"]
    f1 = " | ".join(f"{one['f1']:.2f}" for one in scores["per_label"].values())
    macro = f"{scores['macro_f1']:.3f} | {low:.3f} to {high:.3f} | {scores['f_avg']:.3f}"
    noise = f"{scores['macro_f1_under_noise']:.3f}"
    return f"| {model} | {title} | {scores['n']} | {macro} | {f1} | {noise} |"


if __name__ == "__main__":
    main()
