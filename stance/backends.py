"""Padded token ids to logits: onnxruntime on a CPU, torch for a GPU or an unexported model.

Of the label of each text, and, where a model has a second head, of the tag of each token.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from stance.encoding import IntArray
from stance.errors import MissingExtraError, ModelError
from stance.labels import TAGS
from stance.model_folder import HOLDERS, ONNX_FP32, ONNX_INT8, ModelSettings, read_json
from stance.weights import check_weights, has_weights, pickle_in, refusal

FloatArray = NDArray[np.float32]

BackendName = Literal["onnx", "onnx-fp32", "onnx-int8", "torch"]

ONNX_FILES: Final = {"onnx-fp32": ONNX_FP32, "onnx-int8": ONNX_INT8}

SLOW_FUSIONS: Final = ["SkipLayerNormFusion"]
"""What onnxruntime must not fuse: a sum and its normalisation, as one, take six times as long."""

_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
"""What `stance.encoding.pad` makes; a graph may leave out what it does not need."""


class Logits(NamedTuple):
    """What a model gives for one batch, float32."""

    labels: FloatArray
    """(rows, labels)."""
    tags: FloatArray | None
    """(rows, tokens, tags) in the order of `stance.labels.TAGS`; None without a second head."""


class Backend(Protocol):
    """Anything that maps a padded batch to logits."""

    name: str

    def logits(self, batch: Mapping[str, IntArray]) -> Logits:
        """Compute the logits of one batch.

        Args:
            batch: the arrays that `stance.encoding.pad` makes, each (rows, tokens).
        """
        ...


class OnnxBackend:
    """Runs an exported graph with onnxruntime on the CPU.

    Args:
        path: the ``.onnx`` file.
        n_labels: number of labels the logits must have.
        holders: whether it must give the logits of tags too.

    Raises:
        ModelError: if the file is missing, damaged, takes other inputs, gives other outputs, or
            has another number of labels.
    """

    def __init__(self, path: Path, n_labels: int, *, holders: bool = False) -> None:
        import onnxruntime

        self.name = f"onnxruntime {path.stem}"
        if not path.exists():
            raise ModelError(
                f"{path}: no such file; make it with `stance export`.{_ways(path.parent.parent)}"
            )
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # its lines speak to graph authors; errors are raised too
        try:
            self._session = onnxruntime.InferenceSession(
                str(path),
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=SLOW_FUSIONS,
            )
        except Exception as error:  # onnxruntime raises classes of its C extension
            raise ModelError(
                f"{path}: damaged ({reason(error)}); export or copy it again."
            ) from None
        self._path = path
        self._n_labels = n_labels
        self._n_outputs = 2 if holders else 1
        self._inputs = [one.name for one in self._session.get_inputs()]
        self._check_graph()

    def _check_graph(self) -> None:
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        named = all(one.name in _INPUTS and one.type == "tensor(int64)" for one in inputs)
        floats = all(one.type in ("tensor(float)", "tensor(float16)") for one in outputs)
        if not named or not floats or len(outputs) != self._n_outputs:
            found = ", ".join(f"{one.name} {one.type}" for one in inputs)
            given = ", ".join(f"{one.name} {one.type}" for one in outputs)
            wanted = ("one float tensor of logits", "two float tensors, of labels and of tags")
            raise ModelError(
                f"{self._path}: takes {found} and gives {given}; expected int64 tensors out of "
                f"{', '.join(_INPUTS)} and {wanted[self._n_outputs - 1]}. Make it with "
                "`stance export`."
            )
        width = outputs[0].shape[-1] if outputs[0].shape else None
        if isinstance(width, int):
            self._check_width(width)

    def _check_width(self, width: int) -> None:
        if width != self._n_labels:
            raise ModelError(
                f"{self._path}: gives {width} logits a text, but the model has {self._n_labels} "
                "labels; the files are of two different models."
            )

    def logits(self, batch: Mapping[str, IntArray]) -> Logits:
        """See `Backend.logits`."""
        try:
            logits, *more = self._session.run(None, {name: batch[name] for name in self._inputs})
        except Exception as error:  # as above
            raise ModelError(
                f"{self._path}: fails on a batch ({reason(error)}); export or copy it again, and "
                "if memory was short, use a smaller max_tokens."
            ) from None
        if logits.ndim != 2 or len(logits) != len(batch["input_ids"]):
            raise ModelError(
                f"{self._path}: gives logits of shape {logits.shape} for "
                f"{len(batch['input_ids'])} texts; it is no sequence classifier."
            )
        self._check_width(logits.shape[1])
        tags = np.asarray(more[0], dtype=np.float32) if more else None
        if tags is not None and tags.shape != (*batch["input_ids"].shape, len(TAGS)):
            raise ModelError(
                f"{self._path}: gives tags of shape {tags.shape} for inputs of shape "
                f"{batch['input_ids'].shape}; the files are of two different models."
            )
        return Logits(np.asarray(logits, dtype=np.float32), tags)


class TorchBackend:
    """Runs the safetensors weights of a folder with torch and transformers.

    Args:
        folder: the model folder.
        n_labels: number of labels the logits must have.
        device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``; None takes a GPU where there is one.
        holders: whether to run the second head, of the folder ``holders``, too.

    Raises:
        MissingExtraError: if torch or transformers is not installed.
        ModelError: if weights are missing, damaged, or do not fit the configuration.
    """

    def __init__(
        self, folder: Path, n_labels: int, device: str | None = None, *, holders: bool = False
    ) -> None:
        if not has_weights(folder):
            pickle = pickle_in(folder)
            advice = refusal(pickle) if pickle else "copy the folder again, or train again."
            raise ModelError(
                f"{folder}: no model.safetensors, which torch reads; {advice}{_ways(folder)}"
            )
        try:
            import torch
            from transformers import AutoModelForSequenceClassification as Classifier
            from transformers import AutoModelForTokenClassification as Tagger
        except ImportError as error:
            raise MissingExtraError(
                f"{folder} has no ONNX export that may be used, so torch is needed ({error}). "
                "Either `pip install 'stance-nl[train]'`, or export the model elsewhere with "
                "`stance export` and use that folder."
            ) from None
        self.name = "torch"
        quiet_transformers()
        self._torch = torch
        self._device = _torch_device(torch, device)
        self.model = self._load(Classifier, folder, n_labels)
        # It stands on the encoder of the first, so its own is not needed.
        self._tagger = (
            self._load(Tagger, folder / HOLDERS, len(TAGS)).classifier if holders else None
        )
        self._type_ids = takes_type_ids(folder)

    def _load(self, loader: Any, folder: Path, n_logits: int) -> Any:
        check_weights(folder)
        try:
            model, info = loader.from_pretrained(
                str(folder),
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                dtype=self._torch.float32,
                output_loading_info=True,
            )
        except Exception as error:  # safetensors, torch and transformers each raise their own
            raise ModelError(
                f"{folder}: weights cannot be loaded ({reason(error)}); copy the folder again."
            ) from None
        if info["missing_keys"]:
            raise ModelError(
                f"{folder}: model.safetensors lacks {sorted(info['missing_keys'])[0]}; it is not "
                "a trained classifier. Train one with `stance train`."
            )
        if model.config.num_labels != n_logits:
            raise ModelError(f"{folder}: {model.config.num_labels} logits, expected {n_logits}.")
        return model.to(self._device).eval()

    def inputs(self, batch: Mapping[str, IntArray]) -> dict[str, Any]:
        """A batch as the tensors that `model` takes, on its device."""
        names = ["input_ids", "attention_mask", *(["token_type_ids"] if self._type_ids else [])]
        return {n: self._torch.from_numpy(batch[n]).to(self._device) for n in names}

    def logits(self, batch: Mapping[str, IntArray]) -> Logits:
        """See `Backend.logits`."""
        with self._torch.inference_mode():
            labels, tags = both_heads(self.model, self._tagger, self.inputs(batch))
            return Logits(
                labels.float().cpu().numpy(), None if tags is None else tags.float().cpu().numpy()
            )


def both_heads(classifier: Any, tagger: Any, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    """One pass through an encoder, for the label of each text and the tag of each token.

    Args:
        classifier: a sequence classification model.
        tagger: the layer from the last hidden states to tags; None for labels alone.
        inputs: tensors of shape (rows, tokens) by name; None where the model takes none.

    Returns:
        Logits of labels, (rows, labels), and of tags, (rows, tokens, tags) or None.
    """
    given = {name: one for name, one in inputs.items() if one is not None}
    output = classifier(**given, output_hidden_states=tagger is not None)
    return output.logits, None if tagger is None else tagger(output.hidden_states[-1])


def _ways(folder: Path) -> str:
    """How the files that are there can be used, as a sentence to append; nothing if they cannot."""
    found = [
        f"backend={name!r} on the CPU ({file})"
        for name, file in ONNX_FILES.items()
        if (folder / file).exists()
    ]
    if has_weights(folder):
        found.append("backend='torch' (model.safetensors)")
    return f" The folder can be used with {' or '.join(found)}." if found else ""


def reason(error: Exception) -> str:
    """The first line of an error of another library."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def quiet_transformers() -> None:
    """Silence what `transformers` tells its developers; keep its bars on a terminal."""
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    if not sys.stderr.isatty():
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def takes_type_ids(folder: Path) -> bool:
    """Whether the model in `folder` tells text and context apart by token types.

    RobBERT has one token type only and fails on a second; BERTje has two.
    """
    size = read_json(folder / "config.json").get("type_vocab_size", 1)
    return isinstance(size, int) and size > 1


