"""A model's settings, calibrated on a labelled sample, and what that changes."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np

from stance.calibration import (
    Array,
    brier_score,
    calibration_error,
    fit_temperature,
    log_loss,
    reliability_curve,
    risk_coverage_curve,
    softmax,
)
from stance.conformal import fit_thresholds, label_sets
from stance.model_folder import ModelSettings

_FOLDS: Final = 10
_SEED: Final = 20
_SHARES: Final = tuple(i / 10 for i in range(10, 0, -1))
"""Of the rows: the points of a risk-coverage curve that are told."""


def calibrate(
    settings: ModelSettings, logits: Array, gold: Array, weights: Array | None = None
) -> ModelSettings:
    """Fit temperature and thresholds of label sets; labels do not change.

    Args:
        settings: of the model, calibrated or not.
        logits: float32 (rows, labels), before any temperature (`stance.classifier.Scores`).
        gold: index of the gold label of each row, (rows,).
        weights: above 0, (rows,); None if rows were drawn alike.

    Raises:
        ValueError: if there are no rows, shapes differ, or a value is out of its range.
    """
    temperature = fit_temperature(logits, gold, weights)
    thresholds = fit_thresholds(softmax(logits, temperature), gold, weights)
    return replace(settings, temperature=temperature, conformal=thresholds)


def measure(
    before: ModelSettings,
    after: ModelSettings,
    logits: Array,
    gold: Array,
    weights: Array | None = None,
) -> dict[str, Any]:
    """How honest the probabilities of a sample are under two settings of one model.

    Returns:
        ``n``; ``before`` and ``after``, each with ``temperature``, ``ece``, ``brier``, ``log_loss``
        and the bins of the ``reliability`` curve; ``risk_coverage`` after, at every tenth of the
        rows; ``sets`` after: by the coverage asked, the ``coverage`` found, that ``by_label``
        (null without such rows) and the mean ``size``. The sample should be another than the one
        that `after` was fitted on.

    Raises:
        ValueError: as `calibrate`.
    """
    old, new = (softmax(logits, one.temperature) for one in (before, after))
    sets = {f"{coverage:g}": label_sets(new, limits) for coverage, limits in after.conformal}
    found = _told(old, new, sets, gold, weights, after.labels)
    for name, one in (("before", before), ("after", after)):
        found[name] = {"temperature": one.temperature} | found[name]
    return found


def cross_measure(
    settings: ModelSettings, logits: Array, gold: Array, weights: Array | None = None
) -> dict[str, Any]:
    """What `calibrate` changes, told on rows that had no part in it.

    Ten times it is fitted on nine tenths of the rows and applied to the others, so that the figures
    do not flatter it.

    Returns:
        As `measure`, without temperatures; the sets are of the coverages that nine tenths are
        enough for.

    Raises:
        ValueError: as `calibrate`, or if there are fewer than two rows.
    """
    if len(gold) < 2:
        raise ValueError(f"{len(gold)} rows, expected two or more.")
    fold = np.random.default_rng(_SEED).permutation(len(gold)) % _FOLDS
    new = np.empty_like(logits)
    inside: dict[str, Array] = {}
    for i in range(min(_FOLDS, len(gold))):
        own, rest = fold == i, fold != i
        mass = None if weights is None else weights[rest]
        fitted = calibrate(settings, logits[rest], gold[rest], mass)
        new[own] = softmax(logits[own], fitted.temperature)
        for coverage, limits in fitted.conformal:
            sets = inside.setdefault(f"{coverage:g}", np.ones(logits.shape, bool))
            sets[own] = label_sets(new[own], limits)  # all labels, where a fold is too small
    old = softmax(logits, settings.temperature)
    return _told(old, new, inside, gold, weights, settings.labels)


def _told(
    old: Array,
    new: Array,
    sets: dict[str, Array],
    gold: Array,
    weights: Array | None,
    labels: Sequence[str],
) -> dict[str, Any]:
    return {
        "n": len(gold),
        "before": _scores(old, gold, weights),
        "after": _scores(new, gold, weights),
        "risk_coverage": _risks(new, gold, weights),
        "sets": {name: _covered(one, gold, weights, labels) for name, one in sets.items()},
    }


def _scores(probabilities: Array, gold: Array, weights: Array | None) -> dict[str, Any]:
    return {
        "ece": calibration_error(probabilities, gold, weights),
        "brier": brier_score(probabilities, gold, weights),
        "log_loss": log_loss(probabilities, gold, weights),
        "reliability": [asdict(one) for one in reliability_curve(probabilities, gold, weights)],
    }


def _risks(probabilities: Array, gold: Array, weights: Array | None) -> list[dict[str, float]]:
    """The curve at every tenth: the first score that keeps as many rows."""
    scores, kept, risk = risk_coverage_curve(probabilities, gold, weights)
    places = [int(np.searchsorted(np.round(kept, 9), share)) for share in _SHARES]
    return [
        {"score": float(scores[i]), "coverage": float(kept[i]), "risk": float(risk[i])}
        for i in dict.fromkeys(places)
    ]


def _covered(
    sets: Array, gold: Array, weights: Array | None, labels: Sequence[str]
) -> dict[str, Any]:
    hit = sets[np.arange(len(gold)), gold]
    mass = np.ones(len(gold)) if weights is None else weights
    return {
        "coverage": float(np.average(hit, weights=mass)),
        "size": float(np.average(sets.sum(axis=1), weights=mass)),
        "by_label": {
            label: float(np.average(hit[gold == i], weights=mass[gold == i]))
            if (gold == i).any()
            else None
            for i, label in enumerate(labels)
        },
    }
