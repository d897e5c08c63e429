"""How far the scores of a labelled table can be trusted: by its gold rows, or by its model."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from stance import model_folder
from stance.calibration import Bin, brier_score, calibration_error, reliability_curve
from stance.errors import ConfigError
from stance.hub import find_model
from stance.population import Gold, Labelled

Source = Literal["gold", "calibration", "test"]
"""The gold rows; the sample that `stance calibrate` was given; the test after training."""
Missing = Literal["no_manifest", "other_model", "no_figures"]
_FIGURES: Final = ("n", "score", "accuracy", "low", "high", "share")


@dataclass(frozen=True)
class Reliability:
    """Accuracy by score on one sample."""

    source: Source
    n: int
    """Rows."""
    ece: float
    """Expected calibration error."""
    brier: float
    accuracy: float
    """Share of rows whose label is right, by weight."""
    bins: tuple[Bin, ...]


def of_gold(labelled: Labelled, gold: Gold) -> Reliability:
    """Measured on the gold rows, each weighted by how many sentences it stands for."""
    probabilities, weights = labelled.probabilities[gold.rows], 1 / gold.inclusion
    right = labelled.predicted[gold.rows] == gold.labels
    return Reliability(
        source="gold",
        n=len(gold.rows),
        ece=calibration_error(probabilities, gold.labels, weights),
        brier=brier_score(probabilities, gold.labels, weights),
        accuracy=float(np.average(right, weights=weights)),
        bins=tuple(reliability_curve(probabilities, gold.labels, weights)),
    )


def of_model(manifest: dict[str, Any] | None, folder: str | Path | None) -> Reliability | Missing:
    """What the model's own files say, if they are those of the model that labelled.

    Args:
        manifest: of the labelled table.
        folder: of the model, or its name on the hub; None for the shipped one.

    Returns:
        The figures, or why there are none.

    Raises:
        ConfigError: if a folder was given that is of another model.
        ModelError: if it is missing or damaged.
    """
    if folder is None and manifest is None:
        return "no_manifest"
    model = find_model(folder)
    digest = model_folder.digest(model, model_folder.load_settings(model))
    used = (manifest or {}).get("model")
    if not isinstance(used, dict) or used.get("sha256") != digest:
        if folder is None:
            return "other_model"
        raise ConfigError(
            f"--model {folder}: by the manifest of the table another model labelled it "
            f"({str(used)[:120]}); give that one, or leave out --model."
        )
    for name, source in (("calibration.json", "calibration"), ("metrics.json", "test")):
        if (model / name).exists():
            content = model_folder.read_json(model / name)
            if name == "metrics.json":
                content = (content.get("test") or {}).get("calibration") or {}
            if found := _figures(content, source):  # type: ignore[arg-type]
                return found
    return "no_figures"


def _figures(content: dict[str, Any], source: Source) -> Reliability | None:
    """The figures after calibration; None if they are not there."""
    try:
        after = content["after"]
        bins = tuple(Bin(**{name: one[name] for name in _FIGURES}) for one in after["reliability"])
        accuracy = sum(one.share * one.accuracy for one in bins)
        return Reliability(source, content["n"], after["ece"], after["brier"], accuracy, bins)
    except (KeyError, TypeError):
        return None
