import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.errors import ConfigError
from stance.prevalence import Gold, Labelled, difference, estimate, naive_shares

LABELS = ("favor", "against", "neutral", "unrelated")


def archive(seed=0, n_documents=150, shares=(0.2, 0.3, 0.1, 0.4), signal=2.5):
    """Labelled sentences and their true labels."""
    generator = np.random.default_rng(seed)
    documents = np.repeat(np.arange(n_documents), 1 + generator.poisson(5, n_documents))
    n = len(documents)
    truth = generator.choice(4, n, p=shares)
    view = 2 * (generator.standard_normal((n, 4)) + signal * np.eye(4)[truth])
    odds = np.exp(view - view.max(1, keepdims=True))
    labelled = Labelled(LABELS, odds / odds.sum(1, keepdims=True), view.argmax(1), documents)
    return labelled, truth


def at_random(truth, n, seed=1):
    rows = np.random.default_rng(seed).choice(len(truth), n, replace=False)
    return Gold(rows, truth[rows], np.full(n, n / len(truth)))


def by_label(group):
    return {one.label: one for one in group.shares}


@given(st.integers(0, 10_000), st.sampled_from(["stance", "all", "document"]), st.integers(2, 120))
@settings(max_examples=40, deadline=None)
def test_shares_are_shares_whatever_the_sample(seed, of, n):
    labelled, truth = archive(seed, 40, signal=1.0)
    found = estimate(labelled, at_random(truth, n, seed), of=of)
    if found is None:
        return
    for name in ("naive", "gold_only", "corrected"):
        values = [getattr(one, name) for one in found.shares]
        assert sum(values) == pytest.approx(1)
        assert min(values) >= 0
    for one in found.shares:
        assert 0 <= one.interval[0] <= one.corrected <= one.interval[1] <= 1
        assert 0 <= one.gold_interval[0] <= one.gold_only <= one.gold_interval[1] <= 1
        assert 0 <= one.tuning <= 1
        assert one.gain >= 0


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_and_of_gold_does_not_matter(seed):
    labelled, truth = archive()
    gold = at_random(truth, 80)
    generator = np.random.default_rng(seed)
    order, gold_order = generator.permutation(len(truth)), generator.permutation(80)
    place = np.argsort(order)
    other = Gold(place[gold.rows][gold_order], gold.labels[gold_order], gold.inclusion[gold_order])
    first = estimate(labelled, gold)
    second = estimate(labelled.take(order), other)
    for one, two in zip(first.shares, second.shares, strict=True):
        assert one.corrected == pytest.approx(two.corrected)
        assert one.interval == pytest.approx(two.interval)
        assert one.gain == pytest.approx(two.gain)


def test_the_naive_share_counts_predicted_labels():
    predicted = np.array([0, 0, 1, 3])
    labelled = Labelled(LABELS, np.eye(4)[predicted], predicted, np.array([0, 0, 0, 1]))
    assert naive_shares(labelled)["favor"] == pytest.approx(2 / 3)
    assert "unrelated" not in naive_shares(labelled)
    assert naive_shares(labelled, "all")["favor"] == pytest.approx(1 / 2)
    assert naive_shares(labelled, "document")["favor"] == pytest.approx((2 / 3 + 0) / 2)


@pytest.mark.parametrize("of", ["stance", "all", "document"])
def test_all_coded_gives_the_true_shares(of):
    labelled, truth = archive()
    gold = Gold(np.arange(len(truth)), truth, np.ones(len(truth)))
    known = Labelled(LABELS, np.eye(4)[truth], truth, labelled.documents)
    for label, share in naive_shares(known, of).items():
        one = by_label(estimate(labelled, gold, of=of))[label]
        assert one.corrected == pytest.approx(share)
        assert one.gold_only == pytest.approx(share)


def test_a_model_that_is_right_needs_no_correction():
    labelled, truth = archive()
    perfect = Labelled(LABELS, np.eye(4)[truth], truth, labelled.documents)
    for one in estimate(perfect, at_random(truth, 100)).shares:
        assert one.corrected == pytest.approx(one.naive)
        assert one.gain > 3


def test_lambda_0_without_strata_is_gold_only():
    labelled, truth = archive()
    one_class = np.zeros(len(truth), int)
    for one in estimate(labelled, at_random(truth, 100), tuning=0, strata=one_class).shares:
        assert one.corrected == pytest.approx(one.gold_only)
        assert one.interval == pytest.approx(one.gold_interval)


