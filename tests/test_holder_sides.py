import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import write_jsonl
from hypothesis import given
from hypothesis import strategies as st
from report_tables import rows, write

from stance.errors import InputError
from stance.labelled import open_labelled
from stance.report.holder_sides import ActorSides, _parse, count_sides, read_holders


def sides(path, counted=None):
    holders = read_holders(open_labelled(path))
    return count_sides(holders, np.ones(len(holders), bool) if counted is None else counted)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_every_format_gives_the_same_counts(tmp_path, name):
    table = rows()
    favor, against = (sum(row["label"] == one for row in table) for one in ("favor", "against"))
    assert sides(write(tmp_path / name)) == [
        ActorSides("Rusland", favor, against),
        ActorSides("author", favor, against),
    ]


def test_an_actor_counts_once_a_sentence_and_side(tmp_path):
    table = rows(3)
    twice = [{"actor": "Iran", "stance": "favor", "text": "x", "start": 0, "end": 1, "score": 1.0}]
    table[0]["holders"] = twice * 2 + [twice[0] | {"stance": "against"}]
    table[1]["holders"] = twice
    table[2]["holders"] = twice
    path = write(tmp_path / "t.parquet", table)
    assert sides(path) == [ActorSides("Iran", 3, 1)]
    assert sides(path, np.array([True, False, True])) == [ActorSides("Iran", 2, 1)]


def test_no_column_and_no_holder(tmp_path):
    table = [{name: value for name, value in row.items() if name != "holders"} for row in rows(3)]
    pq.write_table(pa.Table.from_pylist(table), tmp_path / "t.parquet")
    assert read_holders(open_labelled(tmp_path / "t.parquet")) is None
    assert sides(write_jsonl(tmp_path / "t.jsonl", [row | {"holders": []} for row in table])) == []


@given(
    st.lists(st.tuples(st.from_regex(r"\A[^;:]{1,9}(; [^;:]{1,3})?\Z"), st.booleans()), max_size=5)
)
def test_holders_as_text_are_read_back(those):
    told = [(name, "favor" if favor else "against") for name, favor in those]
    text = "; ".join(f"{name}: {stance}" for name, stance in told)
    assert [(one["actor"], one["stance"]) for one in _parse(text)] == told


@pytest.mark.parametrize(
    "value",
    [
        "Rusland",
        "Rusland: voor",
        7,
        ["Rusland"],
        [{"actor": "Rusland", "stance": "neutral"}],
        [{"actor": "Rusland", "stance": "favor", "start": 3, "end": 2}],
        [{"actor": "Rusland", "stance": "favor", "start": 3}],
    ],
)
def test_something_else_is_an_error_that_names_the_row(tmp_path, value):
    table = [row | {"holders": None} for row in rows(3)]
    table[1]["holders"] = value
    path = write_jsonl(tmp_path / "t.jsonl", table)
    with pytest.raises(InputError, match=r"t\.jsonl: row 2, column 'holders': found .*label again"):
        read_holders(open_labelled(path))
