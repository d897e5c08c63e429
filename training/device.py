"""What the device at hand computes fastest in training."""

import torch
from transformers import PreTrainedModel


def has_fast_bf16() -> bool:
    """Whether bfloat16 is faster than float32 here; a CPU without its instructions emulates it."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported())


def choose_attention(model: PreTrainedModel) -> None:
    """On a CPU take plain attention: the fused kernel is slow backwards on short texts."""
    if not torch.cuda.is_available():
        model.set_attn_implementation("eager")
