"""Standard streams that may be closed, full, or know few characters."""

import io
import os
import sys
from typing import Any


def open_streams() -> None:
    """Make the three streams usable, whatever the command was started with.

    A closed input is an empty one. A closed output is one that cannot be written, which only a
    command that writes to it finds out. What cannot be said on standard error is lost, not
    the work. A character that a terminal does not know becomes a question mark.
    """
    # Left closed, their numbers go to the next files that are opened.
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(_Forgiving(2, "w", closefd=False)),
        encoding=sys.stderr.encoding if sys.stderr else "utf-8",
        errors="replace",
        line_buffering=True,
    )


class _Forgiving(io.FileIO):
    """A file that takes everything, and loses what cannot be written."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes
