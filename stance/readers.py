"""Files of texts to rows, streaming: .txt, .csv, .tsv, .jsonl and .parquet.

Every row comes out either as a `Row` or as a `Reject` that says why it cannot be used;
none is dropped. The whole file is read once beforehand to check its encoding, find its
columns and count its rows, so that faults show before any work is done.
"""

import csv
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from stance.errors import InputError

Format = Literal["txt", "csv", "tsv", "jsonl", "parquet"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)

_LARGEST_FIELD: Final = 16_000_000
"""Characters; a CSV field beyond it is an unclosed quote that swallows the file."""
_BOMS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class Row:
    """One row of a file."""

    number: int
    """1 for the first data row."""
    values: dict[str, Any]
    """Column name to value; strings in csv and tsv."""


@dataclass(frozen=True)
class Reject:
    """A row that cannot be used."""

    number: int
    """1 for the first data row."""
    reason: str
    """Why, for people."""


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


def require_columns(table: Table, names: Iterable[str]) -> None:
    """Check that a table has the columns that are needed.

    Raises:
        InputError: if one is missing.
    """
    for name in names:
        if name not in table.columns:
            known = ", ".join(table.columns)
            raise InputError(f"{table.path}: no column {name!r}; it has {known}.")


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
        InputError: if the file is missing, empty, in another encoding, without a usable
            header, or damaged.
    """
    fmt = fmt or format_of(path)
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder, expected a file.")
        if not path.is_file() and path.exists():
            raise InputError(f"{path}: is no regular file; pipe it to standard input (-) instead.")
        if path.stat().st_size == 0:
            raise InputError(f"{path}: the file is empty.")
        if fmt == "parquet":
            return _parquet_table(path)
        if encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
            _check_utf8(path)
            encoding = "utf-8-sig"
        return _TEXT_TABLES[fmt](path, fmt, encoding)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file.") from None
    except LookupError:
        raise InputError(
            f"encoding {encoding!r} is unknown; try utf-8, cp1252 or utf-16."
        ) from None
    except UnicodeError as error:
        raise InputError(f"{path}: cannot be read as {encoding} ({error}).") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None


def _check_utf8(path: Path) -> None:
    """Refuse a file that is mostly in another encoding; single bad rows are rejected later."""
    with path.open("rb") as file:
        head = file.read(65536)
        if head[:2] in _BOMS:
            raise InputError(
                f"{path}: is UTF-16, expected UTF-8; pass --encoding utf-16 (in a training config: "
                "data.encoding)."
            )
        if not head.strip(b"\0"):
            raise InputError(f"{path}: holds NUL bytes only; it is no text, copy it again.")
        if head.count(0) > len(head) // 4:
            order = "le" if head[1::2].count(0) > head[0::2].count(0) else "be"
            raise InputError(
                f"{path}: looks like UTF-16 without a byte order mark, expected UTF-8; "
                f"pass --encoding utf-16-{order} (in a training config: data.encoding)."
            )
        file.seek(0)
        good = bad = first_bad = 0
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            try:
                line.decode()
                good += 1
            except UnicodeDecodeError:
                bad += 1
                first_bad = first_bad or number
    if bad > good:
        raise InputError(
            f"{path}:{first_bad}: not UTF-8, nor are {bad} of its {good + bad} lines with accented "
            "letters; if it comes from Windows or is Latin-1, pass --encoding cp1252 (in a "
            "training config: data.encoding)."
        )


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends. Bytes that are not UTF-8 become surrogates, found per row."""
    errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        yield next(file, "").removeprefix("\ufeff")
        yield from file


def _text_fault(values: dict[str, Any]) -> str | None:
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
        values = {"text": "".join(_lines(path, encoding))}
        fault = _text_fault(values)
        yield Reject(1, fault) if fault else Row(1, values)

    return Table(path, fmt, {"text": str}, 1, rows)


def _csv_table(path: Path, fmt: Format, encoding: str) -> Table:
    csv.field_size_limit(_LARGEST_FIELD)
    delimiter, header, skip = _csv_header(path, fmt, encoding)

    def rows() -> Iterator[Row | Reject]:
        records = _csv_records(_lines(path, encoding), delimiter)
        for _ in range(skip):
            next(records)
        for number, record in enumerate(records, start=1):
            if isinstance(record, str):
                yield Reject(number, record)
            elif len(record) != len(header):
                yield Reject(number, f"{len(record)} fields, the header has {len(header)}")
            else:
                values = dict(zip(header, record, strict=True))
                fault = _text_fault(values)
                yield Reject(number, fault) if fault else Row(number, values)

    n_rows = sum(1 for _ in rows())
    return Table(path, fmt, dict.fromkeys(header, str), n_rows, rows)


