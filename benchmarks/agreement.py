"""How far the two readings of the corpus agreed, before any difference was settled.

    python benchmarks/agreement.py

Reads `seeds/readings.csv`: per sentence the label and holders of the one who wrote it and of the
one who read it blind.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

from stance import LABELS
from stance.labels import SIDES
from training.resources import SEEDS


def main() -> None:
    """Print the table as Markdown, one line a slice and one for all."""
    with (SEEDS / "readings.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    slices: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        slices[row["id"].rsplit("-", 1)[0]].append(row)
    columns = ["kappa", "alpha", *LABELS, "holder side", "holder span F1"]
    print("| slice | sentences | " + " | ".join(columns) + " |")
    print("|---|---|" + "---|" * len(columns))
    for name, part in [*sorted(slices.items()), ("all", rows)]:
        cells = [f"{value:.3f}" for value in _agreement(part)]
        print(f"| {name} | {len(part):,} | " + " | ".join(cells) + " |")


def _agreement(rows: Sequence[dict[str, str]]) -> list[float]:
    """Kappa and alpha over the labels, alpha of each label, of the sides held, F1 of the spans."""
    first, second = ([row[name] for row in rows] for name in ("label_1", "label_2"))
    spans = [[_holders(row[name]) for row in rows] for name in ("holders_1", "holders_2")]
    codes = [[LABELS.index(label) for label in labels] for labels in (first, second)]
    sides = [
        [int(any(stance == side for _, stance in one)) for one in coder for side in SIDES]
        for coder in spans
    ]
    same = sum(len(one & two) for one, two in zip(*spans, strict=True))
    total = sum(map(len, spans[0])) + sum(map(len, spans[1]))
    return [
        cohen_kappa_score(first, second) if len({*first, *second}) > 1 else 1.0,
        _alpha(codes),
        *(
            _alpha([[int(code == i) for code in coder] for coder in codes])
            for i in range(len(LABELS))
        ),
        _alpha(sides),
        2 * same / total if total else 1.0,
    ]


def _alpha(codes: Sequence[Sequence[int]]) -> float:
    """Krippendorff's alpha of nominal codes; 1 where neither coder ever used a second code."""
    if len(np.unique(codes)) < 2:
        return 1.0
    return float(krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal"))


def _holders(cell: str) -> frozenset[tuple[str, str]]:
    pairs = (one.rsplit("=", 1) for one in cell.split(" ; ") if one)
    return frozenset((name, stance) for name, stance in pairs)


if __name__ == "__main__":
    main()
