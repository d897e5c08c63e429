import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stance.joining import join
from stance.writers import open_writer

ROWS = [{"a\nb": f"{i}\n,", "n": i} for i in range(9)]
COLUMNS = {"a\nb": str, "n": int}


def write(path, fmt, rows):
    with open_writer(path, fmt, COLUMNS) as put:
        put(rows)
    return path


@pytest.mark.parametrize("fmt", ["csv", "tsv", "jsonl"])
def test_joined_text_is_what_one_run_writes(tmp_path, fmt):
    parts = [write(tmp_path / f"{i}", fmt, ROWS[i : i + 3]) for i in range(0, 9, 3)]
    join(parts, tmp_path / "out", fmt, COLUMNS)
    assert (tmp_path / "out").read_bytes() == write(tmp_path / "once", fmt, ROWS).read_bytes()


def test_joined_parquet_keeps_schema_and_rows(tmp_path):
    columns = {"n": pa.int16(), "s": str}
    parts = []
    for i in range(3):
        parts.append(tmp_path / f"{i}")
        with open_writer(parts[-1], "parquet", columns) as put:
            put([{"n": i, "s": None}] if i != 1 else [])
    join(parts, tmp_path / "out", "parquet", columns)
    table = pq.read_table(tmp_path / "out")
    assert table.schema.field("n").type == pa.int16()
    assert table["n"].to_pylist() == [0, 2]
