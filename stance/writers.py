"""Rows to files: .csv, .tsv, .jsonl and .parquet."""

import csv
import errno
import io
import json
import math
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, Final, Literal, get_args

from stance.errors import OutputError

Format = Literal["csv", "tsv", "jsonl", "parquet"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)

Record = Mapping[str, Any]
Write = Callable[[Sequence[Record]], None]

SHEETS: Final = ("csv", "tsv", "jsonl")
"""Formats that people fill in or look through."""
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes for the start of a formula, in some countries the wide ones too."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)?")
_PREFIX: Final = ".stance-"
"""Of the folders that files stand in until they are whole."""


def format_of(path: Path, known: Sequence[str] = FORMATS) -> Format:
    """The format of an output file by its suffix.

    Args:
        path: the file.
        known: the formats that it may have.

    Raises:
        OutputError: if the suffix is none of them.
    """
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in known:
        listed = ", ".join(f".{one}" for one in known)
        raise OutputError(f"{path}: the suffix is {path.suffix or 'missing'!r}, expected {listed}.")
    return suffix  # type: ignore[return-value]


def check_writable(path: Path, *, overwrite: bool, sources: Iterable[Path] = ()) -> None:
    """Check before any work that `path` can be written.

    Args:
        path: the file.
        overwrite: it may exist.
        sources: the files of the input, none of which it may be.

    Raises:
        OutputError: if it exists and may not be overwritten, or its folder cannot be written.
    """
    with errors_about(path):
        if path.is_dir():
            raise OutputError(f"{path}: is a folder, expected a file name.")
        if path.exists():
            if not path.is_file():
                raise OutputError(f"{path}: is no regular file; use - for standard output.")
            if any(one.exists() and path.samefile(one) for one in sources):
                raise OutputError(f"{path}: is the input itself; choose another name.")
            if not overwrite:
                raise OutputError(f"{path}: exists; choose another name or pass --overwrite.")
    check_folder(behind_links(path).parent)


def check_folder(folder: Path) -> None:
    """Check that files can be written in a folder.

    Raises:
        OutputError: if it is missing or cannot be written.
    """
    with errors_about(folder):
        if not folder.is_dir():
            raise OutputError(f"{folder}: no such folder; make it first.")
        with tempfile.TemporaryFile(dir=folder):  # nameless: even a kill leaves nothing of it
            pass


def behind_links(path: Path) -> Path:
    """The file that is written when `path` is: where its symbolic links lead, if it is one.

    Raises:
        OutputError: if they lead in a circle.
    """
    with errors_about(path):
        target = Path(os.path.realpath(path)) if path.is_symlink() else path
        if target.is_symlink():
            raise OutputError(f"{path}: is a symbolic link that leads to itself; remove it.")
    return target


@contextmanager
def errors_about(path: Path, advice: str = "nothing was written") -> Iterator[None]:
    """A failure in writing as one line.

    Args:
        path: what was to be written.
        advice: what became of the work where the disk is full.

    Raises:
        OutputError: if writing fails.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutputError(f"{path}: the disk is full; {advice}.") from None
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}).") from None


def write_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all; one that exists is replaced.

    Raises:
        OutputError: if it cannot be written.
    """
    path = behind_links(path)
    with errors_about(path), tempfile.TemporaryDirectory(prefix=_PREFIX, dir=path.parent) as folder:
        partial = Path(folder) / path.name
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)


def sheet_text(records: Sequence[Record], fmt: str, columns: Sequence[str]) -> str:
    """A few rows as the text of a file that a spreadsheet opens as it is meant.

    Args:
        records: the rows.
        fmt: one of `SHEETS`.
        columns: those of every row, in order.
    """
    if fmt == "jsonl":
        return "".join(_json(one) + "\n" for one in records)
    file = io.StringIO()
    writer = _csv_writer(file, "tsv" if fmt == "tsv" else "csv", dict.fromkeys(map(inert, columns)))
    writer.writeheader()
    writer.writerows(inert_record(one) for one in records)
    return "\ufeff" + file.getvalue()  # or Excel reads ë as two letters


def inert(value: Any) -> Any:
    """A value that no spreadsheet runs: an apostrophe stands before what looks like a formula.

    >>> inert("=HYPERLINK(1)"), inert("-0,5"), inert("- wel"), inert(-2)
    ("'=HYPERLINK(1)", '-0,5', "'- wel", -2)
    """
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def inert_record(record: Record) -> dict[str, Any]:
    """A row whose names and values no spreadsheet runs; see `inert`."""
    return {inert(name): inert(value) for name, value in record.items()}


