"""However a command ends, people get one line and an exit code.

Exit codes: 0 done; 1 an error of ours; 2 wrong usage or config; 3 the input; 4 the model;
5 the output; 6 a package is missing; 130 interrupted.
"""

import contextlib
import errno
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final

import typer

from stance.errors import OutputError, StanceError

_INTERRUPTED: Final = threading.Event()
_DISK_FAULTS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextlib.contextmanager
def _errors_for_people(
    interrupted: str = "interrupted; no half-written file was left.",
) -> Iterator[None]:
    """Every error as one line on stderr and its exit code."""
    try:
        yield
        sys.stdout.flush()  # a full disk shows here, not in a traceback at exit
    except StanceError as error:
        print(f"stance: {error}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        print(f"stance: {interrupted}", file=sys.stderr)
        raise typer.Exit(130) from None
    except BrokenPipeError:  # `stance label ... | head` closed the pipe on purpose
        _abandon_standard_output()
        raise typer.Exit(0) from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK_FAULTS:
            _abandon_standard_output()
            print(f"stance: the output cannot be written ({error.strerror}).", file=sys.stderr)
            raise typer.Exit(OutputError.exit_code) from None
        if os.environ.get("STANCE_DEBUG"):
            raise
        name = type(error).__name__
        print(
            f"stance: unexpected {name}: {str(error)[:300]}. This is a fault of stance-nl; set "
            "STANCE_DEBUG=1 for the traceback and please report it.",
            file=sys.stderr,
        )
        raise typer.Exit(1) from None


def _interrupt(_number: int, _frame: Any) -> None:
    """Stop, and remember it: compiled code may swallow the exception, so it is raised again."""
    _INTERRUPTED.set()
    raise KeyboardInterrupt


def _abandon_standard_output() -> None:
    """Drop what could not be written, or Python would try once more at exit and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
