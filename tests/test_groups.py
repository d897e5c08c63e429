from pathlib import Path

import pyarrow as pa
import pytest

from stance.errors import InputError
from stance.groups import has_month, make_groups, source_of

TABLE = Path("tabel.csv")


def columns(**values):
    return {name: pa.chunked_array([pa.array(one, pa.string())]) for name, one in values.items()}


def test_groups_are_sorted_and_only_those_that_occur():
    table = columns(outlet=["b", "a", "b"], month=["2024-01", "2024-02", "2024-01"])
    groups = make_groups(table, ["outlet", "month"], 3, TABLE)
    assert groups.keys == (("a", "2024-02"), ("b", "2024-01"))
    assert groups.codes.tolist() == [1, 0, 1]


def test_without_columns_all_is_one_group():
    groups = make_groups({}, [], 2, TABLE)
    assert groups.keys == ((),)
    assert groups.codes.tolist() == [0, 0]


def test_a_date_gives_year_and_month():
    table = columns(date=["2024-03-31", "2023-12-01T10:00:00", "2024-03-01"])
    assert make_groups(table, ["year"], 3, TABLE).keys == (("2023",), ("2024",))
    months = make_groups(table, ["month"], 3, TABLE)
    assert months.keys == (("2023-12",), ("2024-03",))
    assert months.codes.tolist() == [1, 0, 1]


def test_a_month_that_is_a_column_is_taken_as_it_is():
    table = columns(month=["mei", "juni"])
    assert source_of("month", ["month", "date"]) == "month"
    assert source_of("month", ["date"]) == "date"
    assert make_groups(table, ["month"], 2, TABLE).keys == (("juni",), ("mei",))


@pytest.mark.parametrize("date", ["31-03-2024", "2024", "2024-13-01", "", None, "２０２４-01-01"])
def test_a_date_that_is_none_is_named_with_its_row(date):
    table = columns(date=["2024-01-01", date])
    with pytest.raises(InputError, match=r"tabel\.csv: row 2, column 'date'.*2024-03-31"):
        make_groups(table, ["month"], 2, TABLE)


def test_missing_values_are_a_group_of_their_own():
    groups = make_groups(columns(outlet=["a", None, ""]), ["outlet"], 3, TABLE)
    assert groups.keys == (("",), ("a",))
    assert groups.codes.tolist() == [1, 0, 0]


def test_too_many_groups_are_an_error():
    table = columns(id=[str(one) for one in range(10_001)])
    with pytest.raises(InputError, match="10,001 groups"):
        make_groups(table, ["id"], 10_001, TABLE)


@pytest.mark.parametrize(
    ("date", "whole"),
    [
        ("2024-03-31", True),
        ("2024-03", True),
        ("2024-13-01", False),
        ("mei 2024", False),
        ("", False),
    ],
)
def test_a_date_that_tells_year_and_month(date, whole):
    assert has_month(date) is whole
