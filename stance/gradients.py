"""Integrated gradients of a label's log-odds, from a masked sentence to the sentence itself.

Source: Sundararajan, Taly and Yan 2017, Axiomatic Attribution for Deep Networks.

The baseline is the same input with every token masked, special tokens apart. The mask is what
a language model was taught to read as *some word*, at the position of the word. Padding is not: it
was never read, and RoBERTa gives it no position, so that a path from it would change positions too.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from stance.backends import TorchBackend
from stance.encoding import Encoder, Place, pad
from stance.errors import MissingExtraError, ModelError
from stance.explanation import TOLERANCE, Word, join_tokens
from stance.model_folder import ModelSettings

STEPS: Final = (64, 128, 256, 512, 1024)
"""Points of the path, one number after the other until the gap is small enough."""
_MAX_TOKENS: Final = 2048
"""Token budget of a pass forward and back."""


class Attributions(NamedTuple):
    """What integrated gradients give; the fields are those of `stance.explanation.Explanation`."""

    words: list[Word]
    context_words: list[Word]
    baseline_log_odds: float
    steps: int
    gap: float


class IntegratedGradients:
    """A transformer whose gradients can be taken.

    Args:
        folder: a model folder with torch weights.
        settings: how the model is used.

    Raises:
        MissingExtraError: if captum, torch or transformers is not installed.
        ModelError: if a file is missing or damaged, or the tokenizer has no mask token.
    """

    def __init__(self, folder: Path, settings: ModelSettings) -> None:
        try:
            import torch
            import transformers  # noqa: F401  # so that what is missing is named here
            from captum.attr import LayerIntegratedGradients
        except ImportError as error:
            raise MissingExtraError(
                f"{error.name or error} is not installed; integrated gradients need `pip install "
                "'stance-nl[explain]'`. The method occlusion needs what labelling needs, no more."
            ) from None
        self.encoder = Encoder.from_folder(folder, settings.max_length)
        if self.encoder.mask_id is None:
            raise ModelError(
                f"{folder / 'tokenizer_config.json'}: names no mask_token, with which integrated "
                "gradients begin; use the method occlusion."
            )
        self.backend = TorchBackend(folder, len(settings.labels))
        self._temperature = settings.temperature
        self._torch = torch
        self._method = LayerIntegratedGradients

    def attribute(self, text: str, context: str, label: int) -> Attributions:
        """Share out, over the words, what lies between the masked sentence and the sentence.

        Args:
            text: the sentence; the model must have room for it.
            context: the sentence before; "" for none.
            label: index of the label whose log-odds are shared out.
        """
        batch = pad(self.encoder.encode([text], [context]), self.encoder.pad_id)
        places = self.encoder.places(text, context)
        inputs = self.backend.inputs(batch)
        ids = inputs.pop("input_ids")
        names = [*inputs]
        special = self._torch.tensor([[place is None for place in places]], device=ids.device)
        masked = ids.where(special, self.encoder.mask_id)

        def odds(ids: Any, *others: Any) -> Any:
            named = dict(zip(names, others, strict=True))
            logits = self.backend.model(input_ids=ids, **named).logits / self._temperature
            rest = self._torch.arange(logits.shape[1], device=logits.device) != label
            return logits[:, label] - logits[:, rest].logsumexp(dim=1)

        with self._torch.no_grad():
            whole, nothing = (float(odds(one, *inputs.values())) for one in (ids, masked))
        # Of the embeddings of words alone: positions are the same at both ends.
        method = self._method(odds, self.backend.model.get_input_embeddings())
        for steps in STEPS:
            found = method.attribute(
                ids,
                baselines=masked,
                additional_forward_args=tuple(inputs.values()),
                n_steps=steps,
                internal_batch_size=max(1, _MAX_TOKENS // ids.shape[1]),
            )
            values = found.sum(dim=-1)[0].double().cpu().numpy()
            gap = abs(float(values.sum()) - (whole - nothing))
            if gap <= TOLERANCE:
                break
        return Attributions(*_words(text, context, places, values), nothing, steps, gap)


def _words(
    text: str, context: str, places: Sequence[Place | None], values: np.ndarray
) -> tuple[list[Word], list[Word]]:
    """Attributions of tokens as words of the sentence, and of the context."""
    both = []
    for source, in_context in ((text, False), (context, True)):
        own = [i for i, place in enumerate(places) if place and place.in_context == in_context]
        offsets = [(place.start, place.end) for i in own if (place := places[i])]
        both.append(join_tokens(source, offsets, values[own].tolist()))
    return both[0], both[1]
