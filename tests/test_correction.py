"""The arithmetic against worked examples that were computed another way."""

import numpy as np
import pytest

from stance.correction import Sample, calibrate, fit, tune

ALL = np.array([True, True])
# Twelve sentences of two labels, four of which were coded at random; probability of the first.
GUESS = np.array([0.9, 0.2, 0.6, 0.1, 0.8, 0.3, 0.4, 0.7, 0.5, 0.2, 0.9, 0.1])
TRUTH = np.array([1.0, 0, 1, 0])


def two_labels(column):
    return np.stack([column, 1 - column], axis=1)


def sample(
    rows=(0, 1, 2, 3), truth=TRUTH, guess=GUESS, documents=None, classes=None, inclusion=None
):
    rows, n = np.array(rows), len(guess)
    classes = np.zeros(n, int) if classes is None else classes
    inclusion = np.full(len(rows), len(rows) / n) if inclusion is None else inclusion
    return Sample(
        two_labels(guess),
        two_labels(np.array(truth)),
        rows,
        calibrate(inclusion, rows, classes),
        classes,
        np.arange(n) if documents is None else documents,
        np.ones(n),
    )


def test_ppi_plus_plus_by_hand():
    # Gold: guesses .9 .2 .6 .1 (mean .45), truth 1 0 1 0 (mean .5).
    # Deviations of guesses .45 -.25 .15 -.35, of truth .5 -.5 .5 -.5:
    # sum of products .7, of squares .41; the slope 1.707 is cut to 1.
    # All guesses have mean 5.7 / 12 = .475, so the share is .475 + (.5 - .45) = .525.
    one = sample()
    assert tune(one).tolist() == [1, 1]
    assert fit(one, tune(one), ALL).shares == pytest.approx([0.525, 0.475])
    # At lambda .5: .5 * .475 + (.5 - .5 * .45) = .5125.
    assert fit(one, np.array([0.5, 0.5]), ALL).shares[0] == pytest.approx(0.5125)


def ppi_plus_plus(truth, guess, unlabelled):
    """A mean by the formulas of the paper: labelled and unlabelled sentences apart."""
    n, many = len(truth), len(unlabelled)
    covariance = np.mean((truth - truth.mean()) * (guess - guess.mean()))
    ratio = n / many
    # The spread of the guesses is that of the labelled ones, as in ours.
    tuning = covariance / ((1 + ratio) * np.mean((guess - guess.mean()) ** 2))
    share = truth.mean() + tuning * (unlabelled.mean() - guess.mean())
    variance = tuning**2 * unlabelled.var() / many + np.var(truth - tuning * guess) / n
    return tuning, share, variance


def test_it_is_the_closed_formula_of_ppi_plus_plus():
    generator = np.random.default_rng(3)
    n, many = 300, 4000
    true = (generator.random(n + many) < 0.3).astype(float)
    guess = 0.2 * true + 0.8 * generator.random(n + many)
    tuning, share, variance = ppi_plus_plus(true[:n], guess[:n], guess[n:])
    one = sample(range(n), true[:n], guess)
    # Ours averages the guesses over all, theirs over the uncoded: lambda differs by that factor.
    assert tune(one)[0] * many / (n + many) == pytest.approx(tuning)
    found = fit(one, tune(one), ALL)
    assert found.shares[0] == pytest.approx(share)
    assert found.variances[0] == pytest.approx(variance, rel=0.02)


def test_without_the_model_it_is_the_hajek_estimator():
    inclusion = np.array([0.5, 0.25, 0.1, 0.2])
    found = fit(sample(inclusion=inclusion), np.zeros(2), ALL)
    # Weights 2, 4, 10, 5 of truth 1, 0, 1, 0.
    assert found.shares[0] == pytest.approx(12 / 21)
    assert calibrate(inclusion, np.arange(4), np.zeros(12, int)).sum() == pytest.approx(12)


