import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_prevalence import archive

from stance.errors import ConfigError
from stance.prevalence import Gold, estimate
from stance.sampling import FLOOR, allocate, draw, expected_widths, make_strata
from stance.strata import BANDS


@given(
    st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 1)), min_size=1, max_size=40),
    st.integers(0, 3000),
)
def test_an_allocation_adds_up_and_keeps_to_floors_and_sizes(strata, more):
    sizes = np.array([size for size, _ in strata])
    least = np.minimum(sizes, FLOOR)
    n = int(least.sum()) + more
    counts = allocate(sizes, np.array([spread for _, spread in strata]), n)
    assert counts.sum() == min(n, sizes.sum())
    assert (counts >= least).all()
    assert (counts <= sizes).all()


def test_half_goes_where_the_model_is_unsure():
    counts = allocate(np.array([1000, 1000]), np.array([0.1, 0.3]), 400)
    assert counts.tolist() == [100 + 50, 100 + 150]


@given(st.integers(0, 1000), st.integers(60, 500), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_a_sample_is_one_with_known_probabilities(seed, n, n_groups):
    labelled, _ = archive(seed, 100)
    groups = labelled.documents % n_groups
    if n < n_groups * FLOOR:
        return
    drawn = draw(labelled, groups, n, seed)
    assert len(drawn.rows) == len(set(drawn.rows.tolist())) == n
    assert (1 / drawn.inclusion).sum() == pytest.approx(len(groups))
    assert set(groups[drawn.rows]) == set(groups)
    again = draw(labelled, groups, n, seed)
    assert again.rows.tolist() == drawn.rows.tolist()


def test_inclusion_probabilities_are_how_often_a_sentence_is_drawn():
    labelled, truth = archive(0, 30)
    groups = np.zeros(len(truth), int)
    inclusion, times = np.full(len(truth), np.nan), np.zeros(len(truth))
    for seed in range(600):
        drawn = draw(labelled, groups, 60, seed)
        times[drawn.rows] += 1
        inclusion[drawn.rows] = drawn.inclusion
    assert inclusion.sum() == pytest.approx(60)  # they add up to n
    off = (times / 600 - inclusion) / np.sqrt(inclusion * (1 - inclusion) / 600 + 1e-9)
    assert np.abs(off).max() < 5


def test_a_small_table_is_taken_whole():
    labelled, truth = archive(0, 10)
    drawn = draw(labelled, np.zeros(len(truth), int), 10_000)
    assert sorted(drawn.rows.tolist()) == list(range(len(truth)))
    assert set(drawn.inclusion) == {1}


def test_strata_get_coarser_where_the_sample_is_small():
    labelled, _ = archive(0, 100)
    groups = labelled.documents % 3
    fine, coarse, none = (len(set(make_strata(labelled, groups, n))) for n in (120, 119, 15))
    assert (fine, coarse, none) == (3 * 4 * BANDS, 3 * 4, 3)
    with pytest.raises(ConfigError, match=r"3 groups, which need 15 .* pass --n 15 or more"):
        make_strata(labelled, groups, 14)


def test_the_plan_tells_what_the_intervals_will_be():
    """The model's probabilities are true here: labels are drawn with them."""
    labelled, _ = archive(3, 400, signal=1.5)
    groups = (labelled.documents >= 200).astype(int)
    planned = expected_widths(labelled, groups, 300)
    ends = labelled.probabilities.cumsum(1)[:, :3]
    found = np.zeros((20, 2, 3))
    for seed in range(20):
        truth = (np.random.default_rng(1000 + seed).random((len(ends), 1)) > ends).sum(1)
        drawn = draw(labelled, groups, 300, seed)
        for group in range(2):
            rows = np.flatnonzero(groups == group)
            mine = np.flatnonzero(groups[drawn.rows] == group)
            places = np.searchsorted(rows, drawn.rows[mine])
            gold = Gold(places, truth[drawn.rows[mine]], drawn.inclusion[mine])
            shares = estimate(labelled.take(rows), gold).shares
            found[seed, group] = [one.interval[1] - one.interval[0] for one in shares]
    assert found.mean(0) == pytest.approx(planned, rel=0.2)


def test_more_gold_is_narrower():
    labelled, truth = archive()
    groups = np.zeros(len(truth), int)
    widths = [expected_widths(labelled, groups, n).max() for n in (100, 200, 400)]
    assert widths == sorted(widths, reverse=True)
