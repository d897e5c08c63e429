"""Texts and their contexts to token ids, and ids to batches of similar length.

Training and labelling both encode here, so a model sees the same ids in both.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding as TokenizerEncoding
from tokenizers import Tokenizer

from stance.errors import ModelError
from stance.model_folder import read_json

IntArray = NDArray[np.int64]

_HEAD_CHARACTERS_PER_TOKEN: Final = 24
"""A text is first tokenised up to this many characters per token that fits. Dutch has four
to five characters a token; where the head turns out too short the whole text is taken."""


@dataclass(frozen=True)
class Encoded:
    """One text as a model takes it."""

    ids: tuple[int, ...]
    """Token ids, special tokens included."""
    type_ids: tuple[int, ...]
    """Segment of each token: 0 for the text, 1 for its context where the model tells apart."""
    truncated: bool
    """Whether the text itself (not its context) was cut to fit."""


class Place(NamedTuple):
    """Where a token of an input stands."""

    in_context: bool
    """Whether it is one of the context, not of the text."""
    start: int
    """First character in the text, or in the context."""
    end: int
    """The character behind its last."""


class Encoder:
    """Turns (text, context) into the token ids of one model.

    The context is the second text of the pair and is kept from its end, next to the
    text. Where both do not fit, the context is cut first; the text is cut, at its end,
    only if it does not fit alone.

    Args:
        tokenizer: a tokenizer of the `tokenizers` library, with its post-processor. Its own
            truncation and padding are switched off.
        max_length: most tokens of one input, special tokens included.
        pad_id: id of the padding token.
        mask_id: id of the token that stands for a hidden word, where there is one.
    """

    def __init__(
        self, tokenizer: Tokenizer, max_length: int, pad_id: int, mask_id: int | None = None
    ) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        # A text that quotes "</s>" is about those four characters, not an end of sequence.
        tokenizer.encode_special_tokens = True
        self._tokenizer = tokenizer
        self.max_length = max_length
        self.pad_id = pad_id
        self.mask_id = mask_id
        self._room_alone = max_length - tokenizer.num_special_tokens_to_add(False)
        self._room_pair = max_length - tokenizer.num_special_tokens_to_add(True)
        mask = tokenizer.encode("a").special_tokens_mask
        self.n_before = mask.index(0) if 0 in mask else 0
        """Special tokens that stand before those of the text."""

    @classmethod
    def from_folder(cls, folder: Path, max_length: int) -> "Encoder":
        """Read ``tokenizer.json`` and ``tokenizer_config.json`` of a model folder.

        Raises:
            ModelError: if one is missing or damaged.
        """
        path = folder / "tokenizer.json"
        if not path.exists():
            raise ModelError(f"{folder}: no tokenizer.json; copy the folder again, or train again.")
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the Rust side raises bare Exception
            raise ModelError(f"{path}: damaged ({error}); copy the folder again.") from None
        named = read_json(folder / "tokenizer_config.json")
        pad_id = _special_id(tokenizer, named.get("pad_token"))
        if pad_id is None:
            raise ModelError(
                f"{folder / 'tokenizer_config.json'}: pad_token is {named.get('pad_token')!r}, "
                "expected a token of tokenizer.json; the files are of two different models."
            )
        known = read_json(folder / "config.json").get("vocab_size")
        if isinstance(known, int) and tokenizer.get_vocab_size() > known:
            raise ModelError(
                f"{path}: has {tokenizer.get_vocab_size()} tokens, but the model of config.json "
                f"knows {known}; the files are of two different models."
            )
        mask_id = _special_id(tokenizer, named.get("mask_token"))
        with _faults_of_tokenizer(str(path)):
            encoder = cls(tokenizer, max_length, pad_id, mask_id)
        if encoder._room_pair < 1:
            raise ModelError(
                f"{path}: adds {max_length - encoder._room_pair} special tokens to a text and its "
                f"context, but an input has {max_length} at most; the files are of two different "
                "models."
            )
        return encoder

    def encode(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> list[Encoded]:
        """Encode texts, each with its context; an empty context counts as none.

        Args:
            texts: the texts to encode.
            contexts: one context a text, or None for none at all.

        Returns:
            One `Encoded` a text, in the order given.

        Raises:
            ModelError: if the tokenizer fails on a text.
        """
        with _faults_of_tokenizer("tokenizer.json"):
            return [
                Encoded(tuple(whole.ids), tuple(whole.type_ids), truncated)
                for whole, truncated in self._inputs(texts, contexts)
            ]

    def _inputs(
        self, texts: Sequence[str], contexts: Sequence[str] | None
    ) -> Iterator[tuple[TokenizerEncoding, bool]]:
        """The whole input of each text, and whether the text was cut."""
        heads = [text[: self._room_alone * _HEAD_CHARACTERS_PER_TOKEN] for text in texts]
        encoded = self._tokenizer.encode_batch(heads, add_special_tokens=False)
        for i, text in enumerate(texts):
            # Exact but for the token at the cut, which is beyond what fits.
            if len(heads[i]) < len(text) and len(encoded[i]) <= self._room_alone:
                encoded[i] = self._tokenizer.encode(text, add_special_tokens=False)
        if contexts is None:
            yield from (self._join(one, None) for one in encoded)
            return
        tails = [context[-self._room_pair * _HEAD_CHARACTERS_PER_TOKEN :] for context in contexts]
        pairs = self._tokenizer.encode_batch(tails, add_special_tokens=False)
        for one, two, tail in zip(encoded, pairs, tails, strict=True):
            yield self._join(one, two if tail else None)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Where the tokens of a text stand in it: first character, and the one behind the last.

        They are those that `encode` gives between the special tokens, as many as fit.
        """
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return list(encoded.offsets[: self._room_alone])

    def places(self, text: str, context: str = "") -> list[Place | None]:
        """Where each token of the input that `encode` gives stands; None for special tokens."""
        ((whole, _),) = self._inputs([text], [context])
        # Not the offsets of `whole`: some post-processors take spaces off a second time, others
        # forget which token is of which text. That the text comes first holds for all.
        own = [Place(False, *span) for span in self.offsets(text)]
        n_context = whole.special_tokens_mask.count(0) - len(own)
        before = self._tokenizer.encode(context, add_special_tokens=False).offsets
        other = [Place(True, *span) for span in before[len(before) - n_context :]]
        places = iter(own + other)
        return [None if special else next(places) for special in whole.special_tokens_mask]

    def _join(
        self, text: TokenizerEncoding, context: TokenizerEncoding | None
    ) -> tuple[TokenizerEncoding, bool]:
        room_for_context = self._room_pair - len(text)
        if context is None or room_for_context < 1:
            truncated = len(text) > self._room_alone
            if truncated:
                text.truncate(self._room_alone)
            whole = self._tokenizer.post_process(text)
        else:
            truncated = False
            if len(context) > room_for_context:
                context.truncate(room_for_context, direction="left")
            whole = self._tokenizer.post_process(text, context)
        return whole, truncated


