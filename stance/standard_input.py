"""Standard input as a file: readers read a file twice, to check it first."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stance.errors import InputError


@contextmanager
def spooled_stdin() -> Iterator[Path]:
    """Standard input as a file that can be read twice.

    Yields:
        A temporary file, removed afterwards; errors about it speak of standard input.
    """
    with tempfile.TemporaryDirectory(prefix="stance-") as folder:
        path = Path(folder) / "standard-input"
        with path.open("wb") as file:
            while block := sys.stdin.buffer.read(1 << 20):
                file.write(block)
        try:
            yield path
        except InputError as error:
            raise InputError(str(error).replace(str(path), "standard input")) from None
