"""Every command that uses a model works where only the light install (and `report`) is."""

import csv
from pathlib import Path

import pytest
from conftest import stance_rows, write_jsonl
from light_install import run_without, start_without

from stance.labels import LABELS
from stance.model_folder import SHIPPED

BLOCKED = (
    "torch transformers datasets accelerate sklearn scipy pandas polars yaml onnx "
    "onnxscript captum huggingface_hub"
).split()
_BEFORE = (
    "label archive.jsonl --sentences --context-column context --out labels.parquet",
    "sample labels.parquet --n 40 --with-labels --out todo.csv",
)
_AFTER = (
    "estimate labels.parquet gold.csv",
    "report labels.parquet --gold gold.csv --out report.html --overwrite",
    "evaluate archive.jsonl --errors errors.csv",
    "check",
    "check-data archive.jsonl",
    "explain Sancties.",
)


def run(commands, folder):
    return run_without(BLOCKED, *(command.split() for command in commands), folder=folder)


def code(todo: Path, gold: Path) -> None:
    """Fill the sample in, as the model would."""
    with todo.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with gold.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"gold": row["label"]} for row in rows)


def test_every_command(tmp_path):
    write_jsonl(tmp_path / "archive.jsonl", stance_rows())
    run(_BEFORE, tmp_path)
    code(tmp_path / "todo.csv", tmp_path / "gold.csv")
    done = run(_AFTER, tmp_path)
    assert (tmp_path / "report.html").stat().st_size > 10_000
    assert all(label in done.stdout for label in LABELS)


@pytest.mark.parametrize("command", ["train baseline", "push model lab/model"])
def test_what_needs_more_says_so(command, tmp_path):
    (tmp_path / "model").symlink_to(SHIPPED)
    done = start_without(BLOCKED, command.split(), folder=tmp_path)
    assert done.stderr.startswith("stance: ")
    assert "pip install" in done.stderr
    assert "6" in done.stderr.splitlines()[-1]
