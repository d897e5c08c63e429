"""Files of texts to rows, streaming: .txt, .csv, .tsv, .jsonl and .parquet.

Every row comes out either as a `Row` or as a `Reject` that says why it cannot be used;
none is dropped. The whole file is read once beforehand to check its encoding, find its
columns and count its rows, so that faults show before any work is done.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from stance import csv_records, json_lines, parquet_rows
from stance.errors import InputError
from stance.text_lines import check_encoding, lines

Format = Literal["txt", "csv", "tsv", "jsonl", "parquet"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)

_MOST_LISTED: Final = 20
"""Columns that a message lists."""


@dataclass(frozen=True)
class Row:
    """One row of a file."""

    number: int
    """1 for the first data row."""
    values: dict[str, Any]
    """Column name to value; strings in csv and tsv."""
    file: str = ""
    """Which file it is of, where several are read."""


@dataclass(frozen=True)
class Reject:
    """A row that cannot be used."""

    number: int
    """1 for the first data row."""
    reason: str
    """Why, for people."""
    file: str = ""
    """Which file it is of, where several are read."""


@dataclass(frozen=True)
class Table:
    """A file that was checked and can be read row by row, as often as needed."""

    path: Path
    format: Format
    columns: dict[str, type]
    """Column names in order, each with the Python type of its values; `object` if mixed."""
    n_rows: int
    """Rows in the file, those that will be rejected included."""
    rows: Callable[[], Iterator[Row | Reject]]
    """Reads the file from its start."""
    arrow_schema: Any = None
    """The schema of a parquet file, so that its columns keep their types."""


def require_columns(table: Table, names: Iterable[str], advice: str = "") -> None:
    """Check that a table has the columns that are needed.

    Args:
        table: an open table.
        names: the columns.
        advice: what to do if one is missing, such as which option names it.

    Raises:
        InputError: if one is missing.
    """
    for name in names:
        if name not in table.columns:
            known = ", ".join([*table.columns][:_MOST_LISTED])
            more = len(table.columns) - _MOST_LISTED
            known += f" and {more:,} more" if more > 0 else ""
            raise InputError(f"{table.path}: no column {name!r}; it has {known}. {advice}".rstrip())


def format_of(path: Path) -> Format:
    """The format of a file by its suffix.

    Raises:
        InputError: if the suffix is none that can be read.
    """
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in FORMATS:
        known = ", ".join(f".{one}" for one in FORMATS)
        raise InputError(f"{path}: the suffix is {path.suffix or 'missing'!r}, expected {known}.")
    return suffix  # type: ignore[return-value]


def open_table(path: Path, fmt: Format | None = None, encoding: str = "utf-8") -> Table:
    """Check a file and prepare to read it.

    Args:
        path: the file.
        fmt: its format; None takes it from the suffix.
        encoding: of the text formats; parquet has its own.

    Returns:
        The table. A .txt file has one row with the column ``text``.

    Raises:
        ConfigError: if there is no such encoding.
        InputError: if the file is missing, empty, in another encoding, without a usable
            header, or damaged. Reading the rows raises it too, if the file has changed.
    """
    fmt = fmt or format_of(path)
    with _faults_of_file(path, encoding):
        if path.is_dir():
            raise InputError(f"{path}: is a folder, expected a file.")
        if not path.is_file() and path.exists():
            raise InputError(f"{path}: is no regular file; pipe it to standard input (-) instead.")
        if path.stat().st_size == 0:
            raise InputError(f"{path}: the file is empty.")
        if fmt == "parquet":
            table = _parquet_table(path)
        else:
            table = _TEXT_TABLES[fmt](path, fmt, check_encoding(path, encoding))

    def rows() -> Iterator[Row | Reject]:
        with _faults_of_file(path, encoding):
            yield from table.rows()

    return replace(table, rows=rows)


@contextmanager
def _faults_of_file(path: Path, encoding: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: no such file.") from None
    except UnicodeError as error:
        raise InputError(f"{path}: cannot be read as {encoding} ({error}).") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None


def _check_columns(path: Path, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(f"{path}: the column {name!r} stands twice; rename one of them.")


def text_fault(values: dict[str, Any]) -> str | None:
    """Why the strings of a row cannot be used, if they cannot."""
    for name, value in values.items():
        if isinstance(value, dict | list):
            text = json.dumps(value, ensure_ascii=False)
        else:  # no other value holds characters
            text = value if isinstance(value, str) else ""
        if not (name.isascii() and text.isascii()):
            try:
                f"{name}{text}".encode()
            except UnicodeEncodeError:
                return f"column {name!a} is not valid UTF-8"
    return None


def _txt_table(path: Path, fmt: Format, encoding: str) -> Table:
    def rows() -> Iterator[Row | Reject]:
        values = {"text": "".join(lines(path, encoding))}
        fault = text_fault(values)
        yield Reject(1, fault) if fault else Row(1, values)

    n_rows = sum(1 for _ in rows())
    return Table(path, fmt, {"text": str}, n_rows, rows)


def _csv_table(path: Path, fmt: Format, encoding: str) -> Table:
    candidates = "\t" if fmt == "tsv" else ",;\t"  # Excel in Dutch writes semicolons
    delimiter, header = csv_records.header(lambda: lines(path, encoding), candidates)
    if isinstance(header, str):
        raise InputError(f"{path}:1: the header cannot be read: {header}.")
    if not any(header):
        raise InputError(f"{path}: no header and no rows.")
    _check_columns(path, header)

    def rows() -> Iterator[Row | Reject]:
        records = csv_records.records(lines(path, encoding), delimiter)
        next(records, None)  # the header
        for number, record in enumerate(records, start=1):
            if isinstance(record, str):
                yield Reject(number, record)
            elif len(record) != len(header):
                yield Reject(number, f"{len(record)} fields, the header has {len(header)}")
            else:
                values = dict(zip(header, record, strict=True))
                fault = text_fault(values)
                yield Reject(number, fault) if fault else Row(number, values)

    n_rows = sum(1 for _ in rows())
    return Table(path, fmt, dict.fromkeys(header, str), n_rows, rows)


def _jsonl_table(path: Path, fmt: Format, encoding: str) -> Table:
    def rows() -> Iterator[Row | Reject]:
        number = 0
        for line_number, line in enumerate(lines(path, encoding), start=1):
            if not line.strip():
                continue
            number += 1
            values = json_lines.parse(line)
            fault = values if isinstance(values, str) else text_fault(values)
            if isinstance(values, str) or fault:
                yield Reject(number, f"line {line_number}: {fault}")
            else:
                yield Row(number, values)

    columns: dict[str, type] = {}
    n_rows = 0
    first_fault = ""
    for row in rows():
        n_rows += 1
        if isinstance(row, Reject):
            first_fault = first_fault or row.reason
            continue
        for name, value in row.values.items():
            columns[name] = _common_type(columns.get(name), value)
    if n_rows == 0:
        raise InputError(f"{path}: the file has no rows.")
    if not columns:
        raise InputError(
            f"{path}: none of {n_rows} rows is a JSON object with columns"
            f"{first_fault and f' ({first_fault})'}; expected one object a line."
        )
    return Table(path, fmt, columns, n_rows, rows)


def _common_type(known: type | None, value: Any) -> type:
    """The type of a column so far and one more value."""
    if value is None:
        return known or type(None)
    found = type(value) if type(value) in (str, bool, int, float) else object
    if found is int and not -(2**63) <= value < 2**63:
        found = object
    if known in (None, type(None), found):
        return found
    return float if {known, found} == {int, float} else object


def _parquet_table(path: Path) -> Table:
    schema, n_rows = parquet_rows.open_schema(path)
    _check_columns(path, schema.names)

    def rows() -> Iterator[Row | Reject]:
        for number, values in enumerate(parquet_rows.rows(path), start=1):
            yield Reject(number, values) if isinstance(values, str) else Row(number, values)

    columns = parquet_rows.text_columns(schema)
    return Table(path, "parquet", columns, n_rows, rows, schema)


_TEXT_TABLES: Final = {
    "txt": _txt_table,
    "csv": _csv_table,
    "tsv": _csv_table,
    "jsonl": _jsonl_table,
}
