"""Labelled sentences and a sample that people coded, to the share of each label.

A share of predicted labels is biased by the errors of the model. Here the model's probabilities
of all sentences are corrected by its errors on the gold sample: prediction-powered inference
(Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453, PPI++), with inclusion probabilities as in
design-based supervised learning (Egami et al. 2023, arXiv 2306.04746), within strata of alike
sentences (Fisch et al. 2024, arXiv 2406.04291).

The target is the stream of documents that the table is of: documents are taken as drawn
independently from it, so that the interval of an outlet with three articles is wide however
good the model is.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from stance.correction import UNSEEN, Fit, Sample, calibrate, fit, tune
from stance.intervals import Interval, difference_interval
from stance.population import Gold, Labelled, Of, counted_labels, sentence_units
from stance.strata import Codes, Floats, label_and_band, merge

__all__ = ["Gold", "Group", "Labelled", "Of", "Share", "difference", "estimate", "naive_shares"]

_LEAST_IN_CLASS: Final = 5
"""Gold sentences of a class; with fewer its own mean and variance are noise."""
LEAST_GOLD: Final = 30
"""Gold sentences that count; with fewer the linearisation is not to be trusted."""
LEAST_EVENTS: Final = 5
"""Gold sentences with the label, and without it."""
LEAST_DOCUMENTS: Final = 20
"""Documents with gold; a variance between fewer is itself a guess."""


@dataclass(frozen=True)
class Share:
    """The share of one label in one group."""

    label: str
    naive: float
    """Of the predicted labels."""
    gold_only: float
    """Of the gold labels, weighted (Hajek)."""
    gold_interval: Interval
    corrected: float
    interval: Interval
    """Of the corrected share."""
    variance: float
    """Of the corrected share."""
    tuning: float
    """How far the model is relied on, 0 to 1 (lambda of PPI++)."""
    gain: float
    """How many times as many sentences, drawn at random and coded, would say as much."""
    thin: str
    """Why the share is too thin to report; empty if it is not."""
    influence: Floats = field(repr=False)
    """What each document adds to the error, (documents,)."""


@dataclass(frozen=True)
class Group:
    """The shares of all labels in one group of sentences."""

    of: Of
    n: int
    """Sentences."""
    n_gold: int
    """Coded sentences."""
    documents: Codes = field(repr=False)
    """Codes of the documents, ascending."""
    shares: tuple[Share, ...]


def naive_shares(labelled: Labelled, of: Of = "stance") -> dict[str, float]:
    """The shares of the predicted labels, errors and all; NaN where nothing counts."""
    codes = counted_labels(labelled.labels, of)
    units = sentence_units(labelled, of)
    totals = np.bincount(labelled.predicted, units, len(labelled.labels))[codes]
    whole = totals.sum()
    shares = totals / whole if whole else np.full(len(codes), np.nan)
    return {labelled.labels[code]: float(one) for code, one in zip(codes, shares, strict=True)}


def estimate(
    labelled: Labelled,
    gold: Gold,
    *,
    of: Of = "stance",
    level: float = 0.95,
    tuning: float | None = None,
    strata: Codes | None = None,
    unseen: float = UNSEEN,
) -> Group | None:
    """The corrected share of each label, with its interval.

    Args:
        labelled: the sentences of a group, all of them.
        gold: those that were coded.
        of: ``stance``, the share among sentences that are not `unrelated`; ``all``, among all
            sentences; ``document``, the mean over documents of the share among their sentences.
        level: of the intervals, between 0 and 1.
        tuning: lambda for all labels; None tunes it for each. 0 does not use the model's
            probabilities.
        strata: a class of alike sentences for each, (sentences,); None takes predicted label
            and score band.
        unseen: errors of the model, of one sentence each, that are added to those seen.

    Returns:
        The shares; None if fewer than two sentences were coded or none of them counts.

    Raises:
        ConfigError: if the labels lack ``unrelated`` and `of` is ``stance``.
    """
    codes = counted_labels(labelled.labels, of)
    if len(gold.rows) < 2 or not np.isin(gold.labels, codes).any():
        return None
    best, plain, tuned = _fits(labelled, gold, of, tuning, strata, unseen)
    naive = naive_shares(labelled, of)
    shares = tuple(
        Share(
            label=labelled.labels[code],
            naive=naive[labelled.labels[code]],
            gold_only=float(plain.shares[code]),
            gold_interval=plain.interval(code, level),
            corrected=float(best.shares[code]),
            interval=best.interval(code, level),
            variance=float(best.variances[code]),
            tuning=float(tuned[code]),
            gain=best.gain(code),
            thin=_thinness(labelled, gold, codes, code),
            influence=best.influence[:, code],
        )
        for code in codes
    )
    return Group(of, len(labelled.predicted), len(gold.rows), np.unique(labelled.documents), shares)


def difference(first: Group, second: Group, label: str) -> tuple[float, Interval]:
    """How much larger the share of a label is in the second group, and its interval.

    Documents that are in both groups are taken into account. The level is that of the groups.
    """
    one, two = (next(s for s in group.shares if s.label == label) for group in (first, second))
    _, left, right = np.intersect1d(
        first.documents, second.documents, assume_unique=True, return_indices=True
    )
    shared = float(one.influence[left] @ two.influence[right])
    scale = float(np.sqrt(one.variance * two.variance))
    correlation = float(np.clip(shared / scale, -1, 1)) if scale else 0.0
    shares = (one.corrected, two.corrected)
    return shares[1] - shares[0], difference_interval(
        shares, (one.interval, two.interval), correlation
    )


def _fits(
    labelled: Labelled,
    gold: Gold,
    of: Of,
    tuning: float | None,
    strata: Codes | None,
    unseen: float,
) -> tuple[Fit, Fit, Floats]:
    """The corrected shares, those of the gold labels alone, and lambda of each label."""
    counted = np.isin(np.arange(len(labelled.labels)), counted_labels(labelled.labels, of))
    units = sentence_units(labelled, of)
    sample = _sample(labelled, gold, units, _classes(labelled, gold, strata), unseen)
    by_hand = _sample(labelled, gold, units, np.zeros(len(units), np.int64), unseen)
    none = np.zeros(len(counted))
    tuned = tune(sample) if tuning is None else none + tuning
    return fit(sample, tuned, counted), fit(by_hand, none, counted), tuned


def _classes(labelled: Labelled, gold: Gold, strata: Codes | None) -> Codes:
    if strata is None:
        scores = labelled.probabilities[np.arange(len(labelled.predicted)), labelled.predicted]
        strata = label_and_band(labelled.predicted, scores, len(labelled.labels))
    counts = np.bincount(strata[gold.rows], minlength=int(strata.max()) + 1)
    classes = merge(counts, _LEAST_IN_CLASS)[strata]
    return np.unique(classes, return_inverse=True)[1]


def _sample(labelled: Labelled, gold: Gold, units: Floats, classes: Codes, unseen: float) -> Sample:
    return Sample(
        probabilities=labelled.probabilities,
        truth=np.eye(len(labelled.labels))[gold.labels],
        rows=gold.rows,
        weights=calibrate(gold.inclusion, gold.rows, classes),
        classes=classes,
        documents=np.unique(labelled.documents, return_inverse=True)[1],
        units=units,
        unseen=unseen,
    )


def _thinness(labelled: Labelled, gold: Gold, codes: list[int], code: int) -> str:
    """Why a share is too thin to report."""
    coded = np.isin(gold.labels, codes)
    n, events = int(coded.sum()), int((gold.labels == code).sum())
    if n < LEAST_GOLD:
        return f"{n} gold sentences that count, {LEAST_GOLD} needed"
    if min(events, n - events) < LEAST_EVENTS:
        which = "with" if events <= n - events else "without"
        return f"{min(events, n - events)} gold sentences {which} it, {LEAST_EVENTS} needed"
    documents = len(np.unique(labelled.documents[gold.rows[coded]]))
    if documents < LEAST_DOCUMENTS:
        return f"gold of {documents} documents, {LEAST_DOCUMENTS} needed"
    return ""
