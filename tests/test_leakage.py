from stance.leakage import find_leaks
from stance.rows import LabelledRow
from stance.seen import make_seen

TEXT = "De minister wil het embargo tegen Iran nog dit jaar verlengen."


def rows(*texts):
    return [LabelledRow(f"a.csv: row {i}", one, "", "x") for i, one in enumerate(texts, start=1)]


def test_each_kind_of_copy_of_a_training_sentence():
    seen = make_seen([TEXT, "Iets anders."], ["t.csv: row 1", "t.csv: row 2"])
    found = find_leaks(
        rows(
            TEXT,
            TEXT.upper().replace(".", "!"),
            TEXT.replace("minister", "premier"),
            "Een heel andere zin.",
        ),
        seen,
    )
    training = {leak.row: (leak.kind, leak.other) for leak in found if leak.in_training}
    assert training == {
        0: ("exact", "t.csv: row 1"),
        1: ("normalised", "t.csv: row 1"),
        2: ("near", "t.csv: row 1"),
    }


def test_a_row_that_stands_above_in_the_file():
    found = find_leaks(rows("Een zin.", TEXT, TEXT, "een zin"), None)
    assert [(leak.row, leak.kind, leak.other, leak.in_training) for leak in found] == [
        (2, "exact", "a.csv: row 2", False),
        (3, "normalised", "a.csv: row 1", False),
    ]


def test_the_nearest_is_named():
    near, same = TEXT.replace("minister", "premier"), TEXT.lower()
    (leak,) = find_leaks(rows(TEXT), make_seen([near, same], ["one", "two"]))
    assert (leak.kind, leak.other, leak.other_text) == ("normalised", "two", same)


def test_copies_within_the_training_data_are_none_of_the_file():
    assert find_leaks(rows("Een zin."), make_seen([TEXT, TEXT], ["one", "two"])) == []
