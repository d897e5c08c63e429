import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stance.errors import InputError
from stance.labelled import labels_of, open_labelled, read_labelled
from stance.labels import LABELS


def row(number, place=0, label="favor", **others):
    """A row as labelling writes it."""
    chances = {name: 0.7 if name == label else 0.1 for name in LABELS}
    return {
        "outlet": "De Brug",
        "row": number,
        "sentence_index": place,
        "start": 0,
        "end": 4,
        "sentence": f"Zin {number}.{place}",
        "label": label,
        "score": 0.7,
        **{f"p_{name}": chance for name, chance in chances.items()},
        "truncated": False,
        "not_dutch": False,
    } | others


ROWS = [row(1), row(1, 1, "neutral"), row(2, 0, "unrelated"), row(3, 0, "against")]


def write(path, rows=ROWS):
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(one) + "\n" for one in rows), "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*rows[0]])
            writer.writeheader()
            writer.writerows(rows)
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_every_format_gives_the_same(tmp_path, name):
    table = read_labelled(open_labelled(write(tmp_path / name)), ["outlet"])
    assert table.labelled.labels == LABELS
    assert table.labelled.predicted.tolist() == [0, 2, 3, 1]
    assert table.labelled.documents.tolist() == [0, 0, 1, 2]
    assert table.labelled.probabilities[1] == pytest.approx([0.1, 0.1, 0.7, 0.1])
    assert table.ids[:, 1:].tolist() == [[1, 0], [1, 1], [2, 0], [3, 0]]
    assert table.columns["outlet"].to_pylist() == ["De Brug"] * 4
    assert table.columns["sentence"][1].as_py() == "Zin 1.1"


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_holders_are_text_whatever_the_format(tmp_path, name):
    holder = {"actor": "Rusland", "stance": "against", "text": "Moskou", "score": 0.9}
    lists = [[holder, holder | {"actor": "author"}], []]
    if name == "t.csv":
        lists = ["Rusland: against; author: against", ""]
    path = write(tmp_path / name, [row(n, holders=one) for n, one in enumerate(lists, start=1)])
    table = read_labelled(open_labelled(path), holders=True)
    texts = table.columns["holders"].to_pylist()
    assert [one or "" for one in texts] == ["Rusland: against; author: against", ""]
    assert table.tells_holders
    plain = read_labelled(open_labelled(path))
    assert plain.tells_holders
    assert "holders" not in plain.columns


def test_a_column_of_the_input_tells_no_holders(tmp_path):
    for number, rows in enumerate(([{"holders": "x"} | one for one in ROWS], ROWS)):
        path = write(tmp_path / f"{number}.csv", rows)
        assert not read_labelled(open_labelled(path)).tells_holders
        with pytest.raises(InputError, match=r"no column 'holders'; label with a model that"):
            read_labelled(open_labelled(path), holders=True)


def test_a_row_a_holder_is_no_row_a_sentence(tmp_path):
    own = {"holder_actor": "Rusland", "holder_stance": "favor", "holder_text": "x"}
    path = write(tmp_path / "t.jsonl", [one | own | {"holder_score": 0.9} for one in ROWS])
    with pytest.raises(InputError, match="label without --long-holders"):
        open_labelled(path)
    both = [one | own | {"holder_score": 0.9, "holders": "Rusland: favor"} for one in ROWS]
    assert open_labelled(write(tmp_path / "u.jsonl", both)).n_rows == 4


def test_rows_of_several_files_are_several_documents(tmp_path):
    rows = [row(1, file="a.csv"), row(1, file="b.csv")]
    table = read_labelled(open_labelled(write(tmp_path / "t.csv", rows)))
    assert len(set(table.labelled.documents.tolist())) == 2
    assert table.files == {"a.csv": 0, "b.csv": 1}


def test_a_column_may_say_which_document_a_row_is_of(tmp_path):
    rows = [row(1, article="x"), row(2, article="y"), row(3, article="x")]
    table = read_labelled(open_labelled(write(tmp_path / "t.csv", rows)), document="article")
    assert table.labelled.documents.tolist() == [0, 1, 0]


def test_a_sentence_without_its_document_is_an_error(tmp_path):
    rows = [row(1, article="x"), row(2, article="")]
    with pytest.raises(InputError, match="row 2, column 'article': is empty"):
        read_labelled(open_labelled(write(tmp_path / "t.csv", rows)), document="article")


def test_columns_of_the_input_are_no_labels(tmp_path):
    rows = [{"p_value": 0.3} | one for one in ROWS]
    assert labels_of(open_labelled(write(tmp_path / "t.csv", rows))) == LABELS


def test_progress_counts_all_rows(tmp_path):
    done = []
    read_labelled(open_labelled(write(tmp_path / "t.csv")), progress=done.append)
    assert sum(done) == len(ROWS)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "voor"}, r"row 2, column 'label': 'voor' is none of favor, against"),
        ({"p_favor": 0.9}, r"row 2: the probabilities .* add up to 1\.200, expected 1"),
        ({"p_favor": None}, r"row 2, column 'p_favor': found .*, expected a number"),
        ({"row": 1}, r"rows 1 and 2 have the same row and sentence_index"),
    ],
)
def test_faults_are_named_with_their_row(tmp_path, name, change, message):
    path = write(tmp_path / name, [row(1), row(2) | change])
    with pytest.raises(InputError, match=message):
        read_labelled(open_labelled(path))


def test_a_table_that_labelling_did_not_write_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("text,label\nzin,favor\n", "utf-8")
    with pytest.raises(InputError, match=r"no column 'row'.*`stance label` wrote"):
        open_labelled(path)
    rows = [{name: value for name, value in row(1).items() if not name.startswith("p_")}]
    with pytest.raises(InputError, match="no column with probabilities"):
        open_labelled(write(tmp_path / "u.csv", rows))


def test_a_table_without_rows_and_a_folder_are_refused(tmp_path):
    path = write(tmp_path / "t.csv")
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    with pytest.raises(InputError, match="there are no rows"):
        open_labelled(path)
    with pytest.raises(InputError, match="is a folder, expected one table"):
        open_labelled(tmp_path)


def test_a_column_that_is_no_text_is_no_group(tmp_path):
    path = write(tmp_path / "t.parquet", [row(1, tags=["a"])])
    with pytest.raises(InputError, match=r"t\.parquet: cannot be read \(Unsupported cast"):
        read_labelled(open_labelled(path), ["tags"])


def test_a_malformed_row_is_no_row_to_leave_out(tmp_path):
    path = write(tmp_path / "t.csv")
    path.write_text(path.read_text("utf-8") + "te,weinig\n", "utf-8")
    with pytest.raises(InputError, match="row 5: 2 fields"):
        read_labelled(open_labelled(path))


@pytest.mark.parametrize(
    ("by", "document", "message"),
    [
        (["krant"], None, r"no column 'krant'.*--by"),
        (["month"], None, r"no column 'date'.*gives the month"),
        ([], "artikel", r"no column 'artikel'.*--document"),
    ],
)
def test_a_missing_column_is_named_with_its_option(tmp_path, by, document, message):
    with pytest.raises(InputError, match=message):
        read_labelled(open_labelled(write(tmp_path / "t.csv")), by, document)


def test_numbers_are_float64(tmp_path):
    table = read_labelled(open_labelled(write(tmp_path / "t.parquet")))
    assert table.labelled.probabilities.dtype == np.float64
