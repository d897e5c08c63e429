import pytest
from killed_runs import HashingClassifier

from stance.errors import InputError
from stance.row_labels import REJECTED, RowLabels


def test_rows_keep_their_places_from_one_batch_to_the_next():
    labels = RowLabels(HashingClassifier(), "zin", None)
    one = labels.label({"zin": ["Een zin.", None]})
    two = labels.label({"zin": ["", "Nog een zin."], "more": [1, 2]})
    assert [*one] == [*two] == [*labels.types]
    assert [one[REJECTED], two[REJECTED]] == [
        [None, "column zin is missing"],
        ["column zin is empty", None],
    ]
    assert [bool(label) for label in one["label"] + two["label"]] == [True, False, False, True]
    assert labels.done.rows == 4
    assert labels.rejects().startswith("2 of 4 rows cannot be labelled, the first is row 2: column")


def test_where_no_row_has_a_label():
    labels = RowLabels(HashingClassifier(), "zin", "ervoor")
    assert labels.rejects() == ""
    labels.label({"zin": ["Een zin."], "ervoor": [3]})
    with pytest.raises(InputError, match=r"none of 1 rows .*column ervoor is int, expected text"):
        labels.rejects()
    labels.label({"zin": ["Een zin."], "ervoor": [None]})
    assert labels.rejects()


def test_columns_are_checked_before_work():
    labels = RowLabels(HashingClassifier(), "zin", "ervoor")
    labels.check(["ervoor", "zin", "text"])
    with pytest.raises(InputError, match="no column 'ervoor'; it has zin"):
        labels.check(["zin"])
    with pytest.raises(InputError, match="'p_favor', 'holders' already"):
        labels.check(["zin", "ervoor", "holders", "p_favor"])


def test_half_a_character_costs_its_row_alone():
    labels = RowLabels(HashingClassifier(), "zin", None)
    found = labels.label({"zin": ["Een zin.", "Een \ud83d zin."]})
    assert found[REJECTED] == [None, "column 'zin' is not valid UTF-8"]
