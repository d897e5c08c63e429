"""A trained folder as ONNX graphs."""

import logging
import warnings
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification

from stance.backends import takes_type_ids


class _Logits(torch.nn.Module):
    """The model as a function from plain tensors to logits."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = model

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Logits (rows, labels) of inputs (rows, tokens)."""
        types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        logits: torch.Tensor = self._model(input_ids, attention_mask, **types).logits
        return logits


def write_fp32(folder: Path, path: Path) -> None:
    """Write the model of a `transformers` folder as an ONNX graph with free batch and length.

    Args:
        folder: a sequence classification model.
        path: the file to write.
    """
    names = ["input_ids", "attention_mask"]
    if takes_type_ids(folder):
        names.append("token_type_ids")
    model = AutoModelForSequenceClassification.from_pretrained(
        str(folder), local_files_only=True, use_safetensors=True, dtype=torch.float32
    )
    # One tensor each: the exporter takes one object passed twice for one input.
    samples = tuple(torch.ones((2, 7), dtype=torch.int64) for _ in names)
    rows, tokens = torch.export.Dim("rows"), torch.export.Dim("tokens")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's exporter about its own internals
        torch.onnx.export(
            _Logits(model).eval(),  # the wrapper too, or dropout stays in the graph
            samples,
            str(path),
            input_names=names,
            output_names=["logits"],
            dynamic_shapes=tuple({0: rows, 1: tokens} for _ in names),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def write_int8(fp32: Path, int8: Path, temporary: Path) -> None:
    """Quantise a graph: weights once, activations as they come.

    Args:
        fp32: the graph.
        int8: the file to write.
        temporary: a folder for what is needed in between.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    logging.getLogger().setLevel(logging.ERROR)  # the quantizer advises on the root logger
    prepared = temporary / "prepared.onnx"
    quant_pre_process(fp32, prepared, skip_symbolic_shape=True)
    quantize_dynamic(prepared, int8, per_channel=True, weight_type=QuantType.QInt8)
