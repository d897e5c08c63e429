"""The streams of a process of its own, with what a shell can do to them."""

import subprocess
import sys

import pytest

from stance import __version__


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "a.txt").write_text("De sancties tegen Mali blijven.", "utf-8")

    def run(command):
        command = command.replace("stance", f"{sys.executable} -m stance")
        return subprocess.run(
            ["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, timeout=60
        )

    return run


CANNOT = "stance: the output cannot be written (Bad file descriptor).\n"
FULL = "stance: the output cannot be written (No space left on device).\n"


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("stance --version >/dev/full", 5, FULL),
        ("stance --help >/dev/full", 5, FULL),
        ("stance --version >&-", 5, CANNOT),
        ("stance label a.txt >&-", 5, CANNOT),
        ("stance label - --out - <&-", 3, "stance: standard input: the file is empty"),
        ("stance label nergens.csv --out o.csv 2>&-", 3, ""),
        ("stance labl 2>/dev/full", 2, ""),
        ("stance --help | (exec <&-; sleep 1); exit ${PIPESTATUS[0]}", 0, ""),
    ],
)
def test_streams_that_cannot_be_used(shell, command, code, said):
    done = shell(command)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == bool(said)


@pytest.mark.parametrize("closed", ["2>/dev/full", "<&- >&- 2>&-"])
def test_streams_that_are_not_needed(shell, tmp_path, closed):
    done = shell(f"stance label a.txt --out o.csv {closed}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o.csv").read_text("utf-8").count("\n") == 2


def test_a_version_can_be_asked_for_without_input(shell):
    assert shell("stance --version <&-").stdout == f"{__version__}\n"
