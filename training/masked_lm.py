"""The masked language model in training: its head, its loss, its batches."""

from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel, Trainer

from training.text_blocks import IGNORED, Ids


def start_at_frequencies(model: PreTrainedModel, ids: Ids) -> None:
    """Let a fresh head know how common each token is, which it would first have to learn."""
    counts = np.ones(model.config.vocab_size)
    for some in np.array_split(ids, max(1, len(ids) // 10_000)):
        counts += np.bincount(some.reshape(-1), minlength=len(counts))
    bias: torch.Tensor = model.get_output_embeddings().bias  # type: ignore[no-untyped-call]
    with torch.no_grad():
        bias.copy_(torch.from_numpy(np.log(counts / counts.sum())))


def predict_hidden_only(model: PreTrainedModel) -> None:
    """Let the head see the hidden positions alone: the same loss for a fifth of its work."""
    kept: dict[str, torch.Tensor] = {}

    def before(_module: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        labels = kwargs["labels"]
        kept["hidden"] = labels != IGNORED
        return args, {**kwargs, "labels": labels[kept["hidden"]][None]}

    def after(_module: Any, _args: Any, output: Any) -> Any:
        output["last_hidden_state"] = output[0][kept["hidden"]][None]
        return output

    model.register_forward_pre_hook(before, with_kwargs=True)
    model.base_model.register_forward_hook(after)


class MaskedTrainer(Trainer):
    """Averages the loss over all hidden words of a step, accumulated and parallel ones alike."""

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """The loss of one batch, as its share of the loss of the step."""
        outputs = model(**inputs)
        loss = outputs.loss
        if num_items_in_batch is not None:
            loss = loss * (inputs["labels"] != IGNORED).sum() / num_items_in_batch
            loss = loss * self.accelerator.num_processes
        return (loss, outputs) if return_outputs else loss


def stack(rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """Rows of `MaskedBlocks`, all of one length, as a batch."""
    return {name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in rows[0]}