def open_backend(
    folder: Path, settings: ModelSettings, name: BackendName | None, device: str | None
) -> Backend:
    """Choose and load the backend of a transformer folder.

    Without a name: the exported graph that ``stance.json`` names, if the device allows, else
    torch.

    Raises:
        ValueError: if `name` is unknown, or an ONNX backend is asked for on a GPU.
        MissingExtraError: see `TorchBackend`.
        ModelError: if the files of the backend are missing or damaged.
    """
    if name not in (None, "onnx", "torch", *ONNX_FILES):
        known = ", ".join(["onnx", *ONNX_FILES, "torch"])
        raise ValueError(f"backend is {name!r}, expected one of {known}.")
    on_cpu = device in (None, "cpu")
    if name is None:
        name = "onnx" if settings.onnx and on_cpu else "torch"
    if name == "torch":
        return TorchBackend(folder, len(settings.labels), device, holders=settings.holders)
    if not on_cpu:
        raise ValueError(f"backend={name!r} runs on the CPU only; use backend='torch' on {device}.")
    file = ONNX_FILES.get(name, settings.onnx or ONNX_FP32)
    return OnnxBackend(folder / file, len(settings.labels), holders=settings.holders)


def _torch_device(torch: Any, device: str | None) -> Any:
    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        found = torch.device(device)
        torch.empty(1, device=found)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {device!r} is not available here ({reason(error)}).") from None
    return found
