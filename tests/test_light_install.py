"""Every command that uses a model works where only the light install (and `report`) is."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import stance_rows, write_jsonl

from stance.labels import LABELS
from stance.model_folder import SHIPPED

BLOCKED = (
    "torch transformers datasets accelerate sklearn scipy pandas polars yaml onnx "
    "onnxscript captum huggingface_hub"
).split()
_RUN = f"""
import json, sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BLOCKED!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, NotInstalled())
from stance.cli import main
for command in json.loads(sys.argv[1]):
    sys.argv = ["stance", *command]
    try:
        main()
    except SystemExit as end:
        if end.code:
            sys.exit(f"{{command}}: {{end.code}}")
    print("ended well:", command[0])
"""
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
    listed = json.dumps([command.split() for command in commands])
    done = subprocess.run(
        [sys.executable, "-c", _RUN, listed], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    ended = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("ended")]
    assert ended == [command.split()[0] for command in commands], done.stderr
    return done


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
    listed = json.dumps([command.split()])
    done = subprocess.run(
        [sys.executable, "-c", _RUN, listed], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stderr.startswith("stance: ")
    assert "pip install" in done.stderr
    assert "6" in done.stderr.splitlines()[-1]
