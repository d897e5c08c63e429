"""A trained model on disk: which files there are, and what they say about using it.

A folder is a plain `transformers` folder with one small file more, ``stance.json``: how
sentence and context are put together, how long a text may be, and whether the int8 export
passed its check. A folder without it (trained elsewhere) is read with plain defaults.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from stance.conformal import Thresholds
from stance.errors import ModelError

SETTINGS_FILE: Final = "stance.json"
ONNX_FP32: Final = "onnx/model.onnx"
ONNX_INT8: Final = "onnx/model_int8.onnx"
LINEAR_WEIGHTS: Final = "linear.safetensors"
HOLDERS: Final = "holders"
"""The folder of the second head, a plain token classification model on the same encoder."""
LINEAR_VOCABULARY: Final = "linear.json"
LINEAR: Final = "linear"
"""The folder of a linear model whose logits are added to those of a network."""
LINEAR_FILES: Final = (f"{LINEAR}/{LINEAR_VOCABULARY}", f"{LINEAR}/{LINEAR_WEIGHTS}")
SHIPPED: Final = Path(__file__).parent / "models" / "small-dutch"
_FORMAT: Final = 1
_SHORTEST: Final = 8
"""Fewest tokens of an input that leave room for a few words."""
_HEAVIEST: Final = 100.0
"""Bound of what is believed of the weight of a linear model beside a network."""
_TEMPERATURES: Final = (0.01, 100.0)
"""Bounds of what is believed; what `stance.calibration` fits lies well within."""
_LARGEST_JSON: Final = 200_000_000
"""Bytes; tokenizers of 250,000 words have a tenth of it, and reading takes ten times as much."""
_SUFFIXES: Final = frozenset({".json", ".safetensors", ".onnx", ".data"})
"""The kinds of file that are read to use a model."""

Kind = Literal["transformer", "linear"]
Context = Literal["none", "previous"]


@dataclass(frozen=True)
class ModelSettings:
    """How a model wants its input, as saved in ``stance.json``."""

    kind: Kind
    """``transformer`` (a Hugging Face model) or ``linear`` (TF-IDF and logistic regression)."""
    labels: tuple[str, ...]
    """Label names in the order of the logits."""
    context: Context = "none"
    """``previous``: the sentence before goes along as the second text of a pair."""
    max_length: int = 512
    """Most tokens of one input, special tokens included."""
    onnx: str | None = None
    """The exported graph to use by default, relative to the folder; None: use the weights."""
    holders: bool = False
    """Whether a second head tags the holders of a stance."""
    temperature: float = 1.0
    """By which logits are divided before they become probabilities; labels do not change."""
    conformal: Thresholds = ()
    """For the coverages that label sets are calibrated for, the threshold of every label."""
    linear_weight: float = 0.0
    """What the logits of the linear model in ``linear/`` are multiplied by before they are added to
    the network's; 0: there is none."""


