import pytest

from stance.errors import ConfigError, InputError
from stance.leakage import Leak
from stance.rows import LabelledRow
from stance.seen import make_seen
from stance.views import Absent, View, make_views


def rows(*cells, names=("group", "date", "target")):
    found = []
    for number, cell in enumerate(cells, start=1):
        values = dict(zip(names, cell, strict=True))
        group = values.pop("group", "")
        found.append(LabelledRow(f"a.csv: row {number}", "Een zin.", "", "x", group, others=values))
    return found


ROWS = rows(
    ("a", "2023-01-01", "Rusland"),
    ("b", "2024-05-01", "Iran"),
    ("b", "2024-06-01", ""),
    ("c", "2022-01-01", "Moskou"),
)
SEEN = make_seen(["x"], ["t.csv: row 1"], ["a"], ["de Russische Federatie", ""], ["2024-05-01"])


def places(found):
    return {one.rows: one.places.tolist() for one in found if isinstance(one, View)}


def reasons(found):
    return {one.kind: one.reason for one in found if isinstance(one, Absent)}


def test_every_view():
    leaks = [Leak(1, "near", "t.csv: row 1", "x", True)]
    assert places(make_views(ROWS, SEEN, leaks, document_column="group")) == {
        "all rows": [0, 1, 2, 3],
        "without near copies": [0, 2, 3],
        "documents not in training": [1, 2, 3],
        "documents in training": [0],
        "after 2024-05-01": [2],
        "up to 2024-05-01": [0, 1, 3],
        "targets not in training": [1],
        "targets in training": [0, 3],
    }


def test_a_date_that_was_asked_for_needs_no_training_data():
    found = make_views(ROWS, None, [], since="2023-01-01")
    assert places(found) == {
        "all rows": [0, 1, 2, 3],
        "without near copies": [0, 1, 2, 3],
        "from 2023-01-01 on": [0, 1, 2],
        "before 2023-01-01": [3],
    }
    assert reasons(found) == {
        "grouped": "no column says which document a row is of; give --document",
        "unseen target": "the training data is not at hand; give --train FILE",
    }


def test_why_a_view_is_absent():
    bare = make_seen(["x"], ["y"])
    assert reasons(make_views(ROWS, None, [], document_column="group")) == {
        "grouped": "the training data is not at hand; give --train FILE",
        "chronological": "the training data is not at hand; give --train FILE, or name a date "
        "with --since",
        "unseen target": "the training data is not at hand; give --train FILE",
    }
    assert reasons(make_views(ROWS, bare, [], document_column="group")) == {
        "grouped": "the training data has no column 'group'",
        "chronological": "the training data has no dates, or name a date with --since",
        "unseen target": "the training data has no column 'target'",
    }
    without = rows(("a",), names=("group",))
    assert reasons(make_views(without, SEEN, [], document_column="group")) == {
        "chronological": "no column 'date'",
        "unseen target": "no column 'target' names a sanctioned party",
    }
    undated = rows(("a", "2024-01-01"), ("a", "mei 2024"), names=("group", "date"))
    assert (
        "row 2 has no date as 2024-03-31" in reasons(make_views(undated, SEEN, []))["chronological"]
    )


@pytest.mark.parametrize(
    "since", ["2024", "gisteren", "2024-02-30", "2024-01-01T00:00", "01-01-2024"]
)
def test_a_date_that_is_none(since):
    with pytest.raises(ConfigError, match=r"--since .*: expected a date such as 2024-03-31"):
        make_views(ROWS, None, [], since)


def test_a_row_without_a_date():
    some = rows(("2024-01-01",), ("mei",), names=("date",))
    with pytest.raises(
        InputError, match=r"row 2, column 'date': 'mei' is no date .* --since needs"
    ):
        make_views(some, None, [], "2024-01-01")
