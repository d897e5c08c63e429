"""A trained folder to ONNX, fp32 and int8, both checked against torch."""

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from stance.backends import BackendName, FloatArray, quiet_transformers, reason
from stance.classifier import MAX_TOKENS, Scores, StanceClassifier
from stance.encoding import Encoder, IntArray
from stance.errors import InputError, ModelError, OutputError, StanceError
from stance.metrics import confusion, label_scores
from stance.model_folder import (
    ONNX_FP32,
    ONNX_INT8,
    ModelSettings,
    existing_folder,
    load_settings,
    read_json,
    save_settings,
)
from stance.writers import write_text
from training.config import load_config
from training.data import Example, Splits, load_splits
from training.graphs import INT8_METHODS, make_batches, write_fp32, write_int8

LEAST_AGREEMENT: Final = 0.99
"""Share of validation labels on which int8 must agree with torch to be the default."""
MOST_LOST: Final = 0.005
"""Macro-F1 that int8 may lose against torch on validation to be the default."""
LEAST_STABLE: Final = 0.995
"""Share of validation labels that int8 must give alone as in a batch, to be the default:
`dynamic` scales activations by the largest of a batch, so the company of a sentence matters."""
MOST_MOVED: Final = 0.03
"""By how much a probability may move between the two, to be the default."""
_N_SAMPLE: Final = 100
"""Training sentences on which activations are measured."""
_REPORT: Final = "onnx/report.json"
_GRAPHS: Final[dict[str, tuple[BackendName, str]]] = {
    "fp32": ("onnx-fp32", ONNX_FP32),
    "int8": ("onnx-int8", ONNX_INT8),
}
"""Each graph's backend and file."""


def export(folder: Path) -> dict[str, Any]:
    """Write ``onnx/model.onnx`` and ``onnx/model_int8.onnx`` and decide which is used.

    Of the ways to int8 (`training.graphs.write_int8`) the fastest that is good enough is taken.

    Args:
        folder: a folder that `stance train` wrote.

    Returns:
        What was measured: for fp32 and int8 the file, its size, the share of validation labels
        that agree with torch, macro-F1, and how labels and probabilities differ when each
        sentence runs alone (in fp32: without padding); of a model that tells holders the share of
        sentences with the holders that torch finds; the default and the reason. It is also
        written to ``onnx/report.json``.

    Raises:
        ModelError: if the folder holds no transformer with its training config, or one that
            cannot be written as ONNX.
        InputError: if the data it was trained on is no longer the same.
        OutputError: if the folder cannot be written.
    """
    quiet_transformers()
    folder = existing_folder(folder)
    settings = load_settings(folder)
    if settings.kind == "linear":
        raise ModelError(
            f"{folder}: a linear model needs no export; it runs without torch as it is."
        )
    splits = _splits(folder)
    examples = splits.validation
    batches = _sample_batches(folder, settings, splits.train)
    try:
        (folder / "onnx").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder / "onnx") as temporary:
            fp32 = Path(temporary) / "model.onnx"
            with _faults_of_exporter(folder):
                write_fp32(folder, fp32)
            shutil.copyfile(fp32, folder / ONNX_FP32)
            int8 = Path(temporary) / "int8.onnx"
            check = _Check(folder, examples, settings)
            report: dict[str, Any] = {"n": len(examples), "torch_macro_f1": check.torch_macro_f1}
            report["fp32"] = check.measure("fp32")
            for method in INT8_METHODS:
                with _faults_of_exporter(folder):
                    write_int8(fp32, int8, method, batches)
                int8.replace(folder / ONNX_INT8)
                report["int8"] = check.measure("int8") | {"method": method}
                report["default"], report["reason"] = _choose(report["int8"], check.torch_macro_f1)
                if report["default"] == "int8":
                    break
        write_text(folder / _REPORT, json.dumps(report, indent=2) + "\n")
        default = ONNX_INT8 if report["default"] == "int8" else ONNX_FP32
        save_settings(replace(settings, onnx=default), folder)
    except OSError as error:
        place = error.filename2 or error.filename or folder
        raise OutputError(f"{place}: cannot be written ({error.strerror or error}).") from None
    return report


@contextmanager
def _faults_of_exporter(folder: Path) -> Iterator[None]:
    """What torch and onnx raise, each its own, for an architecture that they cannot write."""
    try:
        yield
    except (OSError, StanceError, ImportError):  # a full disk, a package that is missing
        raise
    except Exception as error:
        raise ModelError(
            f"{folder}: this model cannot be written as ONNX ({reason(error)}); it runs with torch "
            "(backend='torch')."
        ) from None


def _splits(folder: Path) -> Splits:
    path = folder / "train_config.yaml"
    if not path.exists():
        raise ModelError(
            f"{folder}: no train_config.yaml; only a folder that `stance train` wrote can be "
            "exported, since the export is checked on its validation sentences."
        )
    splits = load_splits(load_config(path))
    metrics = read_json(folder / "metrics.json")
    data = metrics.get("data") if isinstance(metrics, dict) else None
    if not isinstance(data, dict) or "sha256" not in data:
        raise ModelError(
            f"{folder / 'metrics.json'}: damaged, expected the digest of the data; copy it again."
        )
    if splits.digest != data["sha256"]:
        raise InputError(
            f"{folder}: the data files of train_config.yaml have changed since training; put the "
            "old ones back, or train again."
        )
    return splits


