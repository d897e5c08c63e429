"""What the Hugging Face hub reads of a model card: its metadata, with the measured figures."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from huggingface_hub import EvalResult, ModelCardData

from stance.hub import split_name
from stance.labels import LABELS
from training.settings import LinearModel, PretrainedModel, TrainConfig

CORPUS: Final = "seeds"
"""How a config names our corpus."""
_CORPUS_ID: Final = "stance-nl-seeds"
_FIGURES: Final = (
    ("macro_f1", "f1", "macro-F1", {"average": "macro"}),
    ("accuracy", "accuracy", "accuracy", None),
    ("f_avg", "f1", "F_avg: mean F1 of favor and against", None),
)
"""Key in ``metrics.json``; type, name and arguments of the metric on the hub."""


def card_data(config: TrainConfig, metrics: Mapping[str, Any]) -> ModelCardData:
    """The metadata of a trained folder.

    Args:
        config: that of its training.
        metrics: the content of ``metrics.json``.

    Returns:
        Its ``eval_results`` hold every figure of validation and test; ``license`` is that of our
        corpus where it was the data, else ``unknown``, since the choice is its owner's.
    """
    base = base_name(config)
    ours = is_corpus(config)
    linear = isinstance(config.model, LinearModel)
    tags = ["stance-detection", "political-text", *(["sanctions"] if on_sanctions(config) else [])]
    return ModelCardData(
        language="nl",
        license="cc-by-4.0" if ours else "unknown",
        library_name="stance-nl",
        pipeline_tag=None if linear else "text-classification",
        tags=tags,
        base_model=base if _is_id(config) else None,
        datasets=[_CORPUS_ID] if ours else None,
        metrics=["f1", "accuracy"],
        model_name=f"Stance of Dutch sentences, from {base}",
        eval_results=list(_results(config, metrics)),
    )


def base_name(config: TrainConfig) -> str:
    """What a model was trained from, without a path of this machine."""
    if isinstance(config.model, PretrainedModel):
        return public_name(config.model.name_or_path)
    if isinstance(config.model, LinearModel):
        return "TF-IDF n-grams and logistic regression"
    return "random weights (a small RoBERTa)"


def public_name(name_or_path: str) -> str:
    """A hub id as it is, a folder by its name: its path says something of the machine."""
    return Path(name_or_path).name if name_or_path.startswith("/") else name_or_path


def is_corpus(config: TrainConfig) -> bool:
    """Whether a model learnt from our corpus and nothing else."""
    return config.data.files == [CORPUS]


def on_sanctions(config: TrainConfig) -> bool:
    """Whether the labels are ours, as far as names tell."""
    return {*config.data.labels} == {*LABELS}


def _is_id(config: TrainConfig) -> bool:
    model = config.model
    return isinstance(model, PretrainedModel) and split_name(model.name_or_path) is not None


def _results(config: TrainConfig, metrics: Mapping[str, Any]) -> Iterator[EvalResult]:
    files = metrics["data"]["files"]
    for split in ("validation", "test"):
        for key, kind, name, arguments in _FIGURES:
            if key in metrics.get(split, {}):
                yield EvalResult(
                    task_type="text-classification",
                    task_name="stance detection",
                    dataset_type=_CORPUS_ID if is_corpus(config) else "private",
                    dataset_name="Dutch sentences on sanctions, by stance-nl"
                    if is_corpus(config)
                    else ", ".join(files),
                    dataset_split=split,
                    metric_type=kind,
                    metric_name=name,
                    metric_args=arguments,
                    metric_value=round(metrics[split][key], 4),
                )