def test_without_the_model_the_variance_is_that_of_a_mean():
    generator = np.random.default_rng(1)
    true = (generator.random(100) < 0.4).astype(float)
    guess = generator.random(100_000)
    found = fit(sample(range(100), true, guess), np.zeros(2), ALL)
    # s^2 / n, and a tenth of an error more: .1 / n^2
    expected = true.var(ddof=1) / 100 + 0.1 / 100**2
    assert found.variances[0] == pytest.approx(expected, rel=2e-3)
    assert found.gain(0) == pytest.approx(true.var() / 100 / expected, rel=1e-2)


def test_strata_as_in_textbooks():
    # Two strata of 60 and 40: means .5 (of 6) and .25 (of 4); no model.
    classes = np.repeat([0, 1], [60, 40])
    rows = np.array([0, 1, 2, 3, 4, 5, 60, 61, 62, 63])
    truth = [1, 1, 1, 0, 0, 0, 1, 0, 0, 0]
    guess = np.full(100, 0.5)
    found = fit(sample(rows, truth, guess, classes=classes), np.zeros(2), ALL)
    assert found.shares[0] == pytest.approx(0.6 * 0.5 + 0.4 * 0.25)
    of_coding = 0.36 * (1 - 0.1) * 0.3 / 6 + 0.16 * (1 - 0.1) * 0.25 / 4  # Cochran 1977, 5.3
    of_archive = found.shares[0] * (1 - found.shares[0]) / 100
    unseen = 0.1 * (0.6 * 10**2 * 0.9 + 0.4 * 10**2 * 0.9) / 100**2
    assert found.variances[0] == pytest.approx(of_coding + of_archive + unseen, rel=0.02)


def test_all_coded_leaves_the_variance_of_documents():
    generator = np.random.default_rng(2)
    documents = np.repeat(np.arange(40), 5)
    true = (generator.random(200) < np.repeat(generator.random(40), 5)).astype(float)
    one = sample(range(200), true, generator.random(200), documents)
    found = fit(one, tune(one), ALL)
    assert found.shares[0] == pytest.approx(true.mean())
    by_document = true.reshape(40, 5).mean(axis=1)
    assert found.variances[0] == pytest.approx(by_document.var(ddof=1) / 40)


def test_a_perfect_model_leaves_its_own_share_and_no_error_of_coding():
    generator = np.random.default_rng(5)
    true = (generator.random(1000) < 0.2).astype(float)
    one = sample(range(50), true[:50], true)
    assert tune(one).tolist() == [1, 1]
    found = fit(one, tune(one), ALL)
    assert found.shares[0] == pytest.approx(true.mean())
    unseen = 0.1 * 20**2 * 0.95 / 1000**2
    assert found.variances[0] == pytest.approx(true.var(ddof=1) / 1000 + unseen, rel=0.01)


def test_the_delta_method_against_a_bootstrap_of_documents():
    """The share among those that are not the last of three labels; a ratio of two totals."""
    generator = np.random.default_rng(8)
    documents = np.repeat(np.arange(150), 6)
    n = len(documents)
    chances = generator.dirichlet([1, 2, 2], 150)[documents]
    true = np.eye(3)[(generator.random(n)[:, None] > chances.cumsum(1)[:, :2]).sum(1)]
    guess = 0.6 * true + 0.4 * generator.dirichlet([1, 1, 1], n)
    coded = generator.random(n) < 0.3
    counted = np.array([True, True, False])

    def once(of):
        """An archive of documents, maybe some twice, with the sentences that were coded."""
        rows = np.concatenate([np.flatnonzero(documents == one) for one in of])
        again = np.repeat(np.arange(len(of)), 6)
        gold = np.flatnonzero(coded[rows])
        classes = np.zeros(len(rows), int)
        weights = calibrate(np.full(len(gold), 0.3), gold, classes)
        units = np.ones(len(rows))
        one = Sample(guess[rows], true[rows[gold]], gold, weights, classes, again, units)
        return fit(one, np.full(3, 0.8), counted)

    found = once(range(150))
    shares = [once(generator.integers(0, 150, 150)).shares[0] for _ in range(400)]
    assert found.variances[0] == pytest.approx(np.var(shares), rel=0.2)
    assert found.shares[2] == 0