@contextmanager
def _faults_of_tokenizer(name: str) -> Iterator[None]:
    """What a tokenizer that contradicts itself raises when it is used."""
    try:
        yield
    except Exception as error:
        if type(error) is not Exception:  # the Rust side raises no class of its own
            raise
        raise ModelError(f"{name}: fails on a text ({error}); copy the folder again.") from None


def _special_id(tokenizer: Tokenizer, token: Any) -> int | None:
    """The id of a special token, as ``tokenizer_config.json`` names it."""
    if isinstance(token, dict):
        token = token.get("content")
    return tokenizer.token_to_id(token) if isinstance(token, str) else None


def plan_batches(lengths: Sequence[int], max_tokens: int) -> Iterator[list[int]]:
    """Group inputs of similar length into batches under a token budget.

    Args:
        lengths: token count of each input.
        max_tokens: most tokens of a batch, padding included (rows times longest row). An
            input that is longer on its own makes a batch of one.

    Yields:
        Indices into `lengths`, each exactly once, longest inputs first, so that a lack of
        memory shows at once.
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    batch: list[int] = []
    for i in order:
        # The first of a batch is its longest: every row is padded to it.
        if batch and (len(batch) + 1) * lengths[batch[0]] > max_tokens:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def pad(batch: Sequence[Encoded], pad_id: int) -> dict[str, IntArray]:
    """Stack encoded inputs into rectangular arrays, padded on the right.

    Args:
        batch: at least one encoded input.
        pad_id: id of the padding token.

    Returns:
        ``input_ids``, ``attention_mask`` and ``token_type_ids``, int64, each of shape
        (len(batch), longest).
    """
    shape = (len(batch), max(len(one.ids) for one in batch))
    arrays = {
        "input_ids": np.full(shape, pad_id, dtype=np.int64),
        "attention_mask": np.zeros(shape, dtype=np.int64),
        "token_type_ids": np.zeros(shape, dtype=np.int64),
    }
    for row, one in enumerate(batch):
        n = len(one.ids)
        arrays["input_ids"][row, :n] = one.ids
        arrays["attention_mask"][row, :n] = 1
        arrays["token_type_ids"][row, :n] = one.type_ids
    return arrays
