import datetime
import errno
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stance.errors import OutputError
from stance.readers import open_table
from stance.writers import (
    behind_links,
    check_writable,
    errors_about,
    format_of,
    inert,
    inert_record,
    open_writer,
    sheet_text,
    table_text,
    write_text,
)

COLUMNS = {"text": str, "n": int, "p": float, "ok": bool, "any": object}
ROWS = [
    {"text": 'een "twee", drie\nvier', "n": 1, "p": 0.25, "ok": True, "any": [1, {"a": "é"}]},
    {"text": "", "n": -2, "p": 1.0, "ok": False, "any": None},
]


def write(path, fmt, rows=ROWS, columns=COLUMNS):
    with open_writer(path, fmt, columns) as put:
        put(rows[:1])
        put(rows[1:])


@pytest.mark.parametrize("fmt", ["csv", "tsv", "jsonl", "parquet"])
def test_what_is_written_is_read_back(tmp_path, fmt):
    path = tmp_path / f"out.{fmt}"
    write(path, fmt)
    one, two = (row.values for row in open_table(path).rows())
    assert one["text"] == ROWS[0]["text"]
    assert float(two["p"]) == 1.0
    assert int(two["n"]) == -2
    kept = one["any"] if isinstance(one["any"], list) else json.loads(one["any"])
    assert kept == ROWS[0]["any"]
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_booleans_of_a_spreadsheet(tmp_path):
    write(tmp_path / "out.csv", "csv")
    assert [row.values["ok"] for row in open_table(tmp_path / "out.csv").rows()] == [
        "true",
        "false",
    ]


def test_arrow_types_are_kept(tmp_path):
    with open_writer(tmp_path / "o.parquet", "parquet", {"d": pa.date32(), "t": str}) as put:
        put([{"d": datetime.date(2026, 1, 1), "t": "x"}])
    assert pq.read_schema(tmp_path / "o.parquet").field("d").type == pa.date32()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named(tmp_path, number):
    with (
        pytest.raises(OutputError, match=r"out\.csv: the disk is full; make room\."),
        errors_about(tmp_path / "out.csv", "make room"),
    ):
        raise OSError(number, "No space left on device")


def test_check_writable(tmp_path):
    check_writable(tmp_path / "new.csv", overwrite=False)
    assert not [*tmp_path.iterdir()]
    (tmp_path / "old.csv").touch()
    with pytest.raises(OutputError, match="--overwrite"):
        check_writable(tmp_path / "old.csv", overwrite=False)
    check_writable(tmp_path / "old.csv", overwrite=True)
    with pytest.raises(OutputError, match="no such folder"):
        check_writable(tmp_path / "no" / "a.csv", overwrite=False)
    with pytest.raises(OutputError, match="is a folder"):
        check_writable(tmp_path, overwrite=True)
    with pytest.raises(OutputError, match="cannot be written"):
        check_writable(Path("/proc/a.csv"), overwrite=False)


def test_formats(tmp_path):
    assert format_of(tmp_path / "a.PARQUET") == "parquet"
    with pytest.raises(OutputError, match=r"the suffix is '\.xlsx', expected \.csv"):
        format_of(tmp_path / "a.xlsx")
    with pytest.raises(OutputError, match="not parquet"):
        open_writer(None, "parquet", COLUMNS)


def test_standard_output(capsys):
    with open_writer(None, "jsonl", COLUMNS) as put:
        put(ROWS)
    assert [json.loads(line)["n"] for line in capsys.readouterr().out.splitlines()] == [1, -2]


def test_write_text(tmp_path):
    write_text(tmp_path / "a.json", "é")
    assert (tmp_path / "a.json").read_text("utf-8") == "é"
    with pytest.raises(OutputError, match="cannot be written"):
        write_text(tmp_path / "no" / "a.json", "x")


def test_a_device_is_never_replaced():
    with pytest.raises(OutputError, match="no regular file; use - for standard output"):
        check_writable(Path("/dev/null"), overwrite=True)


