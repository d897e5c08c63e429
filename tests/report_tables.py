"""Labelled tables with everything that a page shows, and the sample and manifest beside them."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from conftest import write_jsonl

from stance.labelled import open_labelled
from stance.labels import LABELS
from stance.report import View, make_report

EVIL = "<script>alert('krant')</script> & \"Zn.\" $x^2$"
"""An outlet that would be markup in html, in an attribute and in a figure."""
OUTLETS = ("De Brug", "Kanaal Negen", EVIL)
SENTENCE = "Het Kremlin wil de sancties niet, zegt <img src=x onerror=alert(1)> </script>"


def rows(n=240):
    """Sentences of n documents, each with a holder that is named and one that is the writer."""
    generator = np.random.default_rng(5)
    found = []
    for number in range(1, n + 1):
        label = LABELS[int(generator.choice(4, p=[0.3, 0.3, 0.2, 0.2]))]
        side = label if label in ("favor", "against") else None
        holders = []
        if side:
            named = {"actor": "Rusland", "text": "Het Kremlin", "start": 0, "end": 11}
            writer = {"actor": "author", "text": "author", "start": None, "end": None}
            holders = [one | {"stance": side, "score": 0.9} for one in (writer, named)]
        chances = {name: 0.7 if name == label else 0.1 for name in LABELS}
        found.append(
            {"outlet": OUTLETS[number % 3], "date": f"202{number % 2}-0{1 + number // 2 % 4}-15"}
            | {"row": number, "sentence_index": 0, "start": 0, "end": len(SENTENCE)}
            | {"sentence": f"{SENTENCE} {number}", "label": label, "score": 0.7}
            | {f"p_{name}": chance for name, chance in chances.items()}
            | {"abstained": number % 40 == 0, "truncated": False}
            | {"target": ("Rusland", "Iran")[number % 2] if label != "unrelated" else ""}
            | {"not_dutch": False, "holders": holders}
        )
    return found


def write(path: Path, table=None):
    """A table in any format, holders as labelling writes them there."""
    table = rows() if table is None else table
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(table), path)
    elif path.suffix == ".jsonl":
        write_jsonl(path, table)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*table[0]])
            writer.writeheader()
            for row in table:
                told = "; ".join(f"{one['actor']}: {one['stance']}" for one in row["holders"])
                flag = "true" if row["abstained"] else "false"
                writer.writerow(row | {"holders": told, "abstained": flag})
    return path


def write_gold(path: Path, table=None):
    """A sample of half of the sentences; one label in six is another than the predicted one."""
    table = rows() if table is None else table
    lines = ["row,sentence_index,gold,inclusion_probability"]
    for place, row in enumerate(table[::2]):
        gold = LABELS[(LABELS.index(row["label"]) + (place % 6 == 0)) % 4]
        lines.append(f"{row['row']},0,{gold},0.5")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def write_manifest(table: Path, n=240, more=None, **model):
    """What labelling writes beside a table."""
    counts = {"rows": n + 3, "labelled_rows": n, "rejected_rows": 3, "sentences": n, "written": n}
    counts |= more or {}
    content = {
        "inputs": [{"name": "in.csv", "sha256": "abc"}],
        "model": {"folder": "small-dutch", "sha256": "0" * 64} | model,
        "options": {"sentences": True},
        "counts": counts | {"truncated": 1, "abstained": 6, "not_dutch_rows": 2},
        "versions": {"stance-nl": "0.1.0"},
    }
    path = table.with_name(f"{table.name}.manifest.json")
    path.write_text(json.dumps(content), "utf-8")
    return path


def page(path: Path, gold: Path | None = None, **view):
    """The page of a table."""
    return make_report(open_labelled(path), gold, View(**view))
