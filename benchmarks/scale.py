"""Memory and time of `stance label` from a thousand sentences to a million.

    python benchmarks/scale.py [--largest 1000000] [--words 3]

Labels our corpus, repeated as often as it takes, with the shipped model, as csv, jsonl and
parquet, each in a process of its own. With `--words` every sentence is cut to its first words: that
shows what a million rows do to memory in minutes, and nothing of the time that sentences take.
Writes `benchmarks/results/scale.json`, with `--words` `scale_words.json`, and prints the table.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from machine import describe_machine

from stance.writers import Format, open_writer
from training.corpus import load_seeds

_RESULTS = Path(__file__).parent / "results"
_FORMATS: tuple[Format, ...] = ("csv", "jsonl", "parquet")
_BLOCK = 1000


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, help="of every sentence; default: all")
    options = parser.parse_args()
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= options.largest]
    texts = [" ".join(one.text.split()[: options.words]) for one in load_seeds()]
    rows = [_measure(size, fmt, texts) for size in sizes for fmt in _FORMATS]
    result = {
        "machine": describe_machine("stance-nl", "onnxruntime", "tokenizers", "pyarrow"),
        "sentences_of_corpus": len(texts),
        "words": options.words,
        "runs": rows,
    }
    name = "scale.json" if options.words is None else "scale_words.json"
    (_RESULTS / name).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print("| sentences | format | peak memory, MB | seconds | sentences a second |")
    print("|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['sentences']:,} | {row['format']} | {row['peak_mb']:.0f} | "
            f"{row['seconds']:.1f} | {row['sentences'] / row['seconds']:,.0f} |"
        )


def _measure(size: int, fmt: Format, texts: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name) / f"in.{fmt}", Path(name) / f"out.{fmt}"
        with open_writer(source, fmt, {"id": int, "text": str}) as write:
            for block in _blocks(size, texts):
                write(block)
        command = [sys.executable, "-m", "stance", "label", str(source), "--out", str(out)]
        started = time.perf_counter()
        process = subprocess.Popen([*command, "--sentences"], stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        if status:
            raise SystemExit(f"stance label ended with {status}")
    return {
        "sentences": size,
        "format": fmt,
        "peak_mb": usage.ru_maxrss / 1024,
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
    }


def _blocks(size: int, texts: list[str]) -> Iterator[list[dict[str, Any]]]:
    numbered = enumerate(islice(cycle(texts), size))
    while block := [{"id": i, "text": text} for i, text in islice(numbered, _BLOCK)]:
        yield block


if __name__ == "__main__":
    main()