def test_a_large_integer_among_floats(tmp_path):
    with open_writer(tmp_path / "o.parquet", "parquet", {"n": float}) as put:
        put([{"n": 2**60 + 1}, {"n": 1.5}, {"n": None}])
    assert pq.read_table(tmp_path / "o.parquet")["n"].to_pylist() == [float(2**60), 1.5, None]


def test_an_old_file_survives_a_failed_overwrite(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old", "utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half an emoji: \ud83d")
    assert [(one.name, one.read_text("utf-8")) for one in tmp_path.iterdir()] == [("a.json", "old")]


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "out.json", tmp_path / "link.json"
    link.symlink_to(target)
    write_text(link, "first")
    write_text(link, "second")
    assert link.is_symlink()
    assert target.read_text("utf-8") == "second"


def test_a_link_to_itself(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OutputError, match="leads to itself"):
        check_writable(tmp_path / "a", overwrite=True)


def test_the_input_is_never_written(tmp_path):
    (tmp_path / "in").touch()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    with pytest.raises(OutputError, match="link: is the input itself"):
        check_writable(tmp_path / "link", overwrite=True, sources=[tmp_path / "in"])


def test_a_name_that_is_too_long(tmp_path):
    for name in ("x" * 300, "é" * 200):
        with pytest.raises(OutputError, match="cannot be written"):
            check_writable(tmp_path / name, overwrite=False)
        with pytest.raises(OutputError, match="cannot be written"):
            behind_links(tmp_path / name)


@pytest.mark.parametrize("fmt", ["jsonl", "csv"])
def test_numbers_that_json_lacks_are_null(tmp_path, fmt):
    columns = {"n": float, "any": object}
    write(tmp_path / "o", fmt, [{"n": 1.5, "any": [float("nan"), {"a": -float("inf")}]}], columns)
    assert "NaN" not in (tmp_path / "o").read_text("utf-8")
    (row,) = (one.values for one in open_table(tmp_path / "o", fmt).rows())
    kept = row["any"] if fmt == "jsonl" else json.loads(row["any"])
    assert (float(row["n"]), kept) == (1.5, [None, {"a": None}])


@pytest.mark.parametrize(("fmt", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_sheet_is_safe_to_open(fmt, delimiter):
    rows = [{"a": "=1+1", "n": -0.5}, {"a": "één", "n": None}]
    assert sheet_text(rows, fmt, ["a", "n"]) == (
        f"\ufeffa{delimiter}n\n'=1+1{delimiter}-0.5\néén{delimiter}\n"
    )
    assert sheet_text([], fmt, ["a", "n"]) == f"\ufeffa{delimiter}n\n"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1|cmd", "-2+3", "@a", "\t=1", "\r=1", "\n=1", "＝1", "-"]
)
def test_what_a_spreadsheet_runs_gets_an_apostrophe(cell):
    assert inert(cell) == f"'{cell}"
    assert inert_record({cell: cell}) == {f"'{cell}": f"'{cell}"}
    assert inert(inert(cell)) == inert(cell)


@pytest.mark.parametrize("cell", ["", "a=1", " =1", "-5", "+3.25", "-0,5", "-1e-05", -2.5, None])
def test_what_it_does_not_run_stays(cell):
    assert inert(cell) == cell


def test_a_sheet_as_jsonl_keeps_values_as_they_are():
    assert sheet_text([{"a": "=1", "n": None}], "jsonl", ["a", "n"]) == '{"a": "=1", "n": null}\n'


@pytest.mark.parametrize("fmt", ["csv", "tsv"])
def test_a_carriage_return_in_a_cell_does_not_end_the_row(tmp_path, fmt):
    record = {"a": "Een\rtwee", "b": "drie\r"}
    for text in (table_text([record], fmt, ["a", "b"]), sheet_text([record], fmt, ["a", "b"])):
        path = tmp_path / f"out.{fmt}"
        path.write_bytes(text.encode())
        assert [row.values for row in open_table(path).rows()] == [record]
        assert text.count("\n") == 2
