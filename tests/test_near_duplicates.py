from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance import near_duplicates as module
from stance.near_duplicates import near_duplicates, words

WORDS = st.lists(st.sampled_from("aa bb cc dd ee ff gg hh ii".split()), max_size=9).map(" ".join)


def similarity(a, b):
    one, two = set(a.split()), set(b.split())
    return len(one & two) / len(one | two) if one | two else float(a == b)


@pytest.mark.parametrize("one_by_one", [0, 10**9])
@settings(max_examples=200)
@given(st.lists(WORDS, max_size=12))
def test_near_duplicates_are_all_found(one_by_one, texts):
    """Whether sets are compared or their tokens are counted."""
    every = [(i, j) for j in range(len(texts)) for i in range(j)]
    with patch.object(module, "_ONE_BY_ONE", one_by_one):
        found = [*near_duplicates(texts)]
    assert found == [(i, j) for i, j in every if similarity(texts[i], texts[j]) > 0.8]


@given(st.lists(st.tuples(WORDS, st.integers(0, 2)), max_size=12))
def test_the_nearest_of_each_kind(rows):
    texts, kinds = [text for text, _ in rows], np.array([kind for _, kind in rows], np.int64)
    expected = []
    for j, text in enumerate(texts):
        near = [i for i in range(j) if similarity(texts[i], text) > 0.8]
        best = {  # of equally near ones the first stands last, and so is kept
            kinds[i]: i for i in sorted(near, key=lambda i: (similarity(texts[i], text), -i))
        }
        expected += [(i, j) for i in sorted(best.values())]
    assert [*near_duplicates(texts, kinds=kinds)] == expected


def test_kinds_may_change_between_pairs():
    texts, kinds = ["a b c", "a c b", "b a c"], np.arange(3)
    found = []
    for i, j in near_duplicates(texts, kinds=kinds):
        found.append((i, j))
        kinds[kinds == kinds[i]] = kinds[j]
    assert found == [(0, 1), (0, 2)]  # the first two were one kind by then


def test_thousands_of_rows_of_one_template():
    template = "de minister van {0} wil dat de sancties tegen {0} ook in {1} van kracht blijven"
    texts = [template.format(f"land{i}", i) for i in range(4000)]
    texts += [template.format("rusland", "ooit")] * 2000
    found = [*near_duplicates(texts, kinds=np.zeros(len(texts), np.int64))]
    # Two million pairs are the same, eight million nearly so: minutes, and gigabytes if all told.
    assert found == [(4000, j) for j in range(4001, 6000)]


def test_near_duplicates_fold_case_and_accents():
    assert [*near_duplicates(["Één Café!", "een cafe"])] == [(0, 1)]
    assert not [*near_duplicates(["sancties opheffen", "sancties verlengen"])]


@given(st.lists(WORDS, max_size=12), st.integers(0, 12))
def test_pairs_before_the_start_are_left_out(texts, start):
    later = [pair for pair in near_duplicates(texts) if pair[1] >= start]
    assert [*near_duplicates(texts, start)] == later


def test_words_keep_their_order():
    assert words("«De EU-sancties»: één, twéé.") == ["de", "eu", "sancties", "een", "twee"]
