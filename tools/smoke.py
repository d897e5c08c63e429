"""What must work where only the wheel is installed: ``python -I tools/smoke.py EXAMPLES``.

`tools/release_check.py` runs it in an empty environment, which has no torch.
"""

import csv
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "transformers", "sklearn", "scipy", "pandas", "matplotlib")


def stance(*arguments: object) -> str:
    """Run a command of `stance`; what it prints."""
    command = [sys.executable, "-I", "-m", "stance", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"stance {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def fill_in(sample: Path) -> None:
    """Code a sample as the model did."""
    with sample.open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    for row in rows:
        row["gold"] = row["label"]
    with sample.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Run every command that needs no torch once."""
    there = [name for name in HEAVY if importlib.util.find_spec(name)]
    if there:
        sys.exit(f"smoke: {', '.join(there)} must not be installed here")
    examples = Path(sys.argv[1])
    article = stance("label", examples / "artikel.txt")
    assert "against" in article, article
    gold = Path("gold.jsonl")
    sentences = ["De EU moet de sancties verlengen.", "Hef het embargo op.", "Zij gelden al lang."]
    rows = zip([*sentences, "De trein was laat."], ["favor", "against", "neutral", "unrelated"])  # noqa: B905
    gold.write_text("".join(json.dumps({"text": t, "label": n}) + "\n" for t, n in rows), "utf-8")
    assert "4 rows, no faults" in stance("check-data", gold)
    stance("evaluate", gold, "--out", "scores.json")
    assert json.loads(Path("scores.json").read_text("utf-8"))["scores"]["n"] == 4
    stance("check")
    with (examples / "study" / "archive.csv").open(encoding="utf-8", newline="") as file:
        head = [line for line, _ in zip(file, range(201))]  # noqa: B905
    Path("archive.csv").write_text("".join(head), "utf-8")
    stance("label", "archive.csv", "--out", "labelled.parquet")
    stance("sample", "labelled.parquet", "--out", "sample.csv", "--n", "40", "--with-labels")
    fill_in(Path("sample.csv"))
    assert "favor" in stance("estimate", "labelled.parquet", "sample.csv")
    print("wheel: label, check-data, evaluate, check, sample, estimate, without torch")


if __name__ == "__main__":
    main()
