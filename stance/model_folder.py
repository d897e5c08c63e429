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

from stance.errors import ModelError

SETTINGS_FILE: Final = "stance.json"
ONNX_FP32: Final = "onnx/model.onnx"
ONNX_INT8: Final = "onnx/model_int8.onnx"
LINEAR_WEIGHTS: Final = "linear.safetensors"
LINEAR_VOCABULARY: Final = "linear.json"
SHIPPED: Final = Path(__file__).parent / "models" / "mini"
_FORMAT: Final = 1

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


def read_json(path: Path) -> Any:
    """Read one JSON file of a model folder.

    Raises:
        ModelError: if it is missing, unreadable or not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(
            f"{path.parent}: no {path.name}. A model folder holds it; "
            "check the path, or train again."
        ) from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelError(
            f"{path}: cannot be read as JSON ({error}); copy the folder again."
        ) from None


def existing_folder(folder: str | Path | None) -> Path:
    """Resolve a model argument to a folder; None is the shipped model.

    Raises:
        ModelError: if there is no such folder.
    """
    path = SHIPPED if folder is None else Path(folder).expanduser()
    if path.is_dir():
        return path
    if path.exists():
        raise ModelError(f"{path}: is a file; give the folder that `stance train` wrote.")
    raise ModelError(
        f"{path}: no such model folder. Give the folder that `stance train` wrote; "
        "without one the shipped model is used."
    )


def save_settings(settings: ModelSettings, folder: Path) -> None:
    """Write ``stance.json`` into `folder`."""
    content = {
        "format": _FORMAT,
        "kind": settings.kind,
        "labels": list(settings.labels),
        "context": settings.context,
        "max_length": settings.max_length,
        "onnx": settings.onnx,
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / SETTINGS_FILE).write_text(text, encoding="utf-8")


def load_settings(folder: Path) -> ModelSettings:
    """Read how the model in `folder` is used, and check that its files agree.

    Args:
        folder: a folder that `stance train` or `transformers` wrote.

    Raises:
        ModelError: if a file is missing or damaged, or two files name different labels.
    """
    if not (folder / SETTINGS_FILE).exists():
        if (folder / "train_config.yaml").exists():
            raise ModelError(
                f"{folder}: no {SETTINGS_FILE}, which `stance train` writes; copy the folder again."
            )
        return _settings_of_plain_folder(folder)
    path = folder / SETTINGS_FILE
    content = read_json(path)
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise ModelError(
            f"{path}: format {found!r}, expected {_FORMAT}; the folder was written by "
            "another version of stance-nl, or is not a model folder."
        )
    settings = _checked(content, path)
    if settings.kind == "transformer":
        _check_same_labels(settings.labels, folder)
    return settings


def _checked(content: dict[str, Any], path: Path) -> ModelSettings:
    labels, max_length, onnx = (content.get(key) for key in ("labels", "max_length", "onnx"))
    good_labels = (
        isinstance(labels, list)
        and len(labels) >= 2
        and all(isinstance(label, str) and label for label in labels)
        and len(set(labels)) == len(labels)
    )
    faults = {
        "kind": content.get("kind") in ("transformer", "linear"),
        "labels": good_labels,
        "context": content.get("context") in ("none", "previous"),
        "max_length": isinstance(max_length, int) and 8 <= max_length <= 100_000,
        "onnx": onnx in (None, ONNX_FP32, ONNX_INT8),
    }
    for key, good in faults.items():
        if not good:
            raise ModelError(f"{path}: {key} is {content.get(key)!r}, which is not valid.")
    return ModelSettings(
        content["kind"],
        tuple(content["labels"]),
        content["context"],
        content["max_length"],
        content["onnx"],
    )


def _labels_of_config(config: Any, path: Path) -> tuple[str, ...]:
    id2label: Any = config.get("id2label") if isinstance(config, dict) else None
    try:
        return tuple(str(id2label[str(i)]) for i in range(len(id2label)))
    except (KeyError, TypeError):
        raise ModelError(
            f"{path}: no usable id2label, expected one label name for each of 0, 1, 2, ...; "
            "is this a sequence-classification model?"
        ) from None


def _check_same_labels(labels: tuple[str, ...], folder: Path) -> None:
    path = folder / "config.json"
    found = _labels_of_config(read_json(path), path)
    if found != labels:
        raise ModelError(
            f"{folder}: {SETTINGS_FILE} has the labels {', '.join(labels)}, "
            f"config.json has {', '.join(found)}; the files are of two different models."
        )


def _settings_of_plain_folder(folder: Path) -> ModelSettings:
    """Settings of a `transformers` folder that `stance train` did not write."""
    path = folder / "config.json"
    config = read_json(path)
    labels = _labels_of_config(config, path)
    positions = config.get("max_position_embeddings", 512)
    # RoBERTa-like models lose two positions to their padding offset (514 means 512).
    max_length = positions - 2 if positions in (514, 1026, 4098) else positions
    return ModelSettings("transformer", labels, max_length=min(int(max_length), 512))


def digest(folder: Path, settings: ModelSettings) -> str:
    """SHA-256 over the files that decide what the model answers, as hex.

    Documents of the folder (model card, metrics) do not count.
    """
    if settings.kind == "linear":
        names = [LINEAR_VOCABULARY, LINEAR_WEIGHTS]
    else:
        names = ["config.json", "tokenizer.json", settings.onnx or "model.safetensors"]
    total = hashlib.sha256()
    for name in [SETTINGS_FILE, *names]:
        path = folder / name
        if path.exists():
            total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
