"""A trained folder as ONNX graphs."""

import logging
import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

from stance.backends import both_heads, takes_type_ids
from stance.classifier import MAX_TOKENS
from stance.encoding import Encoder, IntArray, pad, plan_batches
from stance.model_folder import HOLDERS
from training.first_token import read_first_token_only
from training.row_int8 import round_rows

Int8Method = Literal["dynamic", "rows", "weights"]
INT8_METHODS: Final[tuple[Int8Method, ...]] = get_args(Int8Method)
"""The faster first."""
_BLOCK: Final = 32
"""Weights that share a scale."""


class _Logits(torch.nn.Module):
    """The model as a function from plain tensors to logits, of its labels and its tags."""

    def __init__(self, classifier: Any, tagger: Any) -> None:
        super().__init__()
        self._classifier, self._tagger = classifier, tagger

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        """Logits (rows, labels), and (rows, tokens, tags), of inputs (rows, tokens)."""
        inputs = {
            "input_ids": input_ids,
            "attention_mask": attention_mask,
            "token_type_ids": token_type_ids,
        }
        labels, tags = both_heads(self._classifier, self._tagger, inputs)
        return labels if tags is None else (labels, tags)


def write_fp32(folder: Path, path: Path) -> None:
    """Write the model of a `transformers` folder as an ONNX graph with free batch and length.

    Args:
        folder: a sequence classification model, and its second head if it has one.
        path: the file to write.
    """
    names = ["input_ids", "attention_mask"]
    if takes_type_ids(folder):
        names.append("token_type_ids")
    model = _load(AutoModelForSequenceClassification, folder)
    if (folder / HOLDERS).exists():
        tagger = _load(AutoModelForTokenClassification, folder / HOLDERS).classifier
    else:
        tagger = None
        read_first_token_only(model)
    # One tensor each: the exporter takes one object passed twice for one input.
    samples = tuple(torch.ones((2, 7), dtype=torch.int64) for _ in names)
    rows, tokens = torch.export.Dim("rows"), torch.export.Dim("tokens")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's exporter about its own internals
        torch.onnx.export(
            _Logits(model, tagger).eval(),  # the wrapper too, or dropout stays in the graph
            samples,
            str(path),
            input_names=names,
            output_names=["logits"] if tagger is None else ["logits", "tags"],
            dynamic_shapes=tuple({0: rows, 1: tokens} for _ in names),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _load(loader: Any, folder: Path) -> Any:
    return loader.from_pretrained(
        str(folder),
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        dtype=torch.float32,
        attn_implementation="eager",  # the others guard against texts of padding alone, at a cost
    )


def make_batches(
    encoder: Encoder,
    texts: Sequence[str],
    contexts: Sequence[str] | None = None,
    max_tokens: int = MAX_TOKENS,
) -> list[dict[str, IntArray]]:
    """The batches in which a model labels texts, as `write_int8` takes them.

    Args:
        encoder: the model's.
        texts: the sentences.
        contexts: the sentence before each; None for none.
        max_tokens: token budget of a batch, padding included.
    """
    encoded = encoder.encode(texts, contexts)
    plan = plan_batches([len(one.ids) for one in encoded], max_tokens)
    return [pad([encoded[i] for i in batch], encoder.pad_id) for batch in plan]


def write_int8(
    fp32: Path, int8: Path, method: Int8Method, batches: Iterable[Mapping[str, IntArray]]
) -> None:
    """Quantise a graph.

    Args:
        fp32: what `write_fp32` wrote.
        int8: the file to write.
        method: `dynamic` rounds weights once and activations as they come, by the largest of a
            batch: fast, but a sentence's company matters. `rows` rounds every token's activations
            by their own largest: nearly as fast, closer, and company does not matter. `weights`
            rounds weights alone, in blocks of 32: slower than fp32, a quarter of its size, and
            nearly its answers.
        batches: inputs as `stance.encoding.pad` makes them, a few thousand tokens of the kind of
            text that is labelled; `rows` measures its activations on them.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    for name in ("", MatMulNBitsQuantizer.__module__):  # they tell what they do on every node
        logging.getLogger(name).setLevel(logging.ERROR)
    if method == "dynamic":
        quantize_dynamic(fp32, int8, per_channel=True, weight_type=QuantType.QInt8)
        return
    model = onnx.load(fp32)
    if method == "rows":
        round_rows(model, batches)
        _round_embeddings(model.graph)
        onnx.save(model, int8)
        return
    _round_embeddings(model.graph)
    quantizer = MatMulNBitsQuantizer(
        model, bits=8, block_size=_BLOCK, is_symmetric=True, accuracy_level=1
    )
    quantizer.process()
    quantizer.model.save_model_to_file(str(int8))


def _round_embeddings(graph: Any) -> None:
    """Keep tables of embeddings as int8 with a scale a block; one a row costs rare words more."""
    tables = {one.name: one for one in graph.initializer}
    nodes = []
    for node in graph.node:
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or table.data_type != onnx.TensorProto.FLOAT or len(table.dims) != 2:
            nodes.append(node)
            continue
        n, width = table.dims
        blocks = numpy_helper.to_array(table).reshape(n, -1, math.gcd(width, _BLOCK))
        scales = np.abs(blocks).max(axis=2, keepdims=True) / 127
        scales[scales == 0] = 1
        graph.initializer.remove(table)
        for name, value in {
            "q": np.round(blocks / scales).astype(np.int8),
            "s": scales.astype(np.float32),
            "whole": np.array([0, 0, width], np.int64),  # 0: as it is
        }.items():
            graph.initializer.append(numpy_helper.from_array(value, f"{table.name}_{name}"))
        ids, out = node.input[1], node.output[0]
        nodes += [
            helper.make_node("Gather", [f"{table.name}_q", ids], [f"{out}_q"]),
            helper.make_node("Cast", [f"{out}_q"], [f"{out}_f"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Gather", [f"{table.name}_s", ids], [f"{out}_s"]),
            helper.make_node("Mul", [f"{out}_f", f"{out}_s"], [f"{out}_b"]),
            helper.make_node("Reshape", [f"{out}_b", f"{table.name}_whole"], [out]),
        ]
    del graph.node[:]
    graph.node.extend(nodes)
