"""Rows to files: .csv, .tsv, .jsonl and .parquet.

A file is written beside its final name and renamed when it is whole.
"""

import csv
import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, Final, Literal, get_args

from stance.errors import OutputError

Format = Literal["csv", "tsv", "jsonl", "parquet"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)

Record = Mapping[str, Any]
Write = Callable[[Sequence[Record]], None]


def format_of(path: Path) -> Format:
    """The format of an output file by its suffix.

    Raises:
        OutputError: if the suffix is none that can be written.
    """
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in FORMATS:
        known = ", ".join(f".{one}" for one in FORMATS)
        raise OutputError(f"{path}: the suffix is {path.suffix or 'missing'!r}, expected {known}.")
    return suffix  # type: ignore[return-value]


def check_writable(path: Path, *, overwrite: bool) -> None:
    """Check before any work that `path` can be written.

    Raises:
        OutputError: if it exists and may not be overwritten, or its folder cannot be written.
    """
    if path.is_dir():
        raise OutputError(f"{path}: is a folder, expected a file name.")
    if path.exists() and not path.is_file():
        raise OutputError(f"{path}: is no regular file; use - for standard output.")
    if path.exists() and not overwrite:
        raise OutputError(f"{path}: exists; choose another name or pass --overwrite.")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise OutputError(f"{folder}: no such folder; make it first.")
    try:
        partial = _partial(path)
        partial.touch()
        partial.unlink()
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror}).") from None


def open_writer(
    path: Path | None, fmt: Format, columns: Mapping[str, Any]
) -> AbstractContextManager[Write]:
    """Open an output for rows.

    The rows go to a file beside `path`, which takes the final name when the block ends
    without an error and is removed when it ends with one.

    Args:
        path: the file; None is standard output (not for parquet).
        fmt: its format.
        columns: column names in order, each with its type: a Python type or, for parquet, an
            arrow type. `object` columns hold anything and are written as JSON text.

    Yields:
        A function that writes a list of rows (mappings from column name to value).

    Raises:
        OutputError: if writing fails, such as on a full disk.
    """
    if fmt == "parquet":
        if path is None:
            raise OutputError("standard output takes csv, tsv or jsonl, not parquet.")
        return _parquet_writer(path, columns)
    return _text_writer(path, fmt, columns)


def write_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all.

    Raises:
        OutputError: if it cannot be written.
    """
    with _whole_or_nothing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


@contextmanager
def _whole_or_nothing(path: Path) -> Iterator[Path]:
    partial = _partial(path)
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise OutputError(f"{path}: the disk is full; nothing was written.") from None
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}).") from None
    except BaseException:  # Ctrl-C too: no half file stays behind
        partial.unlink(missing_ok=True)
        raise


@contextmanager
def _text_writer(path: Path | None, fmt: Format, columns: Mapping[str, Any]) -> Iterator[Write]:
    if path is None:
        yield _text_write(sys.stdout, fmt, columns)
        sys.stdout.flush()
        return
    with (
        _whole_or_nothing(path) as partial,
        partial.open("w", encoding="utf-8", newline="") as file,
    ):
        yield _text_write(file, fmt, columns)
        file.flush()
        os.fsync(file.fileno())


def _text_write(file: IO[str], fmt: Format, columns: Mapping[str, Any]) -> Write:
    if fmt == "jsonl":
        return lambda records: file.writelines(_json(record) + "\n" for record in records)
    delimiter = "\t" if fmt == "tsv" else ","
    writer = csv.DictWriter(file, list(columns), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    return lambda records: writer.writerows(
        {name: _cell(value) for name, value in record.items()} for record in records
    )


def _json(value: Any) -> str:
    # Dates, decimals and bytes of a parquet input have no JSON form of their own.
    return json.dumps(value, ensure_ascii=False, default=str)


def _cell(value: Any) -> str:
    """A value as a cell of a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value) if isinstance(value, dict | list) else str(value)


@contextmanager
def _parquet_writer(path: Path, columns: Mapping[str, Any]) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    arrow |= {type(None): pa.string(), object: pa.string()}
    schema = pa.schema(
        [(name, arrow[kind] if isinstance(kind, type) else kind) for name, kind in columns.items()]
    )
    floats = [name for name, kind in columns.items() if kind is float]
    as_text = [name for name, kind in columns.items() if kind in (object, type(None))]

    with _whole_or_nothing(path) as partial, pq.ParquetWriter(partial, schema) as writer:

        def write(records: Sequence[Record]) -> None:
            rows = [
                {
                    **record,
                    **{n: _cell(record[n]) for n in as_text if record.get(n) is not None},
                    # An integer among floats may be too large for arrow to convert by itself.
                    **{n: float(record[n]) for n in floats if record.get(n) is not None},
                }
                for record in records
            ]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))

        yield write
