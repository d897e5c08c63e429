import json
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.errors import ConfigError, InputError
from stance.readers import Reject, Row, format_of, open_table, require_columns

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=30)


def write(path, content):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path, **options):
    return [*open_table(path, **options).rows()]


def values(path, **options):
    return [row.values for row in read(path, **options)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_finds_its_delimiter(tmp_path, delimiter):
    path = write(tmp_path / "a.csv", f'id{delimiter}text\n1{delimiter}"een{delimiter} twee"\n')
    assert values(path) == [{"id": "1", "text": f"een{delimiter} twee"}]


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    path = write(tmp_path / "a.csv", "\ufefftext\neen\n")
    assert values(path) == [{"text": "een"}]


def test_fields_may_hold_line_breaks(tmp_path):
    path = write(tmp_path / "a.csv", 'text,n\n"een\ntwee",1\ndrie,2\n')
    assert [row["text"] for row in values(path)] == ["een\ntwee", "drie"]


def test_a_row_with_too_many_fields_is_rejected_and_the_rest_read(tmp_path):
    path = write(tmp_path / "a.csv", "text,n\neen,1,1\ntwee,2\n")
    first, second = read(path)
    assert first == Reject(1, "3 fields, the header has 2")
    assert second == Row(2, {"text": "twee", "n": "2"})


def test_an_unclosed_quote_costs_one_row_only(tmp_path):
    path = write(tmp_path / "a.csv", 'text\neen\n"twee\ndrie\nvier\n')
    table = open_table(path)
    rows = [*table.rows()]
    assert table.n_rows == len(rows) == 4
    assert isinstance(rows[1], Reject)
    assert "line 3: malformed CSV (a quote is not closed)" in rows[1].reason
    assert [row.values["text"] for row in rows if isinstance(row, Row)] == ["een", "drie", "vier"]


def test_jsonl(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"text": "een", "n": 1}\n\n{"text": "twee", "n": 2.5}\n')
    table = open_table(path)
    assert table.columns == {"text": str, "n": float}
    assert table.n_rows == 2


def test_json_faults_name_their_line(tmp_path):
    lines = [json.dumps({"text": str(i)}) for i in range(9)]
    lines[6] = '{"text": '
    lines[7] = "[1]"
    rows = read(write(tmp_path / "a.jsonl", "\n".join(lines)))
    rejected = [row for row in rows if isinstance(row, Reject)]
    assert [row.number for row in rejected] == [7, 8]
    assert rejected[0].reason.startswith("line 7: not JSON")
    assert "a list, expected an object" in rejected[1].reason
    assert len(rows) == 9


@pytest.mark.parametrize(
    "line",
    ["[" * 100_000, '{"n": ' + "9" * 10_000 + "}", '{"n": NaN}', '{"text": "a", "text": "b"}'],
)
def test_json_made_to_hurt_is_a_rejected_row(tmp_path, line):
    row, good = read(write(tmp_path / "a.jsonl", f'{line}\n{{"text": "b"}}\n'))
    assert isinstance(row, Reject)
    assert row.reason.startswith("line 1: ")
    assert good == Row(2, {"text": "b"})


@pytest.mark.parametrize("content", ["not JSON\nat all\n", '[{"text": "een"}]', '{"a": 1, "a": 2}'])
def test_a_file_that_is_no_jsonl_shows_the_fault_of_its_first_row(tmp_path, content):
    with pytest.raises(InputError, match=r"rows is a JSON object with columns \(line 1: .*one obj"):
        open_table(write(tmp_path / "a.jsonl", content))


def test_parquet_keeps_types_and_streams(tmp_path):
    table = pa.table({"text": ["een", None], "n": pa.array([1, 2], pa.int8())})
    pq.write_table(table, tmp_path / "a.parquet")
    opened = open_table(tmp_path / "a.parquet")
    assert opened.columns == {"text": str, "n": object}
    assert opened.arrow_schema.field("n").type == pa.int8()
    assert values(tmp_path / "a.parquet") == [{"text": "een", "n": 1}, {"text": None, "n": 2}]


def test_a_damaged_parquet_file(tmp_path):
    pq.write_table(pa.table({"text": ["een"] * 100}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    path = write(tmp_path / "b.parquet", data[: len(data) // 2])
    with pytest.raises(InputError, match="not a readable parquet file"):
        open_table(path)


def test_txt_is_one_row(tmp_path):
    path = write(tmp_path / "a.txt", "Een zin.\n\nNog een.")
    assert values(path) == [{"text": "Een zin.\n\nNog een."}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.jsonl", b"\n\n", "the file has no rows"),
        ("a.csv", b"\n", "no header and no rows"),
        ("a.csv", b"text,text\n1,2\n", "'text' stands twice"),
        ("a.csv", b'"text\n', "the header cannot be read"),
        ("a.docx", b"x", "the suffix is '.docx', expected .txt"),
        ("a", b"x", "the suffix is 'missing'"),
        ("a.csv", "text\ncafé\n".encode("latin-1"), "a.csv:2: not UTF-8.*--encoding cp1252"),
        ("a.csv", "text\ncafé\n".encode("utf-16"), "is UTF-16.*--encoding utf-16"),
        ("a.csv", "text\ncafé\n".encode("utf-16-le"), "--encoding utf-16-le"),
        ("a.csv", "text\ncafé\n".encode("utf-16-be"), "--encoding utf-16-be"),
        ("a.txt", b"\0" * 5000, "holds NUL bytes only"),
        ("a.parquet", b"no parquet", "not a readable parquet file"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, name, content, message):
    with pytest.raises(InputError, match=message):
        open_table(write(tmp_path / name, content))


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_on_request(tmp_path, encoding):
    path = write(tmp_path / "a.csv", "text\ncafé\n".encode(encoding))
    assert values(path, encoding=encoding) == [{"text": "café"}]


def test_an_encoding_nobody_knows(tmp_path):
    with pytest.raises(ConfigError, match="encoding 'klingon' is unknown"):
        open_table(write(tmp_path / "a.csv", "text\n1\n"), encoding="klingon")


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.jsonl"])
@pytest.mark.parametrize(
    ("encoding", "content"), [("ascii", b"\xff"), ("cp1252", b"\x81"), ("utf-16", b"text")]
)
def test_a_wrong_encoding_asked_for(tmp_path, name, encoding, content):
    with pytest.raises(InputError, match=f"{name}: cannot be read as {encoding}"):
        open_table(write(tmp_path / name, content), encoding=encoding)


def test_a_file_that_changes_after_it_was_checked(tmp_path):
    path = write(tmp_path / "a.txt", "een")
    table = open_table(path, encoding="ascii")
    path.write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot be read as ascii"):
        [*table.rows()]
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        [*table.rows()]


def test_single_bytes_that_are_no_utf8_cost_their_row_only(tmp_path):
    content = "text\n" + "één\n" * 5
    path = write(tmp_path / "a.csv", content.encode() + b"caf\xe9\n" + b"twee\n")
    rows = read(path)
    assert [row.number for row in rows if isinstance(row, Reject)] == [6]
    assert "not valid UTF-8" in rows[5].reason


def test_paths(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        open_table(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="is a folder"):
        open_table(tmp_path, "csv")
    assert format_of(tmp_path / "A.CSV") == "csv"


@settings(max_examples=60)
@given(
    content=st.binary(max_size=300), fmt=st.sampled_from(["csv", "tsv", "jsonl", "txt", "parquet"])
)
def test_any_bytes_are_rows_or_one_clear_error(tmp_path_factory, content, fmt):
    path = tmp_path_factory.mktemp("fuzz") / f"a.{fmt}"
    path.write_bytes(content)
    rows, message = [], ""
    try:
        rows = read(path)
    except InputError as error:
        message = str(error)
    assert rows or message.startswith(str(path)) or fmt in ("csv", "tsv")
    assert [row.number for row in rows] == [*range(1, len(rows) + 1)]


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8))
def test_csv_round_trips_with_the_standard_library(tmp_path_factory, rows):
    import csv

    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b"])
        writer.writerows(rows)
    assert [(row["a"], row["b"]) for row in values(path)] == rows


@pytest.mark.parametrize("line", ['{"text": "x", "meta": {"a": "\\ud83d"}}', '{"m\\ud83d": 1}'])
def test_half_an_emoji_anywhere_in_a_row_costs_that_row_only(tmp_path, line):
    rows = read(write(tmp_path / "a.jsonl", f'{line}\n{{"text": "y"}}\n'))
    assert isinstance(rows[0], Reject)
    assert "not valid UTF-8" in rows[0].reason
    assert rows[1] == Row(2, {"text": "y"})


def test_a_byte_order_mark_in_an_encoding_that_keeps_it(tmp_path):
    path = write(tmp_path / "a.csv", "\ufefftext\ncafé\n".encode("utf-16-le"))
    assert values(path, encoding="utf-16-le") == [{"text": "café"}]


def test_a_pipe_cannot_be_read_twice(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(InputError, match="no regular file; pipe it to standard input"):
        open_table(tmp_path / "a.csv")


def test_a_parquet_column_that_stands_twice(tmp_path):
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="the column 'text' stands twice"):
        open_table(tmp_path / "a.parquet")


def test_a_missing_column_is_named_with_those_there_are(tmp_path):
    table = open_table(write(tmp_path / "a.csv", "a,b\n1,2\n"))
    require_columns(table, ["a", "b"])
    with pytest.raises(InputError, match=r"a.csv: no column 'c'; it has a, b\. Look again\.$"):
        require_columns(table, ["a", "c"], "Look again.")


def test_a_hundred_thousand_columns(tmp_path):
    names = [f"c{i}" for i in range(100_000)]
    path = write(tmp_path / "a.csv", ",".join(names) + "\n" + ",".join(names) + "\n")
    (row,) = values(path)  # in quadratic time a minute
    assert len(row) == 100_000
    with pytest.raises(InputError, match="c18, c19 and 99,980 more"):
        require_columns(open_table(path), ["text"])
    with pytest.raises(InputError, match="the column 'c7' stands twice"):
        open_table(write(path, ",".join([*names, "c7"]) + "\n"))
