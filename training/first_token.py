"""The last layer of an encoder for the first token alone, which is all that a classifier reads."""

from typing import Any, Final

import torch

_FAMILIES: Final = ("bert", "camembert", "roberta", "xlm-roberta")
"""Those whose layers `transformers` builds alike."""


class _FirstTokenLayer(torch.nn.Module):
    """A layer that attends from the first token only; keys and values are of all tokens."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self._layer = layer

    def forward(
        self, hidden: torch.Tensor, attention_mask: torch.Tensor | None = None, *_: Any, **__: Any
    ) -> torch.Tensor:
        """States (rows, tokens, features) to those of the first token, (rows, 1, features)."""
        attention, own = self._layer.attention, self._layer.attention.self

        def heads(states: torch.Tensor) -> torch.Tensor:
            return states.view(*states.shape[:2], -1, own.attention_head_size).transpose(1, 2)

        first = hidden[:, :1]
        scores = heads(own.query(first)) @ heads(own.key(hidden)).mT * own.scaling
        if attention_mask is not None:  # added to the scores, (rows, 1, tokens, tokens)
            scores = scores + attention_mask[:, :, :1]
        attended = scores.softmax(dim=-1) @ heads(own.value(hidden))
        attended = attention.output(attended.transpose(1, 2).flatten(2), first)
        states: torch.Tensor = self._layer.feed_forward_chunk(attended)
        return states


def read_first_token_only(classifier: Any) -> None:
    """Let the last layer compute the state of the first token only, where its kind is known.

    The logits stay what they were; the states of the other tokens are gone, so the model must not
    have a head that reads them.

    Args:
        classifier: a sequence classification model with `eager` attention, which adds its mask
            to the scores; it is changed.
    """
    if classifier.config.model_type in _FAMILIES and not classifier.config.is_decoder:
        layers = classifier.base_model.encoder.layer
        layers[-1] = _FirstTokenLayer(layers[-1])
