"""The rows of a parquet file; one that Python cannot hold costs no other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from stance.errors import InputError

_BATCH: Final = 1000
"""Rows in memory at once."""
_LARGE: Final = 2_000_000_000
_MOST_UNPACKED: Final = 1000
"""A row group of more bytes than `_LARGE`, and than so many times its file, fills memory."""


def open_schema(path: Path) -> tuple[Any, int]:
    """The arrow schema of a file, and how many rows it has.

    Raises:
        InputError: if it is no parquet file or its head is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema, n_rows = file.schema_arrow, file.metadata.num_rows
            schema.names  # noqa: B018  # decodes them
            groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise InputError(f"{path}: not a readable parquet file ({_first_line(error)}).") from None
    _check_sizes(path, n_rows, groups)
    return schema, n_rows


def _check_sizes(path: Path, n_rows: int, groups: list[Any]) -> None:
    """Whether the footer tells the same as its parts, and nothing that no file unpacks to."""
    held = sum(group.num_rows for group in groups)
    if held != n_rows:
        raise InputError(f"{path}: damaged (tells of {n_rows:,} rows, its parts of {held:,}).")
    size = path.stat().st_size
    largest = max((group.total_byte_size for group in groups), default=0)
    if largest > max(_LARGE, _MOST_UNPACKED * size):
        raise InputError(
            f"{path}: unpacks {size:,} bytes to {largest:,}, which no text does; if it is meant, "
            "write it anew with more row groups."
        )


def text_columns(schema: Any) -> dict[str, type]:
    """The columns in order, `str` for those of text and `object` for all others."""
    import pyarrow as pa

    def python_type(arrow: Any) -> type:
        if pa.types.is_dictionary(arrow):
            arrow = arrow.value_type
        return str if pa.types.is_string(arrow) or pa.types.is_large_string(arrow) else object

    return {field.name: python_type(field.type) for field in schema}


def rows(path: Path) -> Iterator[dict[str, Any] | str]:
    """Read rows, one after the other.

    Yields:
        The values of a row or, if one of them cannot be read, the reason.

    Raises:
        InputError: if the file is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            n_rows = file.metadata.num_rows
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from _values(batch)
                number += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: damaged behind row {number} ({_first_line(error)}).") from None
    if number != n_rows:
        raise InputError(f"{path}: damaged (tells of {n_rows:,} rows, holds {number:,}).")


def _values(batch: Any) -> list[dict[str, Any] | str]:
    try:
        _check_times(batch.columns)
        return batch.to_pylist()  # type: ignore[no-any-return]
    except Exception:  # arrow and the types it converts to raise errors of every kind
        return [_row(batch, index) for index in range(batch.num_rows)]


def _row(batch: Any, index: int) -> dict[str, Any] | str:
    values = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            _check_times([column[index : index + 1]])
            values[name] = column[index].as_py()
        except Exception as error:
            return f"column {name} holds a {column.type} that cannot be read ({_first_line(error)})"
    return values


def _check_times(columns: list[Any]) -> None:
    """Raise if arrow would cut a time of day to microseconds, which alone it does in silence."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for column in columns:
        if "time64[ns]" not in str(column.type):
            continue
        if pa.types.is_map(column.type):
            _check_times([column.keys, column.items])
        elif pa.types.is_nested(column.type):
            inner = column.flatten()
            _check_times(inner if isinstance(inner, list) else [inner])
        else:
            ticks = column.cast(pa.int64())
            if pc.any(pc.not_equal(pc.multiply(pc.divide(ticks, 1000), 1000), ticks)).as_py():
                raise ValueError("it has nanoseconds; cast it to microseconds first")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
