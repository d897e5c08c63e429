"""How many of the suspected labels are wrong, where it is known which are.

    python benchmarks/suspects.py

Of sentences of the corpus, one label in twenty is changed to another, drawn at random. Judged by
the linear baseline in five parts, as `stance annotate suspects` does, and by the shipped model on
sentences that it has not learnt from.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from stance import LABELS
from stance.model_folder import SHIPPED
from stance.rows import LabelledRow
from training.corpus import load_seeds
from training.suspects import Judged, find_suspects, judge_by_folds, judge_by_model

SHARE = 0.05
FIRST = 50


def main() -> None:
    """Print the table as Markdown."""
    print("| sentences | changed | judged by | suspects | of them changed | of the first 50 |")
    print("|---|---|---|---|---|---|")
    train, test = ([*map(_row, load_seeds(split))] for split in ("train", "test"))
    for rows in (test[:300], test, train):
        wrong = _change(rows)
        _show(rows, judge_by_folds(wrong, LABELS))
        if rows is not train:
            _show(rows, judge_by_model(wrong, LABELS, SHIPPED))


def _row(seed: object) -> LabelledRow:
    values = vars(seed)
    names = ("text", "context", "label", "group")
    return LabelledRow(f"corpus: row {values['id']}", *(values[name] for name in names))


def _change(rows: Sequence[LabelledRow]) -> list[LabelledRow]:
    chance = random.Random(1)
    places = {*chance.sample(range(len(rows)), round(SHARE * len(rows)))}
    return [
        replace(row, label=chance.choice([one for one in LABELS if one != row.label]))
        if place in places
        else row
        for place, row in enumerate(rows)
    ]


def _show(rows: Sequence[LabelledRow], judged: Judged) -> None:
    truth = {row.place.rsplit(" ", 1)[1]: row.label for row in rows}
    changed = sum(truth[row.place.rsplit(" ", 1)[1]] != row.label for row in judged.rows)
    wrong = [truth[one["row"]] != one["label"] for one in find_suspects(judged, LABELS)]
    print(
        f"| {len(judged.rows):,} | {changed:,} | {judged.by} | {len(wrong):,} | {sum(wrong):,} | "
        f"{sum(wrong[:FIRST])} |"
    )


if __name__ == "__main__":
    main()
