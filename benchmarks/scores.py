"""The table of scores in README and docs: the shipped model beside the linear baseline.

    python benchmarks/scores.py [--dev labelled.jsonl]

The baseline is trained on the spot. `--dev` is a file of real sentences that no model here
has learnt from, with the columns text, context and label.
"""

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stance import LABELS, StanceClassifier
from training.config import load_config
from training.corpus import UNSEEN, Seed, load_seeds
from training.evaluate import evaluate_rows, read_labelled
from training.procedure import train
from training.rows import LabelledRow


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", type=Path, help="a labelled file of real sentences")
    dev: Path | None = parser.parse_args().dev
    sets = {
        "our test, seen parties": _rows(one for one in load_seeds("test") if one.slice != UNSEEN),
        "our test, unseen parties": _rows(load_seeds("test", slice_name=UNSEEN)),
    }
    if dev is not None:
        sets[f"real sentences ({dev.stem})"] = read_labelled(dev)
    with tempfile.TemporaryDirectory() as folder:
        baseline = Path(folder) / "baseline"
        train(load_config("baseline"), baseline)
        models = {
            "shipped model": StanceClassifier.from_pretrained(),
            "linear baseline": StanceClassifier.from_pretrained(baseline),
        }
    labels = " | ".join(LABELS)
    print(f"| model | sentences | n | macro-F1 | 95 % interval | {labels} |")
    print("|---|---|---|---|---|---|---|---|---|")
    for title, rows in sets.items():
        for name, model in models.items():
            print(_line(name, title, evaluate_rows(model, rows)))


def _rows(seeds: Iterable[Seed]) -> list[LabelledRow]:
    return [LabelledRow(one.id, one.text, one.context, one.label) for one in seeds]


def _line(model: str, title: str, scores: dict[str, Any]) -> str:
    low, high = scores["intervals"]["macro_f1"]
    f1 = " | ".join(f"{one['f1']:.2f}" for one in scores["per_label"].values())
    macro = f"{scores['macro_f1']:.3f} | {low:.3f} to {high:.3f}"
    return f"| {model} | {title} | {scores['n']} | {macro} | {f1} |"


if __name__ == "__main__":
    main()
