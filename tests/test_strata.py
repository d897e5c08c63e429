import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stance.strata import BANDS, label_and_band, merge


def test_each_predicted_label_is_split_at_its_median_score():
    predicted = np.array([0, 0, 0, 0, 2, 2])
    scores = np.array([0.5, 0.9, 0.8, 0.6, 0.4, 0.3])
    strata = label_and_band(predicted, scores, 3)
    assert strata.tolist() == [0, 1, 1, 0, 2 * BANDS + 1, 2 * BANDS]


def test_small_strata_join_their_neighbours():
    assert merge(np.array([9, 2, 2, 7, 1]), 4).tolist() == [0, 1, 1, 2, 2]
    assert merge(np.array([1, 1]), 5).tolist() == [0, 0]


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.integers(1, 10))
def test_merged_strata_are_neighbours_and_large_enough(counts, least):
    merged = merge(np.array(counts), least)
    assert (np.diff(merged) >= 0).all()
    assert set(merged.tolist()) == set(range(merged.max() + 1))
    held = np.bincount(merged, counts)
    assert (held >= least).all() or len(held) == 1
