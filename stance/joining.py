"""Files of one kind to one file, as if it had been written at once."""

import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stance import writers


def join(parts: Sequence[Path], out: Path, fmt: writers.Format, columns: Mapping[str, Any]) -> None:
    """Write what the parts hold, in order, without parsing it where the format allows.

    Args:
        parts: at least one file that `writers.open_writer` wrote with these columns.
        out: the file to write.
        fmt: the format of them all.
        columns: as for `writers.open_writer`.
    """
    if fmt == "parquet":
        _join_parquet(parts, out)
        return
    header = len(writers.header(fmt, columns).encode())
    with out.open("wb") as whole:
        for number, part in enumerate(parts):
            with part.open("rb") as file:
                file.seek(header if number else 0)
                shutil.copyfileobj(file, whole, io.DEFAULT_BUFFER_SIZE * 16)


def _join_parquet(parts: Sequence[Path], out: Path) -> None:
    """One row group a part, so that memory holds one at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(out, pq.read_schema(parts[0])) as whole:
        for part in parts:
            with pq.ParquetFile(part) as file:
                whole.write_table(file.read())
