import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stance import parquet_rows
from stance.errors import InputError


def bad_utf8(*values):
    return pa.Array.from_buffers(pa.string(), len(values), pa.array(values).buffers())


FAR = 2**62
DAYS = pa.array([1, 2**31 - 1, 3], pa.int32()).cast(pa.date32())
TWICE = pa.StructArray.from_arrays([pa.array([1, 2, 3])] * 2, ["a", "a"])


def write(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    "column",
    [
        bad_utf8(b"ok", b"\xff", b"ok"),
        DAYS,
        pa.array([1, FAR, 3]).cast(pa.timestamp("us")),
        pa.array([1, FAR, 3]).cast(pa.duration("s")),
        pa.array([1, FAR, 3]).cast(pa.time64("us")),
    ],
    ids=lambda column: str(column.type),
)
def test_a_value_that_python_cannot_hold_costs_its_row_only(tmp_path, column):
    path = write(tmp_path / "a.parquet", text=["een", "twee", "drie"], c=column)
    first, second, third = parquet_rows.rows(path)
    assert (first["text"], third["text"]) == ("een", "drie")
    assert second.startswith(f"column c holds a {column.type} that cannot be read (")


def test_a_struct_with_a_field_twice(tmp_path):
    path = write(tmp_path / "a.parquet", text=["een"] * 3, c=TWICE)
    assert all("that cannot be read (" in row for row in parquet_rows.rows(path))


def test_portions_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_rows, "_BATCH", 2)
    path = write(tmp_path / "a.parquet", n=[*range(5)], d=[datetime.date(2026, 1, 1)] * 5)
    assert [row["n"] for row in parquet_rows.rows(path)] == [*range(5)]


def test_the_schema(tmp_path):
    words = pa.array(["x"]).dictionary_encode()
    path = write(tmp_path / "a.parquet", text=["een"], word=words, n=[1])
    schema, n_rows = parquet_rows.open_schema(path)
    assert n_rows == 1
    assert parquet_rows.text_columns(schema) == {"text": str, "word": str, "n": object}


def test_a_file_that_is_damaged_further_on(tmp_path):
    path = write(tmp_path / "a.parquet", text=[str(i) for i in range(1000)])
    data = bytearray(path.read_bytes())
    data[4:200] = b"\xff" * 196
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged behind row 0"):
        [*parquet_rows.rows(path)]
    path.write_bytes(b"PAR1")
    with pytest.raises(InputError, match="not a readable parquet file"):
        parquet_rows.open_schema(path)


NANOSECONDS = pa.array([1000, 1001, None], pa.time64("ns"))
LISTS = pa.ListArray.from_arrays([0, 1, 2, 2], NANOSECONDS)


@pytest.mark.parametrize(
    "column",
    [
        NANOSECONDS,
        LISTS,
        pa.StructArray.from_arrays([LISTS], ["at"]),
        pa.array([[1000], [1001], [1000]], pa.list_(pa.time64("ns"), 1)),
    ],
    ids=lambda column: str(column.type),
)
def test_nanoseconds_are_not_lost_without_a_word(tmp_path, column):
    path = write(tmp_path / "a.parquet", text=["een", "twee", "drie"], c=column)
    first, second, third = parquet_rows.rows(path)
    assert (first["text"], third["text"]) == ("een", "drie")
    assert "that cannot be read (it has nanoseconds; cast it to microseconds first)" in second


def test_nanoseconds_within_a_map(tmp_path):
    column = pa.array([[("a", 1001)]], pa.map_(pa.string(), pa.time64("ns")))
    (row,) = parquet_rows.rows(write(tmp_path / "a.parquet", c=column))
    assert "it has nanoseconds" in row


def test_rows_that_are_not_there():
    path = Path(__file__).parent / "fuzz" / "cases" / "parquet" / "rows-that-are-not-there.parquet"
    with pytest.raises(InputError, match=r"damaged \(tells of 2 rows, holds 0\)"):
        [*parquet_rows.rows(path)]


def test_a_file_that_unpacks_to_far_more_than_a_text(tmp_path, monkeypatch):
    path = write(tmp_path / "a.parquet", text=["x" * 3_000_000])
    parquet_rows.open_schema(path)
    monkeypatch.setattr(parquet_rows, "_LARGE", 2_000_000)
    monkeypatch.setattr(parquet_rows, "_MOST_UNPACKED", 5)
    with pytest.raises(
        InputError, match=r"unpacks [\d,]+ bytes to 3,0\d\d,\d+, which no text does"
    ):
        parquet_rows.open_schema(path)
