"""Runs that are killed and started again, in processes of their own; see test_tables.

    python killed_runs.py IN OUT SEED KILLS

Starts the same run again and again, killed with SIGKILL after a random number of the steps that
reach the disk, then once undisturbed. Prints how many runs were killed.
"""

import hashlib
import os
import random
import signal
import sys
import traceback
from pathlib import Path

import numpy as np
import pyarrow.parquet  # noqa: F401  # once, not in every start

from stance import chunks, destination, tables, work_folder
from stance.classifier import Scores
from stance.holders import Holder


class HashingClassifier:
    """Labels by the hash of the text: quick, and the same everywhere."""

    labels = ("favor", "against", "neutral", "unrelated")
    uses_context = False
    tells_holders = True
    folder = Path("hashing")

    def digest(self):
        return "0" * 64

    def score(self, texts, contexts=None):
        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        weights = np.array([[*one[:4]] for one in digests], np.float32).reshape(-1, 4) + 1
        holders = [[Holder("author", None, None, "favor")] * (one[4] % 3) for one in digests]
        return Scores(
            weights / weights.sum(1, keepdims=True),
            np.zeros(len(digests), bool),
            holders,
            np.log(weights),
        )


def label(source, out, **options):
    """One run, in chunks of seven rows."""
    chunks.ROWS = 7
    job = tables.prepare(source, out, **options)
    return tables.run(job, HashingClassifier())


def _killed_after(steps):
    """Have this process killed at one of its steps to the disk: before it, or when it is done."""
    taken = 0

    def counting(step):
        def counted(*arguments, **named):
            nonlocal taken
            taken += 1
            if taken == steps:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments, **named)

        return counted

    work_folder.sync = counting(work_folder.sync)
    Path.replace = counting(Path.replace)
    Path.unlink = counting(Path.unlink)
    os.rmdir = counting(os.rmdir)


def _is_finished(out):
    """Whether a run was killed when all was done but to remove its folder, by then empty."""
    work = destination.choose(out, "csv", folder=out.is_dir()).work
    return out.exists() and work.exists() and not any(work.iterdir())


def _start(source, out, steps, options):
    """Whether a run was killed by its own hand, before it was finished."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if steps:
                _killed_after(steps)
            label(source, out, **options)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return not _is_finished(out)
    if os.WEXITSTATUS(status):
        raise SystemExit(f"the run failed at step {steps}")
    return False


def main(source, out, seed, kills):
    """Kill, go on, and finish."""
    chosen = random.Random(int(seed))
    options = {"out_is_folder": out.endswith("/"), "sentences": True}
    killed = 0
    os.fsync = lambda _number: None  # a kill, unlike a power cut, loses nothing that was written
    chunks.is_dutch("Dit laadt het model nu en niet bij elke start.")
    for _ in range(int(kills)):
        steps = chosen.randint(1, chosen.choice([6, 40]))  # few, so that every step is met
        if not _start(Path(source), Path(out), steps, options):
            break
        killed += 1
    else:
        _start(Path(source), Path(out), 0, options)
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
