"""Plays three coders who err, on sentences of the corpus whose true labels are known.

python examples/annotation.py tasks.json export.json   # they code the tasks in Label Studio
python examples/annotation.py differ.csv decided.csv   # they settle what they disagree on
"""

import csv
import json
import random
import sys
from pathlib import Path
from typing import Any, Final

from shares import holders_of, test_sentences

ROWS: Final = test_sentences()
LABELS: Final = ("favor", "against", "neutral", "unrelated")
_ERRORS: Final = (0.08, 0.12, 0.2)
"""How often each coder errs in the label; in a holder half as often."""


def true_row(key: str) -> dict[str, Any]:
    """The row of the corpus that an id such as 412-0 means: row and place in it."""
    return ROWS[int(key.split("-")[0]) - 1]


def code(tasks: Path, export: Path) -> None:
    """Write what Label Studio exports after three coders have coded its tasks."""
    records = json.loads(tasks.read_text("utf-8"))
    for number, record in enumerate(records, start=1):
        truth = true_row(record["data"]["sentence_id"])
        annotations = [annotation(truth, coder, number) for coder in range(len(_ERRORS))]
        record |= {"id": number, "annotations": annotations, "predictions": []}
    export.write_text(json.dumps(records, ensure_ascii=False), "utf-8")


def annotation(truth: dict[str, Any], coder: int, number: int) -> dict[str, Any]:
    """What a coder says of a sentence."""
    chance, error = random.Random(1000 * coder + number), _ERRORS[coder]
    label = truth["label"]
    if chance.random() < error:
        label = chance.choice([one for one in LABELS if one != label])
    result = [choice("label", label)]
    for holder in truth["holders"] if label != "unrelated" else ():
        if chance.random() < error / 2:
            continue
        if holder["start"] is None:
            result.append(choice("author", holder["stance"]))
            continue
        value = {name: holder[name] for name in ("start", "end", "text")}
        value |= {"labels": [holder["stance"]]}
        result.append({"from_name": "holders", "to_name": "text", "type": "labels", "value": value})
    return {"completed_by": coder + 1, "was_cancelled": False, "result": result}


def choice(name: str, value: str) -> dict[str, Any]:
    """A choice as Label Studio writes it."""
    return {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [value]}}


def decide(differ: Path, decided: Path) -> None:
    """Fill in the true labels and holders where coders differ."""
    with differ.open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    with decided.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        for row in rows:
            truth = true_row(row["id"])
            gold = {"gold": truth["label"], "gold_holders": holders_of(truth) or "none"}
            writer.writerow(row | gold)


if __name__ == "__main__":
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    (code if source.suffix == ".json" else decide)(source, out)
