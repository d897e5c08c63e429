"""Reading, working and writing at the same time, in order and with a bounded number underway."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_UNDERWAY: Final = 2
"""Items read ahead, and results that wait to be written: enough that none waits for another."""
_END: Final = object()


def overlap(
    items: Iterator[Item], work: Callable[[Item], Result], write: Callable[[Result], None]
) -> None:
    """Write what comes of every item, in order.

    Items are read in a thread of their own and written in another; the work is done in the thread
    of the caller, where an interrupt arrives.

    Args:
        items: read ahead by two.
        work: makes of an item what is written.
        write: takes what comes of an item.

    Raises:
        Exception: the first that reading, the work or writing raises. What was worked on before is
            written all the same, unless that is what fails.
    """
    reader, writer = ThreadPoolExecutor(1, "read"), ThreadPoolExecutor(1, "write")
    writing: deque[Future[None]] = deque()
    try:
        ahead: deque[Future[Any]] = deque()
        for _ in range(_UNDERWAY):
            ahead.append(reader.submit(next, items, _END))
        while (item := ahead.popleft().result()) is not _END:
            ahead.append(reader.submit(next, items, _END))
            result = work(item)
            while writing and (len(writing) >= _UNDERWAY or writing[0].done()):
                writing.popleft().result()
            writing.append(writer.submit(write, result))
        while writing:
            writing.popleft().result()
    finally:
        reader.shutdown(cancel_futures=True)
        writer.shutdown()
