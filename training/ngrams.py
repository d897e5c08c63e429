"""A linear model of n-grams beside a trained network: the two err in different places.

Words that decide a label alone are seen better by the one, sentences by the other, and the sum of
their logits is right more often than either (docs/model.md).
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from stance.calibration import softmax
from stance.classifier import StanceClassifier
from stance.errors import ConfigError
from stance.linear import LinearModel as NgramModel
from stance.model_folder import LINEAR, SETTINGS_FILE, load_settings, save_settings
from training.baseline import train_linear
from training.data import Splits
from training.settings import LinearModel, TrainConfig

_HEAVIEST: Final = 20.0
"""Most that n-grams weigh; a network that they outweigh so far has learnt nothing."""


def add_ngrams(config: TrainConfig, splits: Splits, folder: Path) -> None:
    """Train a linear model on the training split and weigh it on validation.

    Args:
        config: the run's; the linear model is that of ``model: {type: linear}``.
        splits: the data.
        folder: a trained network, to which ``linear/`` and the weight are added; it stays as it is
            where no n-gram is frequent enough for a linear model.
    """
    labels, inner = config.data.labels, folder / LINEAR
    try:
        train_linear(LinearModel(type="linear"), splits.train, labels, config.input.context, inner)
    except ConfigError:
        return
    (inner / SETTINGS_FILE).unlink()  # it is no model of its own here
    settings = replace(load_settings(folder), linear_weight=0.0)
    save_settings(settings, folder)
    network = StanceClassifier.from_pretrained(folder, backend="torch")
    texts = [one.text for one in splits.validation]
    contexts = [one.context if network.uses_context else "" for one in splits.validation]
    weight = fit_weight(
        network.score(texts, contexts).logits,
        NgramModel.from_folder(inner, len(labels)).logits(texts, contexts),
        np.array([one.label for one in splits.validation]),
    )
    save_settings(replace(settings, linear_weight=weight), folder)


def fit_weight(network: np.ndarray, linear: np.ndarray, gold: np.ndarray) -> float:
    """By what the logits of a linear model are best multiplied before they are added.

    Args:
        network: logits of a network, (texts, labels).
        linear: those of a linear model, (texts, labels).
        gold: indices of the right labels, (texts,).

    Returns:
        The ratio of the two factors under which the gold labels are most likely, 0 to 20. The
        negative log likelihood is convex in both factors.
    """
    from scipy.optimize import minimize

    rows = np.arange(len(gold))

    def loss(factors: np.ndarray) -> tuple[float, np.ndarray]:
        probabilities = softmax(factors[0] * network + factors[1] * linear)
        likely = np.maximum(probabilities[rows, gold], np.finfo(np.float64).tiny)
        error = probabilities.copy()
        error[rows, gold] -= 1
        slopes = [float((error * one).sum(axis=1).mean()) for one in (network, linear)]
        return -float(np.log(likely).mean()), np.array(slopes)

    start, bounds = np.array([0.5, 0.5]), [(1e-3, 20.0), (0.0, 20.0)]
    own, added = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return round(float(min(added / own, _HEAVIEST)), 3)