def plain_cell(value: Any) -> Any:
    """A cell of a sheet without the apostrophe that kept it from being a formula.

    >>> plain_cell("'- Wij verlengen.")
    '- Wij verlengen.'
    """
    safe = isinstance(value, str) and value.startswith("'") and value[1:].startswith(_FORMULA)
    return value[1:] if safe else value


def table_text(records: Sequence[Record], fmt: str, columns: Sequence[str]) -> str:
    """A few rows as the text of a file that programs read; cells stand as they are.

    Args:
        records: the rows.
        fmt: one of `SHEETS`.
        columns: those of every row, in order.
    """
    file = io.StringIO()
    _text_write(file, fmt, dict.fromkeys(columns, object))(records)  # type: ignore[arg-type]
    return file.getvalue()


def open_writer(
    path: Path | None, fmt: Format, columns: Mapping[str, Any]
) -> AbstractContextManager[Write]:
    """Open an output for rows.

    Args:
        path: the file; None is standard output (not for parquet).
        fmt: its format.
        columns: column names in order, each with its type: a Python type or, for parquet, an
            arrow type. `object` columns hold anything and are written as JSON text.

    Yields:
        A function that writes a list of rows (mappings from column name to value).

    Raises:
        OutputError: if standard output is to be parquet.
    """
    if fmt == "parquet":
        if path is None:
            raise OutputError("standard output takes csv, tsv or jsonl, not parquet.")
        return _parquet_writer(path, columns)
    return _text_writer(path, fmt, columns)


@contextmanager
def _text_writer(path: Path | None, fmt: Format, columns: Mapping[str, Any]) -> Iterator[Write]:
    if path is None:
        yield _text_write(sys.stdout, fmt, columns)
        sys.stdout.flush()
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        yield _text_write(file, fmt, columns)


def _text_write(file: IO[str], fmt: Format, columns: Mapping[str, Any]) -> Write:
    file.write(header(fmt, columns))
    if fmt == "jsonl":
        return lambda records: file.writelines(_json(record) + "\n" for record in records)
    writer = _csv_writer(file, fmt, columns)
    return lambda records: writer.writerows(
        {name: _cell(value) for name, value in record.items()} for record in records
    )


def header(fmt: Format, columns: Mapping[str, Any]) -> str:
    """What a text file begins with, before its rows."""
    if fmt not in ("csv", "tsv"):
        return ""
    line = io.StringIO()
    _csv_writer(line, fmt, columns).writeheader()
    return line.getvalue()


class _LineEnds:
    """A file whose rows of csv end in a line feed, whatever they were written with."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, row: str) -> int:
        """Write one row, as the writers of `csv` do."""
        return self._file.write(row.removesuffix("\r\n") + "\n")


def _csv_writer(file: IO[str], fmt: Format, columns: Mapping[str, Any]) -> "csv.DictWriter[str]":
    delimiter = "\t" if fmt == "tsv" else ","
    # Before Python 3.13 a carriage return is quoted only if the end of a row has one, and splits it
    # in two for whoever reads it.
    return csv.DictWriter(_LineEnds(file), list(columns), delimiter=delimiter)


def _json(value: Any) -> str:
    """A value as JSON; a number that JSON lacks (NaN, infinity) is null."""
    try:
        # Dates, decimals and bytes of a parquet input have no JSON form of their own.
        return json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, default=str)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _cell(value: Any) -> str:
    """A value as a cell of a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value) if isinstance(value, dict | list) else str(value)


def arrow_schema(columns: Mapping[str, Any]) -> Any:
    """The arrow schema of columns, each with a Python type or an arrow type."""
    import pyarrow as pa

    arrow = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    arrow |= {type(None): pa.string(), object: pa.string()}
    return pa.schema(
        [(name, arrow[kind] if isinstance(kind, type) else kind) for name, kind in columns.items()]
    )


@contextmanager
def _parquet_writer(path: Path, columns: Mapping[str, Any]) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema(columns)
    floats = [name for name, kind in columns.items() if kind is float]
    as_text = [name for name, kind in columns.items() if kind in (object, type(None))]

    with pq.ParquetWriter(path, schema) as writer:

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