def test_unseen_errors_widen_the_interval_and_leave_the_share():
    labelled, truth = archive()
    gold = at_random(truth, 100)
    for one, two in zip(
        estimate(labelled, gold).shares, estimate(labelled, gold, unseen=1).shares, strict=True
    ):
        assert one.corrected == two.corrected
        assert two.interval[0] < one.interval[0] < one.interval[1] < two.interval[1]


def test_a_useless_model_is_not_relied_on_and_a_good_one_is():
    labelled, truth = archive(n_documents=400)
    noise = np.random.default_rng(4).dirichlet(np.ones(4), len(truth))
    useless = Labelled(LABELS, noise, noise.argmax(1), labelled.documents)
    gold = at_random(truth, 300)
    for one in estimate(useless, gold).shares:
        assert one.tuning < 0.5
        assert 0.7 < one.gain < 1.3
    for one in estimate(labelled, gold).shares:
        assert one.tuning > 0.4
        assert one.gain > 1.8
        assert one.interval[1] - one.interval[0] < one.gold_interval[1] - one.gold_interval[0]


def test_a_biased_model_is_corrected():
    labelled, truth = archive(n_documents=500)
    shifted = labelled.probabilities * [4, 1, 1, 1]
    shifted /= shifted.sum(1, keepdims=True)
    biased = Labelled(LABELS, shifted, shifted.argmax(1), labelled.documents)
    one = by_label(estimate(biased, at_random(truth, 400)))["favor"]
    true = np.mean(truth[truth < 3] == 0)
    assert one.naive > true + 0.05
    assert one.interval[0] < true < one.interval[1]


def test_sentences_of_one_document_do_not_count_as_many():
    labelled, truth = archive()
    gold = at_random(truth, 200)
    alone = Labelled(LABELS, labelled.probabilities, labelled.predicted, np.arange(len(truth)))
    few = Labelled(LABELS, labelled.probabilities, labelled.predicted, truth * 10)
    width = {}
    for name, one in (("alone", alone), ("few", few)):
        low, high = by_label(estimate(one, gold))["favor"].interval
        width[name] = high - low
    assert width["few"] > 3 * width["alone"]


def test_thin_shares_are_flagged_with_the_rule():
    labelled, truth = archive()
    assert "30 needed" in estimate(labelled, at_random(truth, 25)).shares[0].thin
    assert estimate(labelled, at_random(truth, 200)).shares[0].thin == ""
    few = Labelled(LABELS, labelled.probabilities, labelled.predicted, labelled.documents % 10)
    assert "10 documents, 20 needed" in estimate(few, at_random(truth, 200)).shares[0].thin
    rare, truth = archive(shares=(0.01, 0.49, 0.1, 0.4))
    thin = estimate(rare, at_random(truth, 200)).shares[0].thin
    assert "gold sentences with it, 5 needed" in thin


def test_nothing_is_estimated_from_nothing():
    labelled, truth = archive()
    assert estimate(labelled, Gold(np.array([3]), truth[[3]], np.array([0.1]))) is None
    unrelated = np.flatnonzero(truth == 3)[:20]
    assert estimate(labelled, Gold(unrelated, truth[unrelated], np.full(20, 0.1))) is None


def test_without_unrelated_there_is_no_share_of_stances():
    labelled = Labelled(("a", "b"), np.eye(2), np.array([0, 1]), np.arange(2))
    gold = Gold(np.arange(2), np.array([0, 1]), np.ones(2))
    with pytest.raises(ConfigError, match="pass --of all"):
        estimate(labelled, gold)
    assert estimate(labelled, gold, of="all").shares[0].corrected == pytest.approx(0.5)


def test_a_difference_of_separate_documents_is_as_uncertain_as_both():
    labelled, truth = archive(n_documents=400)
    halves = []
    for rows in np.array_split(np.arange(len(truth)), 2):
        halves.append(estimate(labelled.take(rows), at_random(truth[rows], 150)))
    one, two = (by_label(half)["favor"] for half in halves)
    change, (low, high) = difference(*halves, "favor")
    assert change == pytest.approx(two.corrected - one.corrected)
    widths = [share.interval[1] - share.interval[0] for share in (one, two)]
    assert max(widths) < high - low < 1.05 * np.hypot(*widths)


def test_a_group_does_not_differ_from_itself():
    labelled, truth = archive()
    group = estimate(labelled, at_random(truth, 150))
    change, (low, high) = difference(group, group, "favor")
    assert change == 0
    wide = by_label(group)["favor"].interval
    assert high - low < 0.2 * (wide[1] - wide[0])
