"""The one procedure behind `stance train`: data, runs, choice, evaluation, folder."""

import contextlib
import json
import os
import shutil
import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from stance.classifier import Scores, StanceClassifier
from stance.errors import ConfigError
from stance.holder_metrics import score_holders
from stance.labels import LABELS
from stance.metrics import score
from stance.model_folder import read_json, save_settings
from stance.recalibration import calibrate, measure
from stance.writers import write_text
from training.baseline import train_linear
from training.behaviour import as_counts, check_behaviour, load_cases
from training.card import model_card
from training.data import Example, Splits, load_splits
from training.ngrams import add_ngrams
from training.run_folder import (
    CHECKPOINTS,
    CONFIG_FILE,
    METRICS_FILE,
    PRETRAIN_METRICS_FILE,
    check_folder,
    claimed,
    read_scores,
)
from training.settings import LinearModel, PretrainedModel, TrainConfig
from training.versions import versions
from training.yaml_file import dump_yaml

_PARTS: Final = ("validation", "test")
_CONFIG_HEAD: Final = "# The settings of this run, every default written out; paths are absolute.\n"


def train(config: TrainConfig, out: Path, *, resume: bool = False) -> dict[str, Any] | None:
    """Train as the config says and write one model folder.

    Args:
        config: a checked config.
        out: the folder to write; must be empty or absent unless resuming.
        resume: go on with an interrupted run in `out`.

    Returns:
        The content of ``metrics.json``; None in the helper processes of `torchrun`.

    Raises:
        OutputError: if `out` holds something else, or cannot be written.
        ConfigError: if the run to resume was started with other settings or data.
        ModelError: if what is to be resumed is damaged.
        InputError: if the data cannot be used.
    """
    main_process = os.environ.get("RANK", "0") == "0"
    if main_process:
        check_folder(out, resume=resume)
    if resume and (out / METRICS_FILE).exists():  # nothing is left to do
        return _finished(out) if main_process else None
    splits = load_splits(config)
    if not main_process:
        _train_seeds(config, splits, out, main_process)
        return None
    with claimed(out, config, splits.digest, resume=resume):
        scores = _train_seeds(config, splits, out, main_process)
        return _finish(config, splits, scores, out)


def _finished(out: Path) -> dict[str, Any]:
    """The metrics of a run that was killed in its last clean-up, or not at all."""
    metrics = read_scores(out / METRICS_FILE, "score the model anew with `stance evaluate`")
    shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
    return metrics


def _finish(
    config: TrainConfig, splits: Splits, scores: dict[str, dict[str, Any]], out: Path
) -> dict[str, Any]:
    """Make the best seed's model and what is known of it the folder; its metrics."""
    best = max(scores, key=lambda seed: scores[seed]["validation"]["macro_f1"])
    checkpoints = out / CHECKPOINTS
    shutil.copytree(checkpoints / f"seed-{best}" / "best", out, dirs_exist_ok=True)
    metrics = _metrics(config, splits, scores, best, checkpoints)
    settings = _CONFIG_HEAD + dump_yaml(config.model_dump(mode="json"))
    (out / CONFIG_FILE).write_text(settings, encoding="utf-8")
    (out / "README.md").write_text(model_card(config, metrics), encoding="utf-8")
    write_text(out / METRICS_FILE, json.dumps(metrics, indent=2, ensure_ascii=False) + "\n")
    shutil.rmtree(checkpoints)
    return metrics


def _train_seeds(
    config: TrainConfig, splits: Splits, out: Path, main_process: bool
) -> dict[str, dict[str, Any]]:
    """One model a seed, those of an interrupted run taken over; their scores by seed."""
    scores: dict[str, dict[str, Any]] = {}
    for seed in config.seed if not isinstance(config.model, LinearModel) else config.seed[:1]:
        work = out / CHECKPOINTS / f"seed-{seed}"
        result = work / "scores.json"
        if not result.exists():
            train_one(config, splits, seed, work, out)
            if main_process:
                write_text(result, json.dumps(_evaluate(work / "best", splits)))
        if main_process:
            scores[str(seed)] = read_scores(result, "delete it and pass --resume")
    return scores


def train_one(config: TrainConfig, splits: Splits, seed: int, work: Path, out: Path) -> None:
    """Train one model of any kind.

    Args:
        config: a checked config.
        splits: the data; a linear model learns from the training split and needs no other.
        seed: the seed of this model.
        work: folder for checkpoints; the model is its folder ``best``.
        out: folder for the logs, if the config wants them.

    Raises:
        ConfigError: if the model cannot be found or loaded, or no n-gram is frequent enough.
    """
    if isinstance(config.model, LinearModel):
        train_linear(
            config.model, splits.train, config.data.labels, config.input.context, work / "best"
        )
        return
    from training.finetune import finetune  # torch is loaded here, after all checks

    logs = (
        out / "logs" / f"seed-{seed}" if config.training and config.training.tensorboard else None
    )
    finetune(config, config.model, splits, seed, work, work / "best", logs)
    if config.training and config.training.ngrams and os.environ.get("RANK", "0") == "0":
        add_ngrams(config, splits, work / "best")


