import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.report.examples import LONGEST, MOST_HOLDERS, Part, Side, draw, parts


def test_every_cell_has_the_same_part_or_all_it_has():
    labels = np.repeat([0, 1, 2], [500, 300, 5])
    groups = np.arange(805) % 2
    rows = draw(labels, groups, 65, seed=1)
    counts = np.unique(labels[rows] * 2 + groups[rows], return_counts=True)[1]
    assert len(rows) == 65
    assert sorted(counts) == [2, 3, 15, 15, 15, 15]
    assert (np.diff(rows) > 0).all()


def test_the_draw_is_by_chance_and_repeatable():
    labels, groups = np.zeros(1000, int), np.zeros(1000, int)
    one, two, other = (draw(labels, groups, 20, seed) for seed in (1, 1, 2))
    assert one.tolist() == two.tolist() != other.tolist()
    assert 200 < one.mean() < 800


@pytest.mark.parametrize("n", [0, 3, 4, 99])
def test_no_more_than_there_are(n):
    assert len(draw(np.array([0, 1, 1]), np.zeros(3, int), n, 1)) == min(n, 3)


def holder(start, end, actor="Rusland", stance="against"):
    return {"actor": actor, "stance": stance, "start": start, "end": end}


def test_a_sentence_is_cut_at_the_names_of_its_holders():
    found, behind, clipped = parts(
        "Parijs steunt het, Moskou niet.",
        [holder(None, None, "author", "favor"), holder(19, 25), holder(0, 6, "Frankrijk", "favor")],
    )
    assert found == [
        Part("Parijs", Side("Frankrijk", "favor")),
        Part(" steunt het, "),
        Part("Moskou", Side("Rusland", "against")),
        Part(" niet."),
    ]
    assert behind == [Side("author", "favor")]
    assert not clipped


def test_what_is_too_long_or_too_much_is_cut_and_said():
    found, behind, clipped = parts("a" * (LONGEST + 1), [holder(LONGEST - 1, LONGEST + 1)])
    assert found == [Part("a" * LONGEST)]
    assert behind == [Side("Rusland", "against")]
    assert clipped
    _, behind, clipped = parts("a", [holder(None, None)] * (MOST_HOLDERS + 1))
    assert len(behind) == MOST_HOLDERS
    assert clipped


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(1, 20)), max_size=MOST_HOLDERS),
)
def test_no_character_and_no_holder_is_lost(sentence, spans):
    holders = [holder(start, start + length) for start, length in spans]
    found, behind, clipped = parts(sentence, holders)
    assert "".join(one.text for one in found) == sentence
    assert len(behind) + sum(one.holder is not None for one in found) == len(holders)
    assert not clipped
