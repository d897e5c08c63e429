import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

from training.metrics import confusion, label_scores, score

LABELS = ("favor", "against", "neutral", "unrelated")
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


@given(PAIRS)
def test_scores_equal_scikit_learn(pairs):
    gold, predicted = zip(*pairs, strict=True)
    matrix = confusion(gold, predicted, 4)
    assert (matrix == confusion_matrix(gold, predicted, labels=range(4))).all()
    expected = precision_recall_fscore_support(
        gold, predicted, labels=range(4), zero_division=0, average=None
    )
    for ours, theirs in zip(label_scores(matrix), expected, strict=False):
        assert np.allclose(ours, theirs)


@settings(max_examples=15)
@given(PAIRS)
def test_summaries(pairs):
    gold, predicted = zip(*pairs, strict=True)
    found = score(gold, predicted, LABELS)
    f1 = f1_score(gold, predicted, labels=range(4), average=None, zero_division=0)
    assert found["macro_f1"] == pytest.approx(f1.mean())
    assert found["f_avg"] == pytest.approx(f1[:2].mean())
    assert found["accuracy"] == pytest.approx(np.mean(np.equal(gold, predicted)))
    for name, (low, high) in found["intervals"].items():
        assert 0 <= low <= high <= 1, name


def test_f_avg_needs_favor_and_against_in_any_case():
    assert "f_avg" in score([0, 1], [0, 1], ["FAVOR", "AGAINST"])
    assert "f_avg" not in score([0, 1], [0, 1], ["agree", "disagree"])


def test_interval_covers_the_score_and_narrows_with_rows():
    rng = np.random.default_rng(1)
    widths = []
    for n in (100, 1600):
        gold = rng.integers(0, 4, n)
        predicted = np.where(rng.random(n) < 0.7, gold, rng.integers(0, 4, n))
        found = score(gold.tolist(), predicted.tolist(), LABELS)
        low, high = found["intervals"]["macro_f1"]
        assert low < found["macro_f1"] < high
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.35)


def test_rows_of_a_group_that_err_together_widen_the_interval():
    """Forty groups of ten rows, each right or wrong as a whole, are forty facts, not 400."""
    right = [i % 4 != 0 for i in range(40) for _ in range(10)]
    gold = [i % 2 for i in range(400)]
    predicted = [g if r else 1 - g for g, r in zip(gold, right, strict=True)]
    groups = [str(i // 10) for i in range(400)]

    def width(groups):
        low, high = score(gold, predicted, ["a", "b"], groups)["intervals"]["accuracy"]
        return high - low

    assert width(groups) > 2 * width(None)


def test_no_rows():
    with pytest.raises(ValueError, match="no rows"):
        score([], [], LABELS)
