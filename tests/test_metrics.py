import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

from stance.metrics import DRAWS, cells, confusion, interval, label_scores, resample, score

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
    assert found["macro_f1"] == pytest.approx(f1[sorted({*gold})].mean())
    if {0, 1} <= {*gold}:
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


def test_the_interval_of_accuracy_is_that_of_the_binomial():
    """A bootstrap of rows draws a binomial number of right ones; its quantiles are known."""
    gold, predicted = [0] * 60 + [1] * 40, [0] * 45 + [1] * 15 + [1] * 28 + [0] * 12
    low, high = score(gold, predicted, ["a", "b"])["intervals"]["accuracy"]
    exact = stats.binom(100, 0.73).ppf([0.025, 0.975]) / 100
    assert [low, high] == pytest.approx(exact, abs=0.011)


def test_two_documents_have_three_draws():
    """One document right (1 row), one wrong (3 rows): accuracy 1, 1/4 or 0, at 1/4, 1/2, 1/4."""
    draws = resample(cells([0, 0, 0, 0], [0, 1, 1, 1], 2), ["x", "y", "y", "y"])
    accuracy = np.trace(draws, axis1=1, axis2=2) / draws.sum(axis=(1, 2))
    values, times = np.unique(accuracy, return_counts=True)
    assert values.tolist() == [0, 0.25, 1]
    assert times / DRAWS == pytest.approx([0.25, 0.5, 0.25], abs=0.04)
    assert interval(accuracy) == [0, 1]


def test_the_interval_over_documents_is_that_of_scipy():
    """The share of right rows as a ratio of two sums over documents."""
    rng = np.random.default_rng(4)
    sizes = rng.integers(1, 7, 60)
    right = rng.binomial(sizes, rng.choice([0.4, 0.9], 60))
    gold = [0] * sizes.sum()
    predicted = np.concatenate([[0] * r + [1] * (n - r) for n, r in zip(sizes, right, strict=True)])
    documents = np.repeat(np.arange(60), sizes)
    found = score(gold, predicted.astype(int), ["a", "b"], documents.astype(str).tolist())
    theirs = stats.bootstrap(
        (right, sizes),
        lambda r, n, axis: r.sum(axis=axis) / n.sum(axis=axis),
        paired=True, vectorized=True, n_resamples=9999, method="percentile", rng=1,
    ).confidence_interval  # fmt: skip
    assert found["intervals"]["accuracy"] == pytest.approx([*theirs], abs=0.008)


def test_a_label_without_gold_rows_has_no_part_in_macro_f1():
    found = score([0, 0, 1, 1], [0, 0, 1, 2], ["a", "b", "c"])
    assert found["macro_f1"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["per_label"]["c"]["support"] == 0


def test_labels_have_intervals_of_their_own():
    gold, predicted = [0] * 30 + [1] * 30, [0] * 30 + [1] * 15 + [0] * 15
    one = score(gold, predicted, ["a", "b"])["per_label"]["b"]
    assert one["intervals"]["precision"] == [1, 1]
    low, high = one["intervals"]["recall"]
    assert 0.3 < low < 0.5 < high < 0.7


def test_many_rows_are_drawn_in_blocks(monkeypatch):
    counts = np.arange(12).reshape(6, 2)
    whole = resample(counts, list("aabbcd"))
    monkeypatch.setattr("stance.metrics._MOST_CELLS", 40)
    assert (resample(counts, list("aabbcd")) == whole).all()
