"""Masked language modelling on the Hugging Face Trainer, from text files to a model folder."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import torch
from accelerate import PartialState
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    RobertaForMaskedLM,
    Trainer,
    TrainingArguments,
    set_seed,
)

from stance.backends import quiet_transformers
from stance.model_folder import read_json
from stance.summary import describe_file
from stance.writers import write_text
from training.card_data import public_name
from training.device import choose_attention, has_fast_bf16
from training.finetune import last_checkpoint, quiet
from training.masked_lm import MaskedTrainer, predict_hidden_only, stack, start_at_frequencies
from training.models import (
    learn_tokenizer,
    load,
    load_model,
    load_tokenizer,
    positions_of,
    scratch_shape,
)
from training.pretrain_settings import PretrainConfig, RecycledModel
from training.recycling import read_glossary, recycle
from training.run_folder import (
    CHECKPOINTS,
    PRETRAIN_METRICS_FILE,
    check_folder,
    claimed,
)
from training.settings import HubModel, PretrainedModel, ScratchModel
from training.text_blocks import (
    MaskedBlocks,
    is_packed,
    map_blocks,
    pack,
    read_lines,
    word_starts,
)
from training.versions import versions

_CURVE: Final = {"loss": "loss", "validation_loss": "eval_loss"}
_DROPOUT: Final = 0.1
"""What a model is saved with: fine-tuning on few sentences wants it, whatever pretraining had."""


def pretrain(config: PretrainConfig, out: Path, *, resume: bool = False) -> dict[str, Any] | None:
    """Train a masked language model and write it as a plain `transformers` folder.

    Args:
        config: a checked config.
        out: the folder to write; must be empty or absent unless resuming.
        resume: go on with an interrupted run in `out`.

    Returns:
        The content of ``pretrain_metrics.json``: loss, loss curve, data, versions; None in the
        helper processes of `torchrun`.

    Raises:
        OutputError: if `out` holds something else, or cannot be written.
        ConfigError: if the model cannot be loaded, or the run to resume had other settings.
        InputError: if the text or the glossary cannot be used.
    """
    if os.environ.get("RANK", "0") != "0":
        _train(config, out)
        return None
    check_folder(out, resume=resume, finished=PRETRAIN_METRICS_FILE)
    if resume and (out / PRETRAIN_METRICS_FILE).exists():  # nothing is left to do
        shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
        finished: dict[str, Any] = read_json(out / PRETRAIN_METRICS_FILE)
        return finished
    with claimed(out, config, "", resume=resume):
        return _train(config, out)


def _train(config: PretrainConfig, out: Path) -> dict[str, Any]:
    """One run in a folder that is ours, from its last checkpoint on."""
    quiet_transformers()
    set_seed(config.seed)
    work, schedule = out / CHECKPOINTS, config.training
    work.mkdir(parents=True, exist_ok=True)
    with PartialState().main_process_first():  # the others of torchrun read what it wrote
        tokenizer = _tokenizer(config, work / "tokenizer")
        if not is_packed(work):
            pack(read_lines(config.data.files), tokenizer, work)
    blocks = map_blocks(work, schedule.block_length)
    model = _model(config, tokenizer)
    n_held_out = max(1, int(len(blocks.ids) * config.data.validation_share))
    train_ids, held_out = blocks.ids[n_held_out:], blocks.ids[:n_held_out]
    if not isinstance(config.model, PretrainedModel):
        start_at_frequencies(model, train_ids)
    starts = word_starts(tokenizer, model.config.vocab_size)
    n_inputs = int(len(train_ids) * schedule.epochs)
    share = schedule.masked_share
    predict_hidden_only(model)
    trainer = MaskedTrainer(
        model=model,
        args=_arguments(config, n_inputs, work),
        train_dataset=MaskedBlocks(train_ids, n_inputs, tokenizer, starts, share, config.seed),
        eval_dataset=MaskedBlocks(held_out, len(held_out), tokenizer, starts, share, 0),
        processing_class=tokenizer,
        data_collator=stack,
    )
    quiet(trainer)
    checkpoint = last_checkpoint(work)
    trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    return _finish(trainer, config, {"sha256": blocks.sha256, "blocks": len(train_ids)}, out)


def _tokenizer(config: PretrainConfig, folder: Path) -> PreTrainedTokenizerBase:
    """The model's tokenizer, or one learnt from the text, once a run."""
    source, length = config.model, config.training.block_length
    if isinstance(source, PretrainedModel):
        return load_tokenizer(source, length, "training.block_length")
    if not (folder / "tokenizer_config.json").exists():
        lines = read_lines(config.data.files)
        lowercase = isinstance(source, RecycledModel) and source.lowercase
        learn_tokenizer(lines, source.vocab_size, lowercase=lowercase).save_pretrained(folder)
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return tokenizer


