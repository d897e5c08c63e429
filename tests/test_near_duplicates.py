from hypothesis import given, settings
from hypothesis import strategies as st

from stance.near_duplicates import near_duplicates, words

WORDS = st.lists(st.sampled_from("aa bb cc dd ee ff gg hh ii".split()), max_size=9).map(" ".join)


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=12))
def test_near_duplicates_are_all_found(texts):
    def similar(a, b):
        one, two = set(a.split()), set(b.split())
        return a == b if not one | two else len(one & two) > 0.8 * len(one | two)

    expected = {(i, j) for j in range(len(texts)) for i in range(j) if similar(texts[i], texts[j])}
    found = [*near_duplicates(texts)]
    assert set(found) == expected
    assert len(found) == len(expected)


def test_near_duplicates_fold_case_and_accents():
    assert [*near_duplicates(["Één Café!", "een cafe"])] == [(0, 1)]
    assert not [*near_duplicates(["sancties opheffen", "sancties verlengen"])]


@given(st.lists(WORDS, max_size=12), st.integers(0, 12))
def test_pairs_before_the_start_are_left_out(texts, start):
    later = [pair for pair in near_duplicates(texts) if pair[1] >= start]
    assert [*near_duplicates(texts, start)] == later


def test_words_keep_their_order():
    assert words("«De EU-sancties»: één, twéé.") == ["de", "eu", "sancties", "een", "twee"]
