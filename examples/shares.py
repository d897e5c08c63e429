"""An archive whose true labels are known, to see how near estimated shares come.

python examples/shares.py archive.jsonl      # the test sentences of the corpus, unlabelled
python examples/shares.py todo.csv gold.csv  # plays the coder: fills in the true labels
python examples/shares.py                    # the true shares of labels
python examples/shares.py holders            # and of holders with their side
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from stance.holder_text import read_holder_text

SEEDS = Path(__file__).parent.parent / "seeds"


def test_sentences() -> list[dict[str, Any]]:
    """The sentences that the shipped model was not trained on, in the order of files and lines."""
    lines = (line for file in sorted(SEEDS.glob("*.jsonl")) for line in file.open("rb"))
    return [row for row in map(json.loads, lines) if row["split"] == "test"]


def write_archive(path: Path) -> None:
    """The sentences without their labels."""
    names = ("text", "context", "variety", "group")
    rows = [{name: row[name] for name in names} for row in test_sentences()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def code(todo: Path, gold: Path) -> None:
    """Fill in a sample; `row` is the line of the archive."""
    truth = [{"gold": row["label"], "gold_holders": holders_of(row)} for row in test_sentences()]
    with todo.open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    with gold.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(row | truth[int(row["row"]) - 1] for row in rows)


def holders_of(row: dict[str, Any]) -> str:
    """Who takes which side, as a coder writes it."""
    if not row["holders"] and row["label"] in ("favor", "against"):
        return "none"
    return "; ".join(f"{one['text']}: {one['stance']}" for one in row["holders"])


def show_truth() -> None:
    """Print the share of each label among the sentences that are not unrelated."""
    for variety in ("be", "nl"):
        labels = [row["label"] for row in test_sentences() if row["variety"] == variety]
        counts = Counter(one for one in labels if one != "unrelated")
        shares = {name: counts[name] / counts.total() for name in ("favor", "against", "neutral")}
        print(variety, *(f"{name} {100 * share:.1f}" for name, share in shares.items()))


def show_true_sides() -> None:
    """Print in which share of those sentences actors take a side, of the six largest."""
    rows = [row for row in test_sentences() if row["label"] != "unrelated"]
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counts.update(read_holder_text(holders_of(row).replace("none", "")))
    for (actor, side), n in counts.most_common(6):
        print(f"{actor} {side} {100 * n / len(rows):.1f}")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        show_truth()
    elif sys.argv[1:] == ["holders"]:
        show_true_sides()
    elif len(sys.argv) == 2:
        write_archive(Path(sys.argv[1]))
    else:
        code(Path(sys.argv[1]), Path(sys.argv[2]))
