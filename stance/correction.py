"""The arithmetic of corrected shares: totals, their linearisation, variance by documents.

For every label the corrected total is that of the model's probabilities, times lambda, plus the
weighted errors of the gold sample; a share is a ratio of two such totals. Its error is, to first
order, a sum over documents, and the sum of their squares is its variance (Binder 1983: the delta
method, clustered). That one sum holds both sources of error: which documents there are, and
which of their sentences were coded.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stance.intervals import Interval, share_interval, t_quantile
from stance.strata import Codes, Floats

UNSEEN: Final = 0.1
"""Errors of the model that are added to those seen, because none in n sentences does not mean
none in all. Agresti and Min 2005 add half a one for pairs; `benchmarks/coverage.py` chose less."""


_FREEDOM: Final = 6.0
"""Degrees of freedom are this times (sum of squares)^2 / (sum of fourth powers) over documents.
Satterthwaite's 3 gives one for each document, were their errors normal. But the logit scale takes
up a part of what Student's t is for: with 3, rare labels were covered in up to 97.4 % of draws."""


@dataclass(frozen=True)
class Sample:
    """Sentences with the model's probabilities, and those of them that were coded."""

    probabilities: Floats
    """(sentences, labels)."""
    truth: Floats
    """1 for the gold label, (gold, labels)."""
    rows: Codes
    """Places of the gold sentences, (gold,)."""
    weights: Floats
    """How many sentences each gold sentence stands for, (gold,); see `calibrate`."""
    classes: Codes
    """Of alike sentences, (sentences,); every class holds gold."""
    documents: Codes
    """From 0 without gaps, (sentences,)."""
    units: Floats
    """What each sentence counts for: 1, or its share of its document, (sentences,)."""
    unseen: float = UNSEEN
    """Errors of the model that are added to those seen."""


@dataclass(frozen=True)
class Fit:
    """The shares of all labels and what their intervals need; arrays over labels."""

    shares: Floats
    variances: Floats
    freedom: Floats
    """Degrees of freedom: how many documents carry the variance."""
    influence: Floats
    """What each document adds to the error, (documents, labels)."""
    random_variances: Floats
    """Variances of the shares if as many sentences were drawn at random and coded."""

    def interval(self, label: int, level: float) -> Interval:
        """The interval of a share."""
        quantile = t_quantile(level, float(self.freedom[label]))
        return share_interval(float(self.shares[label]), float(self.variances[label]), quantile)

    def gain(self, label: int) -> float:
        """How many times as many sentences, drawn at random, would give the same variance."""
        if self.variances[label] <= 0:  # all sentences are coded, and all documents are alike
            return 1.0
        return float(self.random_variances[label] / self.variances[label])


def calibrate(inclusion: Floats, rows: Codes, classes: Codes) -> Floats:
    """Weights of the gold sentences that add up to the size of each class (Hajek).

    Args:
        inclusion: inclusion probabilities, (gold,).
        rows: places of the gold sentences, (gold,).
        classes: of all sentences, (sentences,); every class holds gold.
    """
    raw, inside = 1 / inclusion, classes[rows]
    sizes = np.bincount(classes)
    return np.asarray(raw * (sizes / np.bincount(inside, raw, len(sizes)))[inside])


def tune(sample: Sample) -> Floats:
    """Lambda of each label: how far its probabilities tell the truth within the classes.

    It is the slope of the gold labels on the probabilities, which makes the variance smallest.

    Source: Angelopoulos, Duchi and Zrnic 2023 (power tuning), for gold sentences that are among
    all sentences; kept within 0 and 1.
    """
    units = sample.units[sample.rows, None]
    guess = _centred(units * sample.probabilities[sample.rows], sample)
    truth = _centred(units * sample.truth, sample)
    weights = sample.weights[:, None] ** 2
    spread = (weights * guess**2).sum(0)
    slope = (weights * guess * truth).sum(0) / np.where(spread > 0, spread, 1)
    return np.asarray(np.clip(slope, 0, 1))


def fit(sample: Sample, tuning: Floats, counted: NDArray[np.bool_]) -> Fit:
    """The shares of the labels that are counted, among themselves.

    Args:
        sample: sentences and gold.
        tuning: lambda of each label, (labels,).
        counted: which labels make up the whole, (labels,); at least one gold sentence has one.
    """
    units, rows = sample.units, sample.rows
    model = units[:, None] * sample.probabilities * tuning
    truth = units[rows, None] * sample.truth
    error = truth - model[rows]
    totals = model.sum(0) + sample.weights @ error
    if totals[counted].max() <= 0:  # the correction of a poor model took all: leave it out
        return fit(sample, np.zeros_like(tuning), counted)
    totals = np.where(counted, np.maximum(totals, 0), 0)
    whole = totals.sum()
    shares = totals / whole
    # From a total to the error of a share: T_k / T is off by (t_k - share_k t) / T.
    linear = (np.eye(len(shares)) - np.outer(counted.astype(float), shares)) / whole
    error = error @ linear
    expected = _class_means(error, sample)
    missed = _centred(error, sample)
    drawn = np.bincount(sample.classes[rows], minlength=len(expected))
    sizes = np.bincount(sample.classes)
    # What a class mean takes up of the variance is given back, but for sentences all coded.
    given_back = np.sqrt(1 + (1 - drawn / sizes) / np.maximum(drawn - 1, 1))[sample.classes[rows]]
    coded = (sample.weights * given_back)[:, None] * missed
    influence = _by_document(model @ linear + expected[sample.classes], sample.documents)
    influence += _by_document(coded, sample.documents[rows], len(influence))
    return Fit(shares, *_spread(sample, influence, coded, truth @ linear, whole))


def _spread(
    sample: Sample, influence: Floats, coded: Floats, truth: Floats, whole: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Variance, degrees of freedom, influence, and variance of a random sample."""
    n_documents, n = len(influence), len(sample.rows)
    squares = influence**2
    few = n_documents / max(n_documents - 1, 1)
    seen = squares.sum(0) * few
    fourth = np.maximum((squares**2).sum(0), np.finfo(float).tiny)
    freedom = _FREEDOM * squares.sum(0) ** 2 / fourth
    sizes = np.bincount(sample.classes)
    drawn = np.bincount(sample.classes[sample.rows], minlength=len(sizes))
    step = (sizes / drawn) ** 2 * (1 - drawn / sizes)
    unseen = sample.unseen * (sizes @ step) / sizes.sum() * np.mean(sample.units**2) / whole**2
    of_coding = ((1 - 1 / sample.weights.clip(1))[:, None] * coded**2).sum(0)
    of_archive = np.maximum(seen - of_coding, 0)
    alike = len(sample.units) * (sample.weights @ truth**2) * (1 - n / len(sample.units)) / n
    return seen + unseen, freedom, influence * np.sqrt(few), alike + of_archive


def _class_means(values: Floats, sample: Sample) -> Floats:
    """Weighted means of values of the gold sentences, (classes, labels)."""
    inside = sample.classes[sample.rows]
    n = int(sample.classes.max()) + 1
    whole = np.bincount(inside, sample.weights, n)
    sums = [np.bincount(inside, sample.weights * column, n) for column in values.T]
    return np.asarray(np.stack(sums, axis=1) / whole[:, None])


def _centred(values: Floats, sample: Sample) -> Floats:
    return np.asarray(values - _class_means(values, sample)[sample.classes[sample.rows]])


def _by_document(values: Floats, documents: Codes, n: int = 0) -> Floats:
    return np.stack([np.bincount(documents, column, n) for column in values.T], axis=1)
