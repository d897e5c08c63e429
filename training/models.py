"""A config's model section to a tokenizer and a model: from the hub, a folder, or scratch."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from safetensors import SafetensorError
from tokenizers import ByteLevelBPETokenizer
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    RobertaConfig,
    RobertaForSequenceClassification,
    RobertaTokenizerFast,
)

from stance.errors import ConfigError, MissingExtraError
from training.settings import PretrainedModel, ScratchModel

_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")


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
    if isinstance(config, ScratchModel):
        tokenizer: Any = _learn_tokenizer(texts, config.vocab_size)
    else:
        tokenizer = _load(AutoTokenizer, config, use_fast=True)
        _check_vocabulary(tokenizer, config)
        longest = min(tokenizer.model_max_length, _positions(config))
        if max_length > longest:
            raise ConfigError(
                f"input.max_length: {max_length}, but {config.name_or_path} takes {longest} tokens."
            )
    tokenizer.model_max_length = max_length
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
        model: PreTrainedModel = _load(
            AutoModelForSequenceClassification, config, ignore_mismatched_sizes=False, **names
        )
        return model
    shape = RobertaConfig(
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
        **names,
    )
    return RobertaForSequenceClassification(shape)


def _learn_tokenizer(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerBase:
    """A byte-level BPE tokenizer of RoBERTa's kind, learnt from `texts`."""
    learner = ByteLevelBPETokenizer(add_prefix_space=True)
    learner.train_from_iterator(
        texts, vocab_size=vocab_size, special_tokens=list(_SPECIAL), show_progress=False
    )
    model = json.loads(learner.to_str())["model"]
    merges: Any = [tuple(pair) for pair in model["merges"]]
    return RobertaTokenizerFast(vocab=model["vocab"], merges=merges, add_prefix_space=True)


def _check_vocabulary(tokenizer: PreTrainedTokenizerBase, config: PretrainedModel) -> None:
    """Refuse the empty tokenizer that `transformers` builds where the vocabulary is missing."""
    ids = tokenizer("De sancties tegen Rusland", add_special_tokens=False)["input_ids"]
    if not set(ids) - {tokenizer.unk_token_id}:
        raise ConfigError(
            f"model.name_or_path: the tokenizer of {config.name_or_path} has no vocabulary; its "
            "tokenizer.json (or vocab.json, vocab.txt, spm.model) is missing."
        )


def _positions(config: PretrainedModel) -> int:
    """Most tokens that the model has positions for."""
    loaded = _load(AutoConfig, config)
    positions: int = getattr(loaded, "max_position_embeddings", 512)
    if loaded.model_type in ("roberta", "xlm-roberta", "camembert"):
        positions -= loaded.pad_token_id + 1
    return positions


def _load(loader: Any, config: PretrainedModel, **options: Any) -> Any:
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
        raise ConfigError(
            f"model.name_or_path: {name} is not in the local cache and cannot be fetched; either "
            f"go online once (`hf download {name}`), or give a local folder: "
            "--set model.name_or_path=FOLDER."
        ) from None
