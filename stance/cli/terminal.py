"""What a command shows while it works, and the terminal that it shows tables on."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from stance.cli.guard import INTERRUPTED
from stance.printable import printable

_LEAST_WIDTH: Final = 40
"""Columns of a table at the least; narrower ones would show nothing."""
_SHOWN: Final = 10
"""Ids that a message lists."""


@contextlib.contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, only on a terminal."""
    console = make_console(stderr=True)
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=total)

        def advance(done: int) -> None:
            if INTERRUPTED.is_set():
                raise KeyboardInterrupt
            bar.advance(task, done)

        yield advance


def working(what: str) -> contextlib.AbstractContextManager[Any]:
    """A spinner on stderr for steps without a count, only on a terminal."""
    console = make_console(stderr=True)
    shown = Text(printable(what))
    return console.status(shown) if console.is_terminal else contextlib.nullcontext()


def make_console(stderr: bool = False) -> Console:
    """A terminal on which text is text: brackets, colons and numbers mean nothing."""
    console = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    console.width = max(console.width, _LEAST_WIDTH)
    return console


def say(message: str) -> None:
    """Say what became of the work, on standard error."""
    print(f"stance: {printable(message)}", file=sys.stderr)


def some_of(ids: Sequence[str]) -> str:
    """The first of some ids, and how many more there are."""
    more = len(ids) - _SHOWN
    return ", ".join(ids[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
