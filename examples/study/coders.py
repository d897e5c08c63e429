"""Plays the coders of the tutorial: two readers coded all 2,000 sentences of its archive.

python examples/study/coders.py todo.csv gold.csv   # fills in the settled labels of a sample
python examples/study/coders.py                     # the true shares, which a real study never sees
"""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

FOLDER = Path(__file__).parent


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a csv file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


def code(todo: Path, gold: Path) -> None:
    """Fill in a sample, both coders and what they settled on; `row` is the line of the archive."""
    codes, rows = read(FOLDER / "codes.csv"), read(todo)
    filled = [row | codes[int(row["row"]) - 1] for row in rows]
    with gold.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*filled[0]])
        writer.writeheader()
        writer.writerows(filled)


def show_truth() -> None:
    """Print the share of each label among the sentences that are not unrelated, by outlet."""
    labels = defaultdict(list)
    for row, codes in zip(read(FOLDER / "archive.csv"), read(FOLDER / "codes.csv"), strict=True):
        labels[row["outlet"]].append(codes["gold"])
    for outlet, those in sorted(labels.items()):
        counts = Counter(one for one in those if one != "unrelated")
        shares = {name: counts[name] / counts.total() for name in ("favor", "against", "neutral")}
        print(outlet, *(f"{name} {100 * share:.1f}" for name, share in shares.items()))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        show_truth()
    else:
        code(Path(sys.argv[1]), Path(sys.argv[2]))
