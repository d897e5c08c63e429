"""The test sentences of the corpus with its two readings, to evaluate a model on.

python examples/evaluation.py test.jsonl
"""

import csv
import json
import sys
from pathlib import Path

SEEDS = Path(__file__).parent.parent / "seeds"


def main(out: Path) -> None:
    """Write them, in the order of files and lines; the readers are the columns anna and bert."""
    with (SEEDS / "readings.csv").open(encoding="utf-8", newline="") as file:
        readings = {row["id"]: row for row in csv.DictReader(file)}
    names = ("text", "context", "label", "target", "genre", "variety", "group")
    with out.open("w", encoding="utf-8") as file:
        for path in sorted(SEEDS.glob("*.jsonl")):
            for row in map(json.loads, path.read_text("utf-8").splitlines()):
                if row["split"] == "test":
                    kept = {name: row[name] for name in names}
                    reading = readings[row["id"]]
                    kept |= {"anna": reading["label_1"], "bert": reading["label_2"]}
                    file.write(json.dumps(kept, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