def _evaluate(folder: Path, splits: Splits) -> dict[str, Any]:
    """Score and check a saved model in float32, as labelling reads it, and calibrate it."""
    linear = not (folder / "config.json").exists()
    classifier = StanceClassifier.from_pretrained(folder, backend=None if linear else "torch")
    named = splits.named()
    parts = {name: named[name] for name in _PARTS if name in named}
    read = {name: _read(classifier, those) for name, those in parts.items()}
    gold = {name: np.array([one.label for one in those]) for name, those in parts.items()}
    raw = replace(classifier.settings, temperature=1.0)
    calibrated = calibrate(raw, read["validation"].logits, gold["validation"])
    save_settings(calibrated, folder)
    found: dict[str, Any] = {
        name: _score(classifier, those, read[name])
        | {"calibration": measure(raw, calibrated, read[name].logits, gold[name])}
        for name, those in parts.items()
    }
    if {*classifier.labels} == {*LABELS}:
        found["behaviour"] = as_counts(check_behaviour(classifier, load_cases()))
    return found


def _read(classifier: StanceClassifier, examples: list[Example]) -> Scores:
    contexts = [one.context for one in examples] if classifier.uses_context else None
    return classifier.score([one.text for one in examples], contexts)


def _score(classifier: StanceClassifier, examples: list[Example], scores: Scores) -> dict[str, Any]:
    groups = [one.group for one in examples]
    found = score(
        [one.label for one in examples],
        scores.probabilities.argmax(axis=1).tolist(),
        classifier.labels,
        groups,
    )
    if classifier.tells_holders:
        found["holders"] = score_holders([one.holders for one in examples], scores.holders, groups)
    return found


def _metrics(
    config: TrainConfig,
    splits: Splits,
    scores: Mapping[str, dict[str, Any]],
    best: str,
    checkpoints: Path,
) -> dict[str, Any]:
    """All that ``metrics.json`` holds; the chosen run's scores come first."""
    metrics: dict[str, Any] = {**scores[best]}
    parts = [name for name in _PARTS if name in metrics]
    metrics["baselines"] = _baselines(config, splits, checkpoints)
    metrics["seeds"] = {
        "chosen": int(best),
        "chosen_by": "macro_f1 on validation",
        "macro_f1": {
            part: {seed: one[part]["macro_f1"] for seed, one in scores.items()} for part in parts
        },
        "mean_and_sd": {
            part: _mean_and_sd([one[part]["macro_f1"] for one in scores.values()]) for part in parts
        },
    }
    metrics["data"] = {
        "files": [path.name for path in config.files],
        "sha256": splits.digest,
        "sentences": {name: len(examples) for name, examples in splits.named().items()},
        "labels": {
            name: {
                label: sum(one.label == i for one in examples)
                for i, label in enumerate(config.data.labels)
            }
            for name, examples in splits.named().items()
        },
    }
    if isinstance(config.model, PretrainedModel):
        pretraining = Path(config.model.name_or_path) / PRETRAIN_METRICS_FILE
        if pretraining.is_file():  # ours, and part of how this model came about
            encoder = read_json(pretraining)
            metrics["encoder"] = {name: encoder[name] for name in encoder if name != "curve"}
    metrics["versions"] = versions()
    return metrics


def _mean_and_sd(values: list[float]) -> list[float | None]:
    return [statistics.mean(values), statistics.stdev(values) if len(values) > 1 else None]


def _baselines(config: TrainConfig, splits: Splits, checkpoints: Path) -> dict[str, Any]:
    """The majority label and the linear model on the same splits."""
    labels = config.data.labels
    majority = Counter(one.label for one in splits.train).most_common(1)[0][0]
    parts = {name: part for name, part in splits.named().items() if name in _PARTS}
    found: dict[str, Any] = {
        "majority": {
            name: score([one.label for one in part], [majority] * len(part), labels)
            for name, part in parts.items()
        }
    }
    if not isinstance(config.model, LinearModel):
        folder = checkpoints / "linear"
        linear = LinearModel(type="linear")
        # Where no n-gram stands twice there is no linear model, and no reason to lose this one.
        with contextlib.suppress(ConfigError):
            train_linear(linear, splits.train, labels, config.input.context, folder)
            found["linear"] = _evaluate(folder, splits)
    return found
