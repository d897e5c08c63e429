import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import write_jsonl

from stance.errors import InputError
from stance.inputs import open_inputs
from stance.readers import Reject, Row


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    (folder / "1999").mkdir(parents=True)
    write_jsonl(folder / "b.jsonl", [{"text": "drie", "n": 1.5}, {"text": None}])
    (folder / "a.csv").write_text("text,n,bron\neen,1,x\ntwee,2,y\n", "utf-8")
    (folder / "1999" / "c.txt").write_text("vier", "utf-8")
    (folder / "LEES.md").write_text("niet", "utf-8")
    (folder / ".verborgen.csv").write_text("text\nnee\n", "utf-8")
    return folder


def test_a_folder_is_all_its_files_in_order(archive):
    inputs = open_inputs(archive)
    assert inputs.names == ("1999/c.txt", "a.csv", "b.jsonl")
    assert [path.name for path in inputs.left_out] == ["LEES.md"]
    assert inputs.columns() == {"n": object, "bron": str}
    assert inputs.n_rows == 5
    assert [(row.file, row.number) for row in inputs.rows()] == [
        ("1999/c.txt", 1), ("a.csv", 1), ("a.csv", 2), ("b.jsonl", 1), ("b.jsonl", 2),
    ]  # fmt: skip
    assert [*inputs.rows()] == [*inputs.rows()]


def test_a_pattern(archive):
    inputs = open_inputs(archive / "**" / "*.[ct]*")
    assert [name.rpartition("archive/")[2] for name in inputs.names] == ["1999/c.txt", "a.csv"]
    one = open_inputs(archive / "a.*")
    assert len(one.names) == 1  # the columns do not depend on how many files match
    with pytest.raises(InputError, match=r"there is no file in it, expected some of \.txt"):
        open_inputs(archive / "*.parquet")
    with pytest.raises(InputError, match=r"LEES\.md: the suffix is '\.md'"):
        open_inputs(archive / "*.md")


def test_a_file_whose_name_looks_like_a_pattern(tmp_path):
    (tmp_path / "a[1].csv").write_text("text\neen\n", "utf-8")
    inputs = open_inputs(tmp_path / "a[1].csv")
    assert inputs.names == ()
    assert [*inputs.rows()] == [Row(1, {"text": "een"})]


def test_a_text_takes_the_name_of_the_text_column(archive):
    (archive / "a.csv").unlink()
    (archive / "b.jsonl").write_text('{"body": "x"}\n', "utf-8")
    rows = [*open_inputs(archive, text_column="body").rows()]
    assert [row.values["body"] for row in rows] == ["vier", "x"]


def test_every_file_that_cannot_be_used_counts(archive):
    (archive / "d.csv").write_text("body\nx\n", "utf-8")
    (archive / "e.csv").touch()
    message = r"d\.csv: no column 'text'.*--text-column.* 1 more of 5 files cannot be used either"
    with pytest.raises(InputError, match=message):
        open_inputs(archive)


def test_a_rejected_row_knows_its_file(archive):
    (archive / "a.csv").write_text("text,n\neen,1,1\n", "utf-8")
    assert [row.file for row in open_inputs(archive).rows() if isinstance(row, Reject)] == ["a.csv"]


def test_a_name_that_is_no_utf8(archive):
    (archive / os.fsdecode(b"caf\xe9.csv")).write_text("text\nx\n", "utf-8")
    assert "caf\ufffd.csv" in open_inputs(archive).names


def test_parquet_columns_keep_a_type_that_all_agree_on(tmp_path):
    for i, kind in enumerate([pa.int16(), pa.int16()]):
        table = pa.table({"text": ["x"], "n": pa.array([i], kind), "d": pa.array([i], pa.int8())})
        pq.write_table(table, tmp_path / f"{i}.parquet")
    assert open_inputs(tmp_path).columns() == {"n": pa.int16(), "d": pa.int8()}
    pq.write_table(pa.table({"text": ["x"], "n": ["een"]}), tmp_path / "2.parquet")
    assert open_inputs(tmp_path).columns() == {"n": object, "d": pa.int8()}


def test_the_folder_of_a_run_is_no_input(tmp_path):
    (tmp_path / "out.csv.parts").mkdir()
    for path in (tmp_path / "a.csv", tmp_path / "out.csv.parts" / "part-00000.csv"):
        path.write_text("text\nx\n", "utf-8")
    pattern = tmp_path / "**" / "*.csv"
    assert len(open_inputs(pattern).tables) == 2
    assert len(open_inputs(pattern, leave_out=tmp_path / "out.csv.parts").tables) == 1
