"""Layers of a model of another language under a fresh vocabulary.

Source: Minixhofer et al. 2022, WECHSEL: a new token starts near the old tokens of its
translation, so that the layers above understand something of the new language from the
first step. Here the translation comes from a glossary instead of aligned word vectors.
"""

from pathlib import Path
from typing import Any, Final

import torch
from transformers import PreTrainedTokenizerBase, RobertaConfig, RobertaForMaskedLM

from stance.errors import ConfigError, InputError

_SOURCES: Final = ("bert", "roberta")
INSIDE: Final = "+"
"""Marks a glossary entry for a token that stands inside a word."""


def read_glossary(path: Path) -> dict[str, str]:
    """Read ``word<TAB>translation`` lines; ``+part`` is a part that stands inside a word.

    Raises:
        InputError: if the file cannot be read or a line has another form.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}).") from None
    entries = {}
    for number, line in enumerate(lines, start=1):
        word, tab, translation = line.partition("\t")
        if not tab or not word.strip() or not translation.strip() or "\t" in translation:
            raise InputError(
                f"{path}:{number}: {line!r:.60} found, expected `woord<TAB>translation`."
            )
        entries[word.strip()] = translation.strip()
    return entries


def recycle(
    source: Any,
    source_tokenizer: PreTrainedTokenizerBase,
    tokenizer: PreTrainedTokenizerBase,
    glossary: dict[str, str],
) -> RobertaForMaskedLM:
    """Build a RoBERTa with the layers of `source` and embeddings for `tokenizer`.

    Args:
        source: a BERT or RoBERTa encoder without a head.
        source_tokenizer: its tokenizer.
        tokenizer: the new byte-level BPE tokenizer.
        glossary: translations of the new language's words.

    Returns:
        A masked language model with a fresh head, tied to the new embeddings.

    Raises:
        ConfigError: if the source is of another architecture.
    """
    old = source.config
    if old.model_type not in _SOURCES:
        raise ConfigError(
            f"model.name_or_path: a {old.model_type} model; expected one of {', '.join(_SOURCES)}."
        )
    offset = tokenizer.pad_token_id + 1
    positions = _positions(source)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=old.hidden_size,
        num_hidden_layers=old.num_hidden_layers,
        num_attention_heads=old.num_attention_heads,
        intermediate_size=old.intermediate_size,
        hidden_act=old.hidden_act,
        layer_norm_eps=old.layer_norm_eps,
        # RoBERTa counts positions from the padding id on.
        max_position_embeddings=len(positions) + offset,
        type_vocab_size=1,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = RobertaForMaskedLM(config)
    new = model.roberta.embeddings
    model.roberta.encoder.load_state_dict(source.encoder.state_dict())
    new.LayerNorm.load_state_dict(source.embeddings.LayerNorm.state_dict())
    with torch.no_grad():
        # BERT adds a token type to every position; RoBERTa has one type, left at zero here.
        types = source.embeddings.token_type_embeddings.weight[0]
        new.position_embeddings.weight[offset:] = positions + types
        new.token_type_embeddings.weight.zero_()
        rows = source.embeddings.word_embeddings.weight
        new.word_embeddings.weight.copy_(_embeddings(rows, source_tokenizer, tokenizer, glossary))
        new.word_embeddings.weight[tokenizer.pad_token_id].zero_()
    return model


def _positions(source: Any) -> torch.Tensor:
    weight: torch.Tensor = source.embeddings.position_embeddings.weight.detach()
    if source.config.model_type == "roberta":
        weight = weight[source.config.pad_token_id + 1 :]
    return weight


def _embeddings(
    rows: torch.Tensor, old: Any, new: PreTrainedTokenizerBase, glossary: dict[str, str]
) -> torch.Tensor:
    """A row for each new token: the mean of the old rows of its translation, or of itself."""
    texts = [_translation(new, i, glossary) for i in range(len(new))]
    pieces = old(texts, add_special_tokens=False)["input_ids"]
    known = [[i for i in ids if i != old.unk_token_id] for ids in pieces]
    # A token that the old vocabulary cannot spell starts as an average token with some noise.
    mean, spread = rows.mean(dim=0), rows.std(dim=0)
    result = torch.stack(
        [rows[ids].mean(dim=0) if ids else mean + spread * torch.randn_like(mean) for ids in known]
    )
    for role in ("cls", "sep", "mask", "unk"):
        there, here = getattr(old, f"{role}_token_id"), getattr(new, f"{role}_token_id")
        if there is not None and here is not None:
            result[here] = rows[there]
    return result


def _translation(tokenizer: Any, index: int, glossary: dict[str, str]) -> str:
    """What a token means in the old language; its own letters where the glossary has nothing."""
    text = tokenizer.backend_tokenizer.decode([index])
    starts = tokenizer.convert_ids_to_tokens(index).startswith("Ġ")
    word = text.strip()
    entry = glossary.get(word) if starts else glossary.get(INSIDE + word)
    return entry or word
