"""The command `stance`. Nothing is loaded before there is a guard against interrupts."""

import sys


def main() -> None:
    """Entry point of the command."""
    try:
        from stance.cli import guard, streams

        guard.catch_signals()
    except KeyboardInterrupt:
        print("stance: interrupted.", file=sys.stderr)
        sys.exit(130)
    streams.open_streams()
    with guard.errors_for_people("interrupted."):
        from stance.cli.commands import app

        standard_output = sys.stdout
        try:
            app()
        except SystemExit:
            if sys.stdout is not standard_output:  # how typer says that the pipe was closed
                raise BrokenPipeError from None
            sys.stdout.flush()  # here too a full disk shows
            raise
