"""The command `stance`."""

import signal
import sys

from stance.cli.commands import app
from stance.cli.guard import _interrupt


def main() -> None:
    """Entry point of the command."""
    for stream in (sys.stdout, sys.stderr):  # a terminal may know fewer characters than Dutch has
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    for number in (signal.SIGINT, signal.SIGTERM):  # stopped by a scheduler is interrupted too
        signal.signal(number, _interrupt)
    app()
