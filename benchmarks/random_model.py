"""A classifier with random weights, exported: speed depends on a shape, not on what it knows."""

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import RobertaConfig, RobertaForSequenceClassification

from stance import LABELS
from stance.encoding import Encoder
from stance.model_folder import ONNX_FP32, ONNX_INT8, Context, ModelSettings, save_settings
from training.graphs import Int8Method, make_batches, write_fp32, write_int8

WIDTH, INNER, LAYERS = 768, 3072, 12
MAX_LENGTH = 512
"""Tokens that such a model reads."""
BASE = RobertaConfig(
    vocab_size=50_000,
    hidden_size=WIDTH,
    intermediate_size=INNER,
    num_hidden_layers=LAYERS,
    max_position_embeddings=514,
    type_vocab_size=1,
    id2label=dict(enumerate(LABELS)),
    label2id={label: i for i, label in enumerate(LABELS)},
)
"""The shape of RobBERT-base."""


def build_model(folder: Path, context: Context, shape: RobertaConfig) -> None:
    """Write weights, settings and the fp32 graph beside the tokenizer that lies in `folder`."""
    torch.manual_seed(0)
    RobertaForSequenceClassification(shape).save_pretrained(folder)
    save_settings(ModelSettings("transformer", LABELS, context, MAX_LENGTH, ONNX_INT8), folder)
    (folder / "onnx").mkdir()
    write_fp32(folder, folder / ONNX_FP32)


def quantise(folder: Path, method: Int8Method, texts: Sequence[str]) -> None:
    """Write the int8 graph, with `texts` to measure activations on; replaces the one there."""
    int8 = folder / "onnx" / "new.onnx"
    write_int8(folder / ONNX_FP32, int8, method, make_batches(open_encoder(folder), texts))
    int8.replace(folder / ONNX_INT8)


def open_encoder(folder: Path) -> Encoder:
    """What turns texts into the inputs of the model in `folder`."""
    return Encoder.from_folder(folder, MAX_LENGTH)
