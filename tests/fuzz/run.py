"""Coverage-guided fuzzing of the readers with atheris: ``make fuzz MINUTES=60``.

Every target runs in a process of its own, each as long as the others. What it finds is written to
``runs/fuzz/<target>/``: a fault of ours is mended, and the file moves to ``tests/fuzz/cases/``.
"""

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
RUNS: Final = ROOT / "runs" / "fuzz"
CASES: Final = Path(__file__).parent / "cases"
_LIBRARIES: Final = ("stance", "training", "yaml", "syntok", "json", "csv")
"""What coverage is looked at in; compiled libraries are run, but steer nothing."""
_SLOWEST: Final = 10
"""Seconds; an input that takes longer is a finding."""
_MOST_MEMORY: Final = 4000
"""Megabytes; likewise."""


def fuzz_one(name: str, options: list[str]) -> None:
    """Fuzz a target in this process; does not return."""
    import atheris

    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    with atheris.instrument_imports(include=[*_LIBRARIES]):
        from fuzz.targets import TARGETS
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


def run(name: str, seconds: int) -> tuple[int, list[str]]:
    """Fuzz a target for some seconds, from its seeds, its cases and what earlier runs found.

    Returns:
        The number of executions, and the files of what was found.
    """
    from fuzz.seeds import SEEDS

    folder = RUNS / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    (CASES / name).mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]()):
        (corpus / f"seed-{number}").write_bytes(seed)
    executions, end = 0, time.monotonic() + seconds
    log = folder / "log.txt"
    while (left := int(end - time.monotonic())) > 0:  # a finding ends a run, not the search
        options = [
            f"-max_total_time={left}",
            f"-timeout={_SLOWEST}",
            f"-rss_limit_mb={_MOST_MEMORY}",
            f"-artifact_prefix={folder}/",
            "-print_final_stats=1",
            *map(str, (corpus, CASES / name)),
        ]
        command = [sys.executable, str(Path(__file__)), name, *options]
        with log.open("ab") as file:
            start = file.tell()
            subprocess.run(command, stdout=file, stderr=file, cwd=ROOT, check=False)
        told = log.read_bytes()[start:].decode(errors="replace")
        steps = [int(n) for n in re.findall(r"^#(\d+)\s", told, re.MULTILINE)]
        totals = [int(n) for n in re.findall(r"number_of_executed_units:\s*(\d+)", told)]
        executions += max([*steps, *totals], default=0)
        if not steps:
            raise SystemExit(f"{name}: the fuzzer does not start; see {log}")
    kinds = ("crash-", "timeout-", "oom-", "leak-")
    return executions, sorted(str(one) for one in folder.iterdir() if one.name.startswith(kinds))


def main() -> None:
    """``run.py MINUTES [TARGET ...]``, or, for one process, ``run.py TARGET -option ...``."""
    first, *others = sys.argv[1:]
    if not first.isdigit():
        fuzz_one(first, others)
        return
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from fuzz.targets import TARGETS

    names = others or [*TARGETS]
    found = []
    for name in names:
        start = time.monotonic()
        executions, files = run(name, int(first) * 60 // len(names))
        print(f"{name}: {executions:,} executions, {time.monotonic() - start:.0f} s", flush=True)
        found += files
    print("\n".join(["findings:", *found] if found else ["no findings"]))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
