"""The rows of a parquet file; one that Python cannot hold costs no other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from stance.errors import InputError

_BATCH: Final = 1000
"""Rows in memory at once."""


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
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise InputError(f"{path}: not a readable parquet file ({_first_line(error)}).") from None
    return schema, n_rows


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
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from _values(batch)
                number += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: damaged behind row {number} ({_first_line(error)}).") from None


def _values(batch: Any) -> list[dict[str, Any] | str]:
    try:
        return batch.to_pylist()  # type: ignore[no-any-return]
    except Exception:  # arrow and the types it converts to raise errors of every kind
        return [_row(batch, index) for index in range(batch.num_rows)]


def _row(batch: Any, index: int) -> dict[str, Any] | str:
    values = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            values[name] = column[index].as_py()
        except Exception as error:
            return f"column {name} holds a {column.type} that cannot be read ({_first_line(error)})"
    return values


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
