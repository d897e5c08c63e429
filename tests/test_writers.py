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
    format_of,
    open_writer,
    whole_or_nothing,
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


@pytest.mark.parametrize("fmt", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_nothing_is_left_after_an_interruption(tmp_path, fmt, fault):
    path = tmp_path / f"out.{fmt}"

    def interrupted():
        with (
            whole_or_nothing(path, overwrite=False) as (partial,),
            open_writer(partial, fmt, COLUMNS) as put,
        ):
            put(ROWS)
            raise fault

    with pytest.raises(fault):
        interrupted()
    assert not [*tmp_path.iterdir()]


def test_an_old_file_survives_a_failed_overwrite(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old", "utf-8")

    def failing():
        with (
            whole_or_nothing(path, overwrite=True) as (partial,),
            open_writer(partial, "csv", COLUMNS) as put,
        ):
            put(ROWS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert path.read_text("utf-8") == "old"


def test_a_full_disk_is_named(tmp_path):
    with (
        pytest.raises(OutputError, match="the disk is full; nothing was written"),
        whole_or_nothing(tmp_path / "out.csv", overwrite=False),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not [*tmp_path.iterdir()]


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


def files(folder):
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_files_that_belong_together(tmp_path):
    one, two, out = (tmp_path / name for name in ("one", "two", "out"))
    with whole_or_nothing(one, two, out, overwrite=False) as partials:
        for partial in partials:
            partial.write_text("first", "utf-8")
        (folder,) = tmp_path.iterdir()  # nothing else yet
        assert folder.name.startswith(".stance-")
    assert files(tmp_path) == {"one": "first", "two": "first", "out": "first"}
    with whole_or_nothing(one, two, out, overwrite=True) as (first, _, last):
        first.write_text("second", "utf-8")
        last.write_text("second", "utf-8")
    assert files(tmp_path) == {"one": "second", "out": "second"}  # `two` was of the earlier run


def test_two_runs_do_not_meet(tmp_path):
    out = tmp_path / "out"
    with whole_or_nothing(out, overwrite=True) as (one,):
        one.write_text("one", "utf-8")
        check_writable(out, overwrite=False)
        with whole_or_nothing(out, overwrite=True) as (two,):
            two.write_text("two", "utf-8")
        assert files(tmp_path / one.parent) == {"out": "one"}
    assert files(tmp_path) == {"out": "one"}


@pytest.mark.parametrize("overwrite", [True, False])
def test_finished_work_is_never_lost(tmp_path, overwrite):
    side, out = tmp_path / "side", tmp_path / "out"

    def run():
        with whole_or_nothing(side, out, overwrite=overwrite) as partials:
            for partial in partials:
                partial.write_text("work", "utf-8")
            (out if overwrite else side).mkdir()  # by another program

    with pytest.raises(OutputError, match=r"cannot be written.*what is finished is in .*stance-"):
        run()
    (kept,) = tmp_path.glob(".stance-*/out")
    assert kept.read_text("utf-8") == "work"


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "out.json", tmp_path / "link.json"
    link.symlink_to(target)
    write_text(link, "first")
    write_text(link, "second")
    assert link.is_symlink()
    assert files(tmp_path / "there") == {"out.json": "second"}


def test_a_link_to_itself(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OutputError, match="leads to itself"):
        check_writable(tmp_path / "a", overwrite=True)


def test_the_input_is_never_written(tmp_path):
    (tmp_path / "in").touch()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    with pytest.raises(OutputError, match="link: is the input itself"):
        check_writable(tmp_path / "link", overwrite=True, source=tmp_path / "in")


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