def read_json(path: Path) -> dict[str, Any]:
    """Read one JSON file of a model folder; each of them holds an object.

    Raises:
        ModelError: if it is missing, unreadable or no JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(
            f"{path.parent}: no {path.name}. A model folder holds it; "
            "check the path, or train again."
        ) from None
    except (OSError, ValueError, RecursionError) as error:  # not JSON, too deep, a number too long
        raise ModelError(
            f"{path}: cannot be read as JSON ({error}); copy the folder again."
        ) from None
    if not isinstance(content, dict):
        raise ModelError(
            f"{path}: holds {content!r:.40}, expected a JSON object; copy the folder again."
        )
    return content


def existing_folder(folder: str | Path | None) -> Path:
    """Resolve a model argument to a folder; None is the shipped model.

    Raises:
        ModelError: if there is no such folder.
    """
    try:
        path = SHIPPED if folder is None else Path(folder).expanduser()
        if path.is_dir():
            return path
        is_file = path.exists()
    except (OSError, RuntimeError) as error:  # a name too long, a home that nobody has
        raise ModelError(
            f"{folder}: cannot be opened ({error}); give the folder that `stance train` wrote."
        ) from None
    if is_file:
        raise ModelError(f"{path}: is a file; give the folder that `stance train` wrote.")
    raise ModelError(
        f"{path}: no such model folder. Give the folder that `stance train` wrote; "
        "without one the shipped model is used."
    )


def save_settings(settings: ModelSettings, folder: Path) -> None:
    """Write ``stance.json`` into `folder`."""
    (folder / SETTINGS_FILE).write_text(settings_text(settings), encoding="utf-8")


def settings_text(settings: ModelSettings) -> str:
    """The content of ``stance.json``."""
    content = {
        "format": _FORMAT,
        "kind": settings.kind,
        "labels": list(settings.labels),
        "context": settings.context,
        "max_length": settings.max_length,
        "onnx": settings.onnx,
        "holders": settings.holders,
        "temperature": settings.temperature,
        "conformal": {str(coverage): list(limits) for coverage, limits in settings.conformal},
        "linear_weight": settings.linear_weight,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def load_settings(folder: Path) -> ModelSettings:
    """Read how the model in `folder` is used, and check that its files agree.

    Args:
        folder: a folder that `stance train` or `transformers` wrote.

    Raises:
        ModelError: if a file is missing or damaged, leads out of the folder, or two files disagree.
    """
    _check_files(folder)
    if not (folder / SETTINGS_FILE).exists():
        if (folder / "train_config.yaml").exists():
            raise ModelError(
                f"{folder}: no {SETTINGS_FILE}, which `stance train` writes; copy the folder again."
            )
        return _settings_of_plain_folder(folder)
    path = folder / SETTINGS_FILE
    content = read_json(path)
    if content.get("format") != _FORMAT:
        raise ModelError(
            f"{path}: format {content.get('format')!r:.80}, expected {_FORMAT}; the folder was "
            "written by another version of stance-nl, or is not a model folder."
        )
    settings = _checked(content, path)
    if settings.kind == "transformer":
        _check_same_model(settings, folder)
    return settings


def _check_files(folder: Path) -> None:
    """Refuse what would hang the reader (a pipe) or what lies elsewhere (behind a link)."""
    home = folder.resolve()
    homes = [home]
    if home.parent.name == "snapshots":
        # The Hugging Face cache links the files of a snapshot to blobs beside it, and those, where
        # several models have the same, to blobs beside all models.
        repo = home.parent.parent
        homes += [repo / "blobs", repo.parent / "blobs"]
    try:
        for path in [
            *folder.iterdir(),
            *(folder / "onnx").glob("*"),
            *(folder / HOLDERS).glob("*"),
            *(folder / LINEAR).glob("*"),
        ]:
            if path.suffix not in _SUFFIXES or not path.exists():
                continue
            if not path.is_file():
                raise ModelError(f"{path}: is no regular file; copy the folder again.")
            if path.suffix == ".json" and path.stat().st_size > _LARGEST_JSON:
                raise ModelError(
                    f"{path}: is larger than {_LARGEST_JSON:,} bytes, which no such file of a "
                    "model is; copy the folder again."
                )
            if not any(path.resolve().is_relative_to(one) for one in homes):
                raise ModelError(
                    f"{path}: is a link to {path.resolve()}, outside the model folder; "
                    "put the file itself there."
                )
    except OSError as error:
        raise ModelError(f"{folder}: cannot be read ({error.strerror}).") from None


def _are_labels(labels: Any) -> bool:
    """Whether they are two or more different names that can be shown."""
    return (
        isinstance(labels, list)
        and len(labels) >= 2
        and all(isinstance(label, str) and label and label.isprintable() for label in labels)
        and len(set(labels)) == len(labels)
    )


def _is_number(value: Any, low: float, high: float) -> bool:
    return type(value) in (int, float) and low <= value <= high  # NaN is neither


def _thresholds(content: Any, n_labels: int) -> Thresholds | None:
    """Coverages with their thresholds, in rising order; None if they are not valid."""
    if not isinstance(content, dict):
        return None
    found = []
    for name, limits in content.items():
        try:
            coverage = float(name)
        except ValueError:
            return None
        if not 0 < coverage < 1 or not isinstance(limits, list) or len(limits) != n_labels:
            return None
        if not all(_is_number(limit, 0, 1) for limit in limits):
            return None
        found.append((coverage, tuple(map(float, limits))))
    return tuple(sorted(found))


def _checked(content: dict[str, Any], path: Path) -> ModelSettings:
    max_length = content.get("max_length")
    temperature = content.get("temperature", 1.0)  # older folders are not calibrated
    linear_weight = content.get("linear_weight", 0.0)
    labels = content.get("labels")
    n_labels = len(labels) if isinstance(labels, list) else 0
    conformal = _thresholds(content.get("conformal", {}), n_labels)
    faults = {
        "kind": content.get("kind") in ("transformer", "linear"),
        "labels": _are_labels(labels),
        "context": content.get("context") in ("none", "previous"),
        "max_length": isinstance(max_length, int) and _SHORTEST <= max_length <= 100_000,
        "onnx": content.get("onnx") in (None, ONNX_FP32, ONNX_INT8),
        "holders": isinstance(content.get("holders", False), bool),
        "temperature": _is_number(temperature, *_TEMPERATURES),
        "conformal": conformal is not None,
        "linear_weight": _is_number(linear_weight, 0, _HEAVIEST),
    }
    for key, good in faults.items():
        if not good:
            raise ModelError(f"{path}: {key} is {content.get(key)!r:.200}, which is not valid.")
    return ModelSettings(
        content["kind"],
        tuple(content["labels"]),
        content["context"],
        content["max_length"],
        content.get("onnx"),
        content.get("holders", False),  # folders of version 0.1 do not say
        float(temperature),
        conformal or (),
        float(linear_weight),
    )


def _labels_of_config(config: dict[str, Any], path: Path) -> tuple[str, ...]:
    id2label = config.get("id2label")
    known = id2label if isinstance(id2label, dict) else {}
    labels = [str(known.get(str(i), "")) for i in range(len(known))]
    if not _are_labels(labels):
        raise ModelError(
            f"{path}: no usable id2label, expected a different label name for each of 0, 1, ...; "
            "is this a sequence-classification model?"
        )
    return tuple(labels)


def _longest_input(config: dict[str, Any], path: Path) -> int:
    """Most tokens that the network has positions for."""
    positions = config.get("max_position_embeddings", 512)
    if type(positions) is not int or positions < _SHORTEST:
        raise ModelError(
            f"{path}: max_position_embeddings is {positions!r:.200}, expected a whole number of "
            f"{_SHORTEST} or more."
        )
    # RoBERTa-like models lose two positions to their padding offset (514 means 512).
    offset = "roberta" in str(config.get("model_type")) or positions in (514, 1026, 4098)
    return positions - 2 if offset else positions


def _check_same_model(settings: ModelSettings, folder: Path) -> None:
    path = folder / "config.json"
    config = read_json(path)
    found = _labels_of_config(config, path)
    if found != settings.labels:
        raise ModelError(
            f"{folder}: {SETTINGS_FILE} has the labels {', '.join(settings.labels)}, "
            f"config.json has {', '.join(found)}; the files are of two different models."
        )
    longest = _longest_input(config, path)
    if "max_position_embeddings" in config and settings.max_length > longest:
        raise ModelError(
            f"{folder}: {SETTINGS_FILE} has max_length {settings.max_length}, the model of "
            f"config.json takes {longest} tokens; the files are of two different models."
        )


def _settings_of_plain_folder(folder: Path) -> ModelSettings:
    """Settings of a `transformers` folder that `stance train` did not write."""
    path = folder / "config.json"
    config = read_json(path)
    labels = _labels_of_config(config, path)
    return ModelSettings("transformer", labels, max_length=min(_longest_input(config, path), 512))


def digest(folder: Path, settings: ModelSettings) -> str:
    """SHA-256 over the files that decide what the model answers, as hex.

    Documents of the folder (model card, metrics) do not count.
    """
    if settings.kind == "linear":
        names = [LINEAR_VOCABULARY, LINEAR_WEIGHTS]
    else:
        names = ["config.json", "tokenizer.json", settings.onnx or "model.safetensors"]
        if settings.holders and not settings.onnx:
            names.append(f"{HOLDERS}/model.safetensors")
        if settings.linear_weight:
            names += LINEAR_FILES
    total = hashlib.sha256()
    for name in [SETTINGS_FILE, *names]:
        path = folder / name
        if path.exists():
            with path.open("rb") as file:
                one = hashlib.file_digest(file, "sha256")
            total.update(name.encode() + b"\0" + one.digest())
    return total.hexdigest()
