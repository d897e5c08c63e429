"""The one procedure behind `stance train`: data, runs, choice, evaluation, folder."""

import json
import os
import shutil
import statistics
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from safetensors import SafetensorError

from stance.classifier import StanceClassifier
from stance.errors import ConfigError, OutputError, StanceError
from stance.model_folder import read_json
from stance.writers import write_text
from training.baseline import train_linear
from training.card import model_card
from training.data import Example, Splits, load_splits
from training.metrics import score
from training.settings import LinearModel, TrainConfig
from training.versions import versions

CONFIG_FILE: Final = "train_config.yaml"
METRICS_FILE: Final = "metrics.json"
_CHECKPOINTS: Final = "checkpoints"
_PARTS: Final = ("validation", "test")
_LITTLE_SPACE: Final = 10_000_000
"""Bytes; where less is free, a failure in writing is the disk's."""


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
        InputError: if the data cannot be used.
    """
    main_process = os.environ.get("RANK", "0") == "0"
    checkpoints = out / _CHECKPOINTS
    if resume and (out / METRICS_FILE).exists():  # written last, so nothing is left to do
        if not main_process:
            return None
        shutil.rmtree(checkpoints, ignore_errors=True)
        return dict(read_json(out / METRICS_FILE))
    splits = load_splits(config)
    if not main_process:
        _train_seeds(config, splits, out, main_process)
        return None
    _check_folder(out, resume)
    _claim(out, config, splits, resume)
    try:
        scores = _train_seeds(config, splits, out, main_process)
    except StanceError:
        _give_back(out)
        raise
    except (RuntimeError, SafetensorError) as error:
        if shutil.disk_usage(out).free > _LITTLE_SPACE and not _is_write_fault(error):
            raise
        raise OutputError(
            f"{out}: cannot be written, the disk is full; make room and pass --resume."
        ) from None
    best = max(scores, key=lambda seed: scores[seed]["validation"]["macro_f1"])
    shutil.copytree(checkpoints / f"seed-{best}" / "best", out, dirs_exist_ok=True)
    metrics = _metrics(config, splits, scores, best, checkpoints)
    _dump_config(config, out / CONFIG_FILE)
    (out / "README.md").write_text(model_card(config, metrics), encoding="utf-8")
    # Written last: a folder with metrics.json is finished.
    write_text(out / METRICS_FILE, json.dumps(metrics, indent=2, ensure_ascii=False) + "\n")
    shutil.rmtree(checkpoints)
    return metrics


def _train_seeds(
    config: TrainConfig, splits: Splits, out: Path, main_process: bool
) -> dict[str, dict[str, Any]]:
    """One model a seed, those of an interrupted run taken over; their scores by seed."""
    scores: dict[str, dict[str, Any]] = {}
    for seed in config.seed if not isinstance(config.model, LinearModel) else config.seed[:1]:
        work = out / _CHECKPOINTS / f"seed-{seed}"
        result = work / "scores.json"
        if not result.exists():
            _train_one(config, splits, seed, work, out)
            if main_process:
                write_text(result, json.dumps(_evaluate(work / "best", splits)))
        if main_process:
            scores[str(seed)] = read_json(result)
    return scores


def _is_write_fault(error: Exception) -> bool:
    """Whether torch or safetensors failed in writing; they have no class for it."""
    return any(sign in str(error) for sign in ("inline_container", "No space", "too large"))


def _give_back(out: Path) -> None:
    """Remove what `_claim` made if no training came of it, so that the next start finds room."""
    checkpoints = out / _CHECKPOINTS
    if any(checkpoints.glob("seed-*/checkpoint-*")) or any(checkpoints.glob("seed-*/best")):
        return
    shutil.rmtree(checkpoints, ignore_errors=True)
    if not any(out.iterdir()):
        out.rmdir()


def _check_folder(out: Path, resume: bool) -> None:
    """Refuse a folder that must not be touched."""
    if out.is_file():
        raise OutputError(f"{out}: is a file, expected a folder to write.")
    if not out.exists() or not any(out.iterdir()):
        return
    if not resume:
        raise OutputError(
            f"{out}: is not empty; choose another folder with --out, or pass --resume to go on "
            "with an interrupted run."
        )
    if not (out / _CHECKPOINTS / CONFIG_FILE).exists():
        raise OutputError(f"{out}: holds no interrupted run to resume; choose another folder.")


def _claim(out: Path, config: TrainConfig, splits: Splits, resume: bool) -> None:
    """Make the folder, or check that the run in it is this one."""
    state = out / _CHECKPOINTS / CONFIG_FILE
    now = {"config": config.model_dump(mode="json"), "data": splits.digest}
    if resume and state.exists():
        before = yaml.safe_load(state.read_text(encoding="utf-8"))
        if before != now:
            raise ConfigError(
                f"{out}: the interrupted run had {_difference(before, now)}; resume it with the "
                "same settings and data, or choose another folder."
            )
        return
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(yaml.safe_dump(now, sort_keys=False), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror}).") from None


def _difference(before: Mapping[str, Any], now: Mapping[str, Any], key: str = "") -> str:
    """The first setting in which two runs differ."""
    for name in {**before, **now}:
        old, new = before.get(name), now.get(name)
        if old != new:
            path = f"{key}.{name}".removeprefix(".").removeprefix("config.")
            if isinstance(old, dict) and isinstance(new, dict):
                return _difference(old, new, path)
            return f"{path} {old!r:.60}, this one has {new!r:.60}"
    return "other settings"


def _train_one(config: TrainConfig, splits: Splits, seed: int, work: Path, out: Path) -> None:
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


def _evaluate(folder: Path, splits: Splits) -> dict[str, Any]:
    """Score a saved model in float32, through the path that labelling takes."""
    linear = not (folder / "config.json").exists()
    classifier = StanceClassifier.from_pretrained(folder, backend=None if linear else "torch")
    parts = splits.named()
    return {name: _score(classifier, parts[name]) for name in _PARTS if name in parts}


def _score(classifier: StanceClassifier, examples: list[Example]) -> dict[str, Any]:
    contexts = [one.context for one in examples] if classifier.uses_context else None
    probabilities = classifier.predict_proba([one.text for one in examples], contexts)
    return score(
        [one.label for one in examples],
        probabilities.argmax(axis=1).tolist(),
        classifier.labels,
        [one.group for one in examples],
    )


def _metrics(
    config: TrainConfig,
    splits: Splits,
    scores: Mapping[str, dict[str, Any]],
    best: str,
    checkpoints: Path,
) -> dict[str, Any]:
    """All that ``metrics.json`` holds; the chosen run's scores come first."""
    metrics: dict[str, Any] = {**scores[best]}
    metrics["baselines"] = _baselines(config, splits, checkpoints)
    metrics["seeds"] = {
        "chosen": int(best),
        "chosen_by": "macro_f1 on validation",
        "macro_f1": {
            part: {seed: one[part]["macro_f1"] for seed, one in scores.items()}
            for part in scores[best]
        },
        "mean_and_sd": {
            part: _mean_and_sd([one[part]["macro_f1"] for one in scores.values()])
            for part in scores[best]
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
        train_linear(linear, splits.train, labels, config.input.context, folder)
        found["linear"] = _evaluate(folder, splits)
    return found


def _dump_config(config: TrainConfig, path: Path) -> None:
    head = "# The settings of this run, every default written out; paths are absolute.\n"
    body = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    path.write_text(head + body, encoding="utf-8")