def _csv_header(path: Path, fmt: Format, encoding: str) -> tuple[str, list[str], int]:
    """Delimiter, column names, and how many records stand up to and with the header."""
    candidates = "\t" if fmt == "tsv" else ",;\t"  # Excel in Dutch writes semicolons
    found: list[tuple[str, list[str] | str]] = [
        (delimiter, next(_csv_records(_lines(path, encoding), delimiter), []))
        for delimiter in candidates
    ]
    delimiter, header = max(found, key=lambda one: len(one[1]) if isinstance(one[1], list) else 0)
    if isinstance(header, str):
        raise InputError(f"{path}:1: the header cannot be read: {header}.")
    if not any(header):
        raise InputError(f"{path}: no header and no rows.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"{path}:1: the column {twice[0]!r} stands twice in the header.")
    return delimiter, header, 1


def _csv_records(lines: Iterator[str], delimiter: str) -> Iterator[list[str] | str]:
    """Records of a CSV file; a malformed one comes as the reason, and reading goes on behind it.

    An unclosed quote swallows all lines up to the next quote. Those lines are read
    again, so that only the line with the fault is lost.
    """
    pending: deque[str] = deque()
    number = 0

    def feed() -> Iterator[str]:
        while (line := pending.popleft() if pending else next(lines, None)) is not None:
            taken.append(line)
            yield line

    while True:
        taken: list[str] = []
        try:
            record = next(csv.reader(feed(), delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            pending.extendleft(reversed(taken[1:]))
            reason = str(error).replace("unexpected end of data", "a quote is not closed")
            yield f"line {number}: malformed CSV ({reason})"
            continue
        number += len(taken)
        if record:  # a blank line is no row
            yield record


def _jsonl_table(path: Path, fmt: Format, encoding: str) -> Table:
    def rows() -> Iterator[Row | Reject]:
        number = 0
        for line_number, line in enumerate(_lines(path, encoding), start=1):
            if not line.strip():
                continue
            number += 1
            yield _jsonl_row(number, line_number, line)

    columns: dict[str, type] = {}
    n_rows = 0
    for row in rows():
        n_rows += 1
        if isinstance(row, Row):
            for name, value in row.values.items():
                columns[name] = _common_type(columns.get(name), value)
    if n_rows == 0:
        raise InputError(f"{path}: the file has no rows.")
    return Table(path, fmt, columns, n_rows, rows)


def _jsonl_row(number: int, line_number: int, line: str) -> Row | Reject:
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        return Reject(number, f"line {line_number}: not JSON ({error.msg}, column {error.colno})")
    except (RecursionError, ValueError):
        return Reject(number, f"line {line_number}: not usable JSON (nested too deep or too long)")
    if not isinstance(values, dict):
        found = type(values).__name__
        return Reject(number, f"line {line_number}: a {found}, expected an object with columns")
    fault = _text_fault(values)
    return Reject(number, f"line {line_number}: {fault}") if fault else Row(number, values)


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
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            n_rows, schema = file.metadata.num_rows, file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path}: not a readable parquet file ({reason}).") from None

    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        raise InputError(f"{path}: the column {twice[0]!r} stands twice.")

    def rows() -> Iterator[Row | Reject]:
        number = 0
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=1000):
                    for values in batch.to_pylist():
                        number += 1
                        yield Row(number, values)
        except (pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"{path}: damaged behind row {number} ({reason}).") from None

    def python_type(arrow: Any) -> type:
        if pa.types.is_dictionary(arrow):
            arrow = arrow.value_type
        if pa.types.is_string(arrow) or pa.types.is_large_string(arrow):
            return str
        return object

    columns = {field.name: python_type(field.type) for field in schema}
    return Table(path, "parquet", columns, n_rows, rows, schema)


_TEXT_TABLES: Final = {
    "txt": _txt_table,
    "csv": _csv_table,
    "tsv": _csv_table,
    "jsonl": _jsonl_table,
}
