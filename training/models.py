"""A config's model section to a tokenizer and a model: from the hub, a folder, or scratch."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError
from tokenizers import ByteLevelBPETokenizer, Tokenizer
from tokenizers.processors import RobertaProcessing
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from stance.errors import ConfigError, MissingExtraError
from stance.weights import pickle_in, refusal
from training.settings import HubModel, PretrainedModel, ScratchModel

_SPECIAL: Final = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def build_tokenizer(
    config: PretrainedModel | ScratchModel, texts: Iterable[str], max_length: int
) -> PreTrainedTokenizerBase:
    """Load the tokenizer of a pretrained model, or learn one from the training texts.

    Args:
        config: the model section.
        texts: training texts and contexts, for a model from scratch.
        max_length: most tokens of one input.

    Raises:
        ConfigError: if the model cannot be found, or takes fewer tokens than `max_length`.
    """
    if isinstance(config, PretrainedModel):
        tokenizer = load_tokenizer(config, max_length, "input.max_length")
    else:
        tokenizer = learn_tokenizer(texts, config.vocab_size)
    tokenizer.model_max_length = max_length
    return tokenizer


def load_tokenizer(config: HubModel, length: int, key: str) -> PreTrainedTokenizerBase:
    """Load the tokenizer of a pretrained model that must take `length` tokens.

    Raises:
        ConfigError: if it cannot be found, is empty, or the model takes fewer tokens; `key`
            names the setting to lower.
    """
    tokenizer: Any = load(AutoTokenizer, config, use_fast=True)
    _check_vocabulary(tokenizer, config)
    longest = min(tokenizer.model_max_length, positions_of(load(AutoConfig, config)))
    if length > longest:
        raise ConfigError(f"{key}: {length}, but {config.name_or_path} takes {longest} tokens.")
    return tokenizer  # type: ignore[no-any-return]


def build_model(
    config: PretrainedModel | ScratchModel,
    tokenizer: PreTrainedTokenizerBase,
    labels: Sequence[str],
    max_length: int,
) -> PreTrainedModel:
    """Load a pretrained encoder under a fresh classification head, or build a small RoBERTa.

    Raises:
        ConfigError: if the model cannot be found or loaded.
    """
    names: dict[str, Any] = {
        "num_labels": len(labels),
        "id2label": dict(enumerate(labels)),
        "label2id": {label: i for i, label in enumerate(labels)},
        # Some RobBERT configs carry other ids than their tokenizer, which is right.
        "pad_token_id": tokenizer.pad_token_id,
    }
    if isinstance(config, PretrainedModel):
        model: PreTrainedModel = load_model(
            AutoModelForSequenceClassification, config, ignore_mismatched_sizes=False, **names
        )
        return model
    return RobertaForSequenceClassification(scratch_shape(config, tokenizer, max_length, **names))


def scratch_shape(
    config: ScratchModel, tokenizer: Any, max_length: int, **names: Any
) -> RobertaConfig:
    """The shape of a small RoBERTa that takes `max_length` tokens."""
    return RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=config.hidden_size,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=4 * config.hidden_size,
        hidden_dropout_prob=config.dropout,
        attention_probs_dropout_prob=config.dropout,
        # RoBERTa counts positions from the padding id on.
        max_position_embeddings=max_length + tokenizer.pad_token_id + 1,
        type_vocab_size=1,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        **{"pad_token_id": tokenizer.pad_token_id, **names},
    )


def learn_tokenizer(
    texts: Iterable[str], vocab_size: int, *, lowercase: bool = False
) -> PreTrainedTokenizerBase:
    """Learn a byte-level BPE tokenizer of RoBERTa's kind from `texts`."""
    learner = ByteLevelBPETokenizer(
        add_prefix_space=True, lowercase=lowercase, unicode_normalizer="nfc" if lowercase else None
    )
    learner.train_from_iterator(
        texts, vocab_size=vocab_size, special_tokens=list(_SPECIAL.values()), show_progress=False
    )
    backend = Tokenizer.from_str(learner.to_str())
    start, end = (_SPECIAL["bos_token"], 0), (_SPECIAL["eos_token"], 2)
    backend.post_processor = RobertaProcessing(end, start, trim_offsets=True, add_prefix_space=True)
    # Not the Roberta class, which would build its backend anew, without the lower-casing.
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend, **_SPECIAL, cls_token=start[0], sep_token=end[0]
    )


def _check_vocabulary(tokenizer: PreTrainedTokenizerBase, config: HubModel) -> None:
    """Refuse the empty tokenizer that `transformers` builds where the vocabulary is missing."""
    ids = tokenizer("De sancties tegen Rusland", add_special_tokens=False)["input_ids"]
    if not set(ids) - {tokenizer.unk_token_id}:
        raise ConfigError(
            f"model.name_or_path: the tokenizer of {config.name_or_path} has no vocabulary; its "
            "tokenizer.json (or vocab.json, vocab.txt, spm.model) is missing."
        )


def positions_of(config: Any) -> int:
    """Most tokens that a model of this `transformers` config has positions for."""
    positions: int = getattr(config, "max_position_embeddings", 512)
    if config.model_type in ("roberta", "xlm-roberta", "camembert"):
        positions -= config.pad_token_id + 1
    return positions


def load_model(loader: Any, config: HubModel, **options: Any) -> Any:
    """Call an `Auto*` class that reads weights: safetensors, never a pickle.

    Raises:
        ConfigError: if there is no such model, it cannot be loaded, or has weights of another kind.
        MissingExtraError: if it needs a package that is not installed.
    """
    if pickle := pickle_in(Path(config.name_or_path)):
        raise ConfigError(f"model.name_or_path: {config.name_or_path}: {refusal(pickle)}")
    return load(loader, config, use_safetensors=True, **options)


def load(loader: Any, config: HubModel, **options: Any) -> Any:
    """Call an `Auto*` class, offline and missing told in one line.

    Raises:
        ConfigError: if there is no such model, or it cannot be loaded.
        MissingExtraError: if it needs a package that is not installed.
    """
    name = config.name_or_path
    try:
        return loader.from_pretrained(
            name, revision=config.revision or "main", trust_remote_code=False, **options
        )
    except ImportError as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise MissingExtraError(
            f"model.name_or_path: {name} needs a package that is not installed ({reason})."
        ) from None
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        if name.startswith("/") or not isinstance(error, OSError):
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ConfigError(
                f"model.name_or_path: {name} holds no model that can be loaded ({reason})."
            ) from None
        if "safetensors" in str(error):
            raise ConfigError(
                f"model.name_or_path: {name} has no weights as safetensors, and weights of another "
                "kind, which can run code, are not read; choose a revision that has them."
            ) from None
        raise ConfigError(
            f"model.name_or_path: {name} is not in the local cache and cannot be fetched; either "
            f"go online once (`hf download {name}`), or give a local folder: "
            "--set model.name_or_path=FOLDER."
        ) from None
