import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from stance.coders import MISSING, ceiling, others_say, read_codes
from stance.errors import ConfigError, InputError
from stance.rows import LabelledRow

LABELS = ("favor", "against", "neutral")


def rows(*cells):
    return [
        LabelledRow(
            f"a.csv: row {i}", "Een zin.", "", "favor", others=dict(zip("xyz", one, strict=False))
        )
        for i, one in enumerate(cells, start=1)
    ]


def test_labels_become_codes():
    found = read_codes(rows(("favor", " against "), ("", "neutral"), ("favor", "")), "xy", LABELS)
    assert found.tolist() == [[0, 1], [MISSING, 2], [0, MISSING]]


@pytest.mark.parametrize(
    ("cells", "coders", "error", "message"),
    [
        ([("favour", "favor")], "xy", InputError, "row 1, column 'x': 'favour' is none of favor, "
         "against, neutral; did you mean favor?"),
        ([("favor", "xyz")], "xy", InputError, "column 'y': 'xyz' is none of favor, against"),
        ([("favor", ""), ("", "favor")], "xy", InputError, "x has coded no row that another"),
        ([("favor", "favor")], "x", ConfigError, "--coders x: expected two columns or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(cells, coders, error, message):
    with pytest.raises(error) as caught:
        read_codes(rows(*cells), coders, LABELS)
    assert message in str(caught.value)


def test_the_majority_of_the_others():
    codes = np.array(
        [[0, 1, 1, 2], [0, 1, 2, 2], [0, 0, 1, MISSING], [1, MISSING, MISSING, MISSING]]
    )
    assert others_say(codes, 0, 3).tolist() == [[0, 1, 0], [0, 0, 1], [0.5, 0.5, 0], [0, 0, 0]]


def test_two_coders_are_held_against_each_other():
    first, second = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 1, 2, 0])
    predicted = np.array([0, 0, 1, 2, 2, 2])
    found = ceiling(np.stack([first, second], axis=1), predicted, ["a", "b"], 3, [*"abcdef"])
    a, b = found["coders"]
    assert a["human"]["macro_f1"] == pytest.approx(f1_score(second, first, average="macro"))
    assert b["human"]["macro_f1"] == pytest.approx(f1_score(first, second, average="macro"))
    assert a["model"]["macro_f1"] == pytest.approx(f1_score(second, predicted, average="macro"))
    assert (a["n"], a["ties"]) == (6, 0)
    mean = found["mean"]
    assert mean["human"]["macro_f1"] == pytest.approx(
        (a["human"]["macro_f1"] + b["human"]["macro_f1"]) / 2
    )
    assert mean["difference"] == pytest.approx(
        mean["model"]["macro_f1"] - mean["human"]["macro_f1"]
    )
    low, high = mean["difference_interval"]
    assert low <= mean["difference"] <= high


def test_people_are_compared_without_a_model_too():
    codes = np.array([[0, 0, 1], [1, 1, 1], [2, 0, 2]])
    alone = ceiling(codes, None, "abc", 3, ["x", "y", "z"])
    beside = ceiling(codes, codes[:, 0], "abc", 3, ["x", "y", "z"])
    assert [one["human"] for one in alone["coders"]] == [one["human"] for one in beside["coders"]]
    assert {*alone["mean"]} == {"human"}


def test_a_tie_counts_in_equal_parts():
    """Row 1: the others of a say 0 and 1, so a, who says 0, is half right and half wrong."""
    codes = np.array([[0, 0, 1], [1, 1, 1]])
    a = ceiling(codes, np.array([0, 1]), "abc", 2, ["x", "y"])["coders"][0]
    assert a["ties"] == 1
    # gold 0: .5 right; gold 1: 1 right, .5 called 0. F1: 1 / 1.5 and 2 / 2.5.
    assert a["human"]["macro_f1"] == pytest.approx((1 / 1.5 + 2 / 2.5) / 2)
    assert a["model"] == a["human"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-1, 2)] * 4), min_size=1, max_size=12))
def test_a_model_that_says_what_a_coder_says_scores_the_same(cells):
    codes = np.array([[0, 0, 0, 0], *cells])
    found = ceiling(codes, codes[:, 2], "abcd", 3, [str(i) for i in range(len(codes))])
    assert found["coders"][2]["model"] == found["coders"][2]["human"]
    for one in found["coders"]:
        for who in ("human", "model"):
            low, high = one[who]["interval"]
            assert 0 <= low <= high <= 1
