"""One encoder under two heads: the label of a sentence, and the tags of its tokens."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn import functional
from transformers import AutoModelForTokenClassification, PreTrainedModel, PreTrainedTokenizerBase

from stance.backends import both_heads
from stance.encoding import Encoded, Encoder
from stance.holders import Holder, tag
from stance.labels import TAGS
from stance.model_folder import HOLDERS
from training.text_blocks import IGNORED

TAG_LOSS: Final = "tag_loss"


class TwoHeads(torch.nn.Module):
    """A sequence classifier, and a layer beside its head that tags the tokens."""

    def __init__(self, classifier: PreTrainedModel) -> None:
        super().__init__()
        self.classifier = classifier
        shape: Any = classifier.config
        self.tagger = torch.nn.Linear(shape.hidden_size, len(TAGS))
        self.dropout = torch.nn.Dropout(getattr(shape, "hidden_dropout_prob", 0.1))
        torch.nn.init.normal_(self.tagger.weight, std=shape.initializer_range)
        torch.nn.init.zeros_(self.tagger.bias)
        self.config = copy.copy(shape)  # the Trainer asks it what is no prediction
        self.config.keys_to_ignore_at_inference = [TAG_LOSS]

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
        tags: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Logits of the labels, and the mean loss of the tags.

        Args:
            input_ids: (rows, tokens).
            attention_mask: (rows, tokens).
            token_type_ids: (rows, tokens), for models that have them.
            tags: gold tags, (rows, tokens), `IGNORED` where there is none.
        """
        inputs = {
            "input_ids": input_ids,
            "attention_mask": attention_mask,
            "token_type_ids": token_type_ids,
        }
        labels, logits = both_heads(self.classifier, self._tag, inputs)
        if tags is None:
            return {"logits": labels}
        loss = functional.cross_entropy(
            logits.float().flatten(0, 1), tags.flatten(), ignore_index=IGNORED
        )
        return {"logits": labels, TAG_LOSS: loss}

    def _tag(self, hidden: torch.Tensor) -> torch.Tensor:
        tags: torch.Tensor = self.tagger(self.dropout(hidden))
        return tags

    def save(self, folder: Path, tokenizer: PreTrainedTokenizerBase) -> None:
        """Write two plain `transformers` folders: the classifier, and in it the token classifier.

        Args:
            folder: where the classifier goes.
            tokenizer: goes with both.
        """
        shape = copy.deepcopy(self.classifier.config)
        shape.id2label = dict(enumerate(TAGS))
        shape.label2id = {name: i for i, name in enumerate(TAGS)}
        tagger: Any = AutoModelForTokenClassification.from_config(shape)  # type: ignore[no-untyped-call]
        encoder = self.classifier.base_model.state_dict()
        # A pooler, which only labels need, has no place in the other.
        missing, _ = tagger.base_model.load_state_dict(encoder, strict=False)
        if missing:
            raise RuntimeError(f"the second head's encoder lacks {missing[0]}")
        tagger.classifier.load_state_dict(self.tagger.state_dict())
        for model, place in ((self.classifier, folder), (tagger, folder / HOLDERS)):
            model.save_pretrained(place)
            tokenizer.save_pretrained(place)


def tag_column(
    encoder: Encoder,
    texts: Sequence[str],
    encoded: Sequence[Encoded],
    holders: Sequence[Sequence[Holder]],
) -> list[list[int]]:
    """The gold tags of encoded sentences, `IGNORED` at contexts and their separators."""
    column = []
    for text, one, those in zip(texts, encoded, holders, strict=True):
        start, *own = tag(those, encoder.offsets(text))
        tags = [IGNORED] * len(one.ids)
        tags[0] = start
        tags[encoder.n_before : encoder.n_before + len(own)] = own
        column.append(tags)
    return column


class Padding:
    """Rows to a batch; the tags are padded as the ids are."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Stack rows that hold ``tags`` beside what the tokenizer pads."""
        tags = [row["tags"] for row in rows]
        rest = [{key: row[key] for key in row if key != "tags"} for row in rows]
        batch: dict[str, torch.Tensor] = dict(self._tokenizer.pad(rest, return_tensors="pt"))
        width = batch["input_ids"].shape[1]
        batch["tags"] = torch.tensor([one + [IGNORED] * (width - len(one)) for one in tags])
        return batch
