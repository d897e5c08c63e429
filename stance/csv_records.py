"""The records of a CSV file; a malformed one costs no other.

The standard library reads the records. An unclosed quote makes it swallow all lines up to the
next quote; here those lines are read again, each at most twice, so that a file takes time in
proportion to its size whatever is wrong with it.
"""

import csv
from collections.abc import Callable, Iterator
from typing import Final

_LARGEST_RECORD: Final = 16_000_000
"""Characters; a record that runs on over more lines has an unclosed quote."""


def header(lines: Callable[[], Iterator[str]], delimiters: str) -> tuple[str, list[str] | str]:
    """The first record of a file, read with the delimiter that gives it the most fields.

    Args:
        lines: reads the file from its start, with line ends.
        delimiters: the characters to try.

    Returns:
        The delimiter, and the column names or why they cannot be read.
    """
    found: list[tuple[str, list[str] | str]] = [
        (delimiter, next(records(lines(), delimiter), [])) for delimiter in delimiters
    ]
    return max(found, key=lambda one: len(one[1]) if isinstance(one[1], list) else 0)


def records(lines: Iterator[str], delimiter: str) -> Iterator[list[str] | str]:
    """Read records, one after the other.

    Args:
        lines: of the file, with line ends.
        delimiter: between two fields.

    Yields:
        The fields of a record or, for a malformed one, the reason; nothing for a blank line.
    """
    csv.field_size_limit(_LARGEST_RECORD)
    put_back: list[str] = []
    number = 0
    while True:
        taken: list[str] = []
        record = _record(_feed(lines, put_back, taken), delimiter)
        if record is None:
            return
        found = [record]
        if isinstance(record, str):
            # The line that ended the reading may begin a record of many lines. Those between
            # each stand alone: could they swallow lines in turn, time would be quadratic.
            found += [_record(iter([line]), delimiter) or [] for line in taken[1:-1]]
            put_back += taken[1:][-1:]
        for place, one in enumerate(found, start=number + 1):
            if one:
                yield f"line {place}: malformed CSV ({one})" if isinstance(one, str) else one
        number += len(taken) - len(put_back)


def _feed(lines: Iterator[str], put_back: list[str], taken: list[str]) -> Iterator[str]:
    """Lines for one record, noted in `taken`."""
    size = 0
    while (line := put_back.pop() if put_back else next(lines, None)) is not None:
        taken.append(line)
        size += len(line)
        if size > _LARGEST_RECORD and len(taken) > 1:
            raise csv.Error(f"a quote is not closed within {_LARGEST_RECORD:,} characters")
        yield line


def _record(lines: Iterator[str], delimiter: str) -> list[str] | str | None:
    """The fields of the next record, why it is malformed, or None at the end."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), None)
    except csv.Error as error:
        return str(error).replace("unexpected end of data", "a quote is not closed")
