"""Pages of Markdown whose console blocks are run, and show what their commands print.

python tests/pages.py README.md docs/shares.md     writes anew what they show
"""

import doctest
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
VARYING = "<!-- digits vary with the machine -->\n"
"""Stands before a block whose numbers are others elsewhere."""
_BLOCK = re.compile(rf"^({re.escape(VARYING)})?```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands(page, *, varying=False):
    """The commands of a page in its order, each with what it shows."""
    found = []
    for before, block in _BLOCK.findall(page.read_text("utf-8")):
        if bool(before) == varying:
            found += [(command, shown) for command, shown, _ in _split(block)]
    return found


def _split(block):
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown, f"$ {command}\n"


def make_checkout(folder):
    """A checkout in which commands may write."""
    for name in ("examples", "seeds", "configs", "stance", "training", "benchmarks"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def run(command, folder):
    """What a command prints that ends well."""
    # In a checkout that is set up, `make demo` runs this one command.
    command = command.replace("make demo", "stance label examples/artikel.txt")
    bin_folder = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{bin_folder}:{os.environ['PATH']}", "COLUMNS": "88"}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, f"{command}\n{printed}"
    return printed


def check(page, folder):
    """Run the commands of a page; a later one may read what an earlier one wrote."""
    ran = commands(page)
    for command, shown in ran:
        printed = run(command, folder)
        same = doctest.OutputChecker().check_output(shown, printed, FLAGS)
        assert same, f"{command}\n{printed}"
    return len(ran)


def refresh(page):
    """Write what commands print now where a page shows something else."""
    with tempfile.TemporaryDirectory() as name:
        folder = make_checkout(Path(name))

        def renew(match):
            if match[1]:
                return match[0]
            lines = []
            for command, shown, head in _split(match[2]):
                printed = run(command, folder)
                same = doctest.OutputChecker().check_output(shown, printed, FLAGS)
                lines.append(head + (shown if same else _cut_alike(printed, shown)))
            return f"```console\n{''.join(lines)}```"

        page.write_text(_BLOCK.sub(renew, page.read_text("utf-8")), "utf-8")


def _cut_alike(printed, shown):
    """As much of an output as was shown: after a line of dots, from a line that begins alike."""
    lines = [line.rstrip() for line in printed.splitlines()]
    first, *parts = [
        part.splitlines() for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)
    ]
    kept = lines[: len(first)] if parts else lines
    for part in parts:
        kept.append("...")
        if part:
            word = part[0].split()[:1]
            start = next(n for n, line in enumerate(lines) if line.split()[:1] == word)
            kept += lines[start:][: len(part)]
    return "".join(f"{line}\n" for line in kept)


if __name__ == "__main__":
    for one in sys.argv[1:]:
        refresh(Path(one))
