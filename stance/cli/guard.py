"""However a command ends, people get one line and an exit code.

Exit codes: 0 done; 1 an error of ours; 2 wrong usage or config; 3 the input; 4 the model;
5 the output; 6 a package is missing; 130 interrupted.
"""

import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final

from stance.errors import MissingExtraError, OutputError, StanceError
from stance.printable import printable

INTERRUPTED: Final = threading.Event()
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C; stopped by a scheduler is interrupted too."""
_DISK_FAULTS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


@contextlib.contextmanager
def errors_for_people(
    interrupted: str = "interrupted; no half-written file was left.",
) -> Iterator[None]:
    """Every error as one line on stderr and its exit code.

    Args:
        interrupted: what to say after Ctrl-C.
    """
    try:
        yield
        sys.stdout.flush()  # a full disk shows here, not in a traceback at exit
    except (Exception, KeyboardInterrupt) as error:
        # Compiled code that is interrupted while it loads may raise an error of its own.
        if isinstance(error, KeyboardInterrupt) or INTERRUPTED.is_set():
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)  # the end was reached, once is enough
            _say(interrupted)
            raise SystemExit(130) from None
        if isinstance(error, StanceError):
            _say(str(error))
            raise SystemExit(error.exit_code) from None
        if isinstance(error, BrokenPipeError):  # `stance label ... | head` closed it on purpose
            _abandon_standard_output()
            raise SystemExit(0) from None
        if isinstance(error, OSError) and error.errno in _DISK_FAULTS:
            _abandon_standard_output()
            _say(f"the output cannot be written ({error.strerror}).")
            raise SystemExit(OutputError.exit_code) from None
        if os.environ.get("STANCE_DEBUG"):
            raise
        _say(
            f"unexpected {type(error).__name__}: {str(error)[:300]}. This is a fault of "
            "stance-nl; set STANCE_DEBUG=1 for the traceback and please report it."
        )
        raise SystemExit(1) from None


@contextlib.contextmanager
def needs_training() -> Iterator[None]:
    """A package that only training needs, named where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{error.name} is not installed; training needs `pip install 'stance-nl[train]'`."
        ) from None


def _say(message: str) -> None:
    print(f"stance: {printable(message)}", file=sys.stderr)


def catch_signals() -> None:
    """Have signals that stop a command raise KeyboardInterrupt."""
    for number in _SIGNALS:
        signal.signal(number, interrupt)


def interrupt(_number: int, _frame: Any) -> None:
    """Stop, and remember it: compiled code may swallow the exception, so it is raised again."""
    INTERRUPTED.set()
    raise KeyboardInterrupt


def _abandon_standard_output() -> None:
    """Drop what could not be written, or Python would try once more at exit and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