def _model(config: PretrainConfig, tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    """The model that the run starts from."""
    source = config.model
    if isinstance(source, PretrainedModel):
        model: PreTrainedModel = load_model(AutoModelForMaskedLM, source)
    elif isinstance(source, RecycledModel):
        glossary = read_glossary(Path(source.glossary)) if source.glossary else {}
        old = load(AutoTokenizer, source, use_fast=True)
        model = recycle(load_model(AutoModel, source), old, tokenizer, glossary)
    else:
        model = RobertaForMaskedLM(scratch_shape(source, tokenizer, config.training.block_length))
    tokenizer.model_max_length = positions_of(model.config)
    _set_dropout(model, config.training.dropout)
    choose_attention(model)
    return model


def _set_dropout(model: PreTrainedModel, share: float) -> None:
    """In the config, which is saved, and in the modules, which have read it already."""
    for name in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
        setattr(model.config, name, share)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = share


def _arguments(config: PretrainConfig, n_inputs: int, work: Path) -> TrainingArguments:
    schedule, on_gpu = config.training, torch.cuda.is_available()
    world = int(os.environ.get("WORLD_SIZE", "1"))
    n_steps = max(1, n_inputs // (schedule.batch_size * schedule.gradient_accumulation * world))
    n_decay = int(n_steps * schedule.decay_ratio)
    return TrainingArguments(
        output_dir=str(work),
        max_steps=n_steps,
        per_device_train_batch_size=schedule.batch_size,
        per_device_eval_batch_size=schedule.batch_size,
        gradient_accumulation_steps=schedule.gradient_accumulation,
        learning_rate=schedule.learning_rate,
        warmup_steps=schedule.warmup_steps,
        lr_scheduler_type="warmup_stable_decay",
        lr_scheduler_kwargs={"num_decay_steps": n_decay, "decay_type": "linear"},
        weight_decay=schedule.weight_decay,
        adam_beta2=0.98,
        max_grad_norm=schedule.max_grad_norm,
        # The dataset has its own order, which does not depend on the length of the run.
        train_sampling_strategy="sequential",
        prediction_loss_only=True,
        eval_strategy="steps",
        eval_steps=schedule.save_steps,
        logging_steps=schedule.save_steps,
        save_steps=schedule.save_steps,
        save_total_limit=2,
        bf16=schedule.bf16 and has_fast_bf16(),
        use_cpu=not on_gpu,
        seed=config.seed,
        full_determinism=True,
        report_to="none",
        disable_tqdm=not sys.stderr.isatty(),
        dataloader_pin_memory=on_gpu,
        ddp_find_unused_parameters=False if "WORLD_SIZE" in os.environ else None,
    )


def _finish(
    trainer: Trainer, config: PretrainConfig, text: dict[str, Any], out: Path
) -> dict[str, Any]:
    """Save the model, its tokenizer and how it was made; then let the checkpoints go."""
    width, args = config.training.block_length - 1, trainer.args
    per_step = width * args.train_batch_size * args.gradient_accumulation_steps * args.world_size
    metrics = {
        "validation_loss": trainer.evaluate()["eval_loss"],
        "tokens_seen": trainer.state.global_step * per_step,
        "text": {
            # A local path says something of the machine, not of the text.
            "files": [Path(name).name for name in config.data.files],
            "tokens": text["blocks"] * width,
            **text,
        },
        "model": _described(config.model),
        "training": config.training.model_dump(),
        "seed": config.seed,
        "curve": [
            {
                "step": entry["step"],
                "tokens": entry["step"] * per_step,
                **{name: entry[key] for name, key in _CURVE.items() if key in entry},
            }
            for entry in trainer.state.log_history
            if any(key in entry for key in _CURVE.values())
        ],
        "versions": versions(),
    }
    if trainer.is_world_process_zero():
        model: Any = trainer.accelerator.unwrap_model(trainer.model)
        _set_dropout(model, _DROPOUT)
        model.save_pretrained(out)
        trainer.processing_class.save_pretrained(out)  # type: ignore[union-attr]
        write_text(out / PRETRAIN_METRICS_FILE, json.dumps(metrics, indent=2) + "\n")
        shutil.rmtree(out / CHECKPOINTS)
    return metrics


def _described(model: PretrainedModel | ScratchModel | RecycledModel) -> dict[str, Any]:
    """The model section, folders by their name and the digest of their weights."""
    section = model.model_dump()
    if isinstance(model, HubModel):
        weights = Path(model.name_or_path) / "model.safetensors"
        section["name_or_path"] = public_name(model.name_or_path)
        if weights.is_file():
            section["sha256"] = describe_file(weights)["sha256"]
    if section.get("glossary"):
        section["glossary"] = Path(section["glossary"]).name
    return section