def _sample_batches(
    folder: Path, settings: ModelSettings, examples: list[Example]
) -> list[dict[str, IntArray]]:
    """Some training sentences as the model takes them."""
    sample = examples[:: max(1, len(examples) // _N_SAMPLE)]
    encoder = Encoder.from_folder(folder, settings.max_length)
    contexts = [one.context for one in sample] if settings.context == "previous" else None
    return make_batches(encoder, [one.text for one in sample], contexts)


class _Check:
    """Graphs of a folder held against torch on its validation sentences."""

    def __init__(self, folder: Path, examples: list[Example], settings: ModelSettings) -> None:
        self._folder, self._settings = folder, settings
        self._texts = [one.text for one in examples]
        with_context = settings.context == "previous"
        self._contexts = [one.context for one in examples] if with_context else None
        self._gold = [one.label for one in examples]
        scores = self._score("torch")
        self._reference, self._holders = scores.probabilities.argmax(axis=1), _sides(scores)
        self.torch_macro_f1 = self._macro_f1(self._reference)

    def measure(self, name: Literal["fp32", "int8"]) -> dict[str, Any]:
        """Agreement, macro-F1, and what the company of a sentence changes, of one graph."""
        backend, file = _GRAPHS[name]
        scores = self._score(backend)
        batched = scores.probabilities
        # int8 may scale by the largest activation of a batch, so it runs sentence by sentence.
        # In fp32 only padding could matter, and it does not stand where all are equally long.
        alone = (
            self._unpadded(backend)
            if name == "fp32"
            else self._score(backend, max_tokens=1).probabilities
        )
        predicted = batched.argmax(axis=1)
        measured = {
            "file": file,
            "megabytes": (self._folder / file).stat().st_size / 1e6,
            "agreement": float((predicted == self._reference).mean()),
            "macro_f1": self._macro_f1(predicted),
            "same_label_alone": float((alone.argmax(axis=1) == predicted).mean()),
            "largest_move_alone": float(np.abs(alone - batched).max()),
        }
        if self._settings.holders:
            pairs = zip(_sides(scores), self._holders, strict=True)
            measured["same_holders"] = float(np.mean([one == two for one, two in pairs]))
        return measured

    def _score(self, backend: BackendName, max_tokens: int = MAX_TOKENS) -> Scores:
        model = StanceClassifier.from_pretrained(
            self._folder, backend=backend, device="cpu", max_tokens=max_tokens
        )
        return model.score(self._texts, self._contexts)

    def _unpadded(self, backend: BackendName) -> FloatArray:
        """Probabilities of sentences in the company of equally long ones."""
        model = StanceClassifier.from_pretrained(self._folder, backend=backend, device="cpu")
        encoder = Encoder.from_folder(self._folder, self._settings.max_length)
        by_length: dict[int, list[int]] = defaultdict(list)
        for i, one in enumerate(encoder.encode(self._texts, self._contexts)):
            by_length[len(one.ids)].append(i)
        found = np.empty((len(self._texts), len(self._settings.labels)), dtype=np.float32)
        for rows in by_length.values():
            before = None if self._contexts is None else [self._contexts[i] for i in rows]
            found[rows] = model.predict_proba([self._texts[i] for i in rows], before)
        return found

    def _macro_f1(self, predicted: np.ndarray) -> float:
        matrix = confusion(self._gold, predicted.tolist(), len(self._settings.labels))
        return float(label_scores(matrix)[2].mean())


def _sides(scores: Scores) -> list[set[tuple[str, int | None, str]]]:
    """Who takes which side in each sentence, without how probable that is."""
    return [{(one.text, one.start, one.stance) for one in those} for those in scores.holders]


def _choose(int8: dict[str, float], torch_macro_f1: float) -> tuple[str, str]:
    """The graph to use by default, and why."""
    lost = torch_macro_f1 - int8["macro_f1"]
    good = (
        int8["agreement"] >= LEAST_AGREEMENT
        and lost <= MOST_LOST
        and int8["same_label_alone"] >= LEAST_STABLE
        and int8["largest_move_alone"] <= MOST_MOVED
    )
    reason = (
        f"int8 agrees with torch on {int8['agreement']:.2%} (needed {LEAST_AGREEMENT:.0%}), "
        f"changes macro-F1 by {-lost:+.4f} (at least {-MOST_LOST:+.3f}), and alone gives "
        f"{int8['same_label_alone']:.2%} of the labels it gives in a batch (needed "
        f"{LEAST_STABLE:.1%}), with probabilities that move by up to "
        f"{int8['largest_move_alone']:.3f} (at most {MOST_MOVED})"
    )
    return "int8" if good else "fp32", reason
