"""Fine-tune one model with one seed on the Hugging Face Trainer."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional
from transformers import (
    DataCollatorWithPadding,
    EarlyStoppingCallback,
    PreTrainedTokenizerBase,
    PrinterCallback,
    ProgressCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from stance.backends import quiet_transformers
from stance.encoding import Encoder
from stance.metrics import confusion, label_scores
from stance.model_folder import ModelSettings, read_json, save_settings
from training.data import Example, Splits, to_datasets
from training.device import choose_attention, has_fast_bf16
from training.models import build_model, build_tokenizer
from training.settings import PretrainedModel, ScratchModel, TrainConfig, Training
from training.two_heads import TAG_LOSS, Padding, TwoHeads, tag_column

Loss = Callable[..., torch.Tensor]


def finetune(
    config: TrainConfig,
    source: PretrainedModel | ScratchModel,
    splits: Splits,
    seed: int,
    work: Path,
    best: Path,
    logs: Path | None,
) -> None:
    """Train one model and save the weights of its best epoch.

    Weights, order of batches and dropout depend on `seed` alone. A run that finds
    checkpoints in `work` goes on from the last and ends in the same weights as one that was
    never interrupted.

    Args:
        config: the config.
        source: its model section.
        splits: the data.
        seed: the seed of this run.
        work: folder for checkpoints.
        best: folder for the model, a plain `transformers` folder with ``stance.json``.
        logs: folder for TensorBoard, if wanted.

    Raises:
        ConfigError: if the model cannot be found or loaded.
    """
    settings = config.training or Training()
    quiet_transformers()
    set_seed(seed)
    tokenizer = build_tokenizer(source, _texts(splits), config.input.max_length)
    model = build_model(source, tokenizer, config.data.labels, config.input.max_length)
    choose_attention(model)
    network = TwoHeads(model) if config.task == "holders" else model
    if logs is not None:
        os.environ["TENSORBOARD_LOGGING_DIR"] = str(logs)
    data = to_datasets(splits, _encode_function(config, tokenizer, model))
    checkpoint, patience = last_checkpoint(work), settings.early_stopping_patience
    stale = 0 if checkpoint is None else _epochs_since_best(checkpoint)
    weights = None
    if settings.class_weights == "balanced":
        weights = class_weights([one.label for one in splits.train], len(config.data.labels))
    trainer = Trainer(
        model=network,
        args=_arguments(settings, seed, work, logs),
        train_dataset=data["train"],
        eval_dataset=data["validation"],
        processing_class=tokenizer,
        data_collator=(
            Padding(tokenizer) if network is not model else DataCollatorWithPadding(tokenizer)
        ),
        compute_metrics=_macro_f1,
        compute_loss_func=_loss(weights, settings.label_smoothing, settings.holder_weight),
        callbacks=[] if patience is None else [_stopper(patience, stale)],
    )
    quiet(trainer)
    if checkpoint is not None and patience is not None and stale >= patience:
        # It had stopped early and was killed before its best epoch was put aside.
        network.load_state_dict(load_file(_best_checkpoint(checkpoint) / "model.safetensors"))
    else:
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    _put_aside(trainer, config, best)


def _stopper(patience: int, stale: int) -> TrainerCallback:
    """Early stopping that has already waited `stale` epochs."""
    stopper = EarlyStoppingCallback(patience)
    stopper.early_stopping_patience_counter = stale
    return stopper


def quiet(trainer: Trainer) -> None:
    """Nothing on standard output, and a bar on a terminal only."""
    trainer.remove_callback(PrinterCallback)
    if not sys.stderr.isatty():
        trainer.remove_callback(ProgressCallback)


def _put_aside(trainer: Trainer, config: TrainConfig, best: Path) -> None:
    """Save the model as a plain `transformers` folder with our settings."""
    if not trainer.is_world_process_zero():
        return
    network: Any = trainer.accelerator.unwrap_model(trainer.model)
    tokenizer: Any = trainer.processing_class
    if isinstance(network, TwoHeads):
        network.save(best, tokenizer)
    else:
        network.save_pretrained(best)
        tokenizer.save_pretrained(best)
    settings = ModelSettings(
        "transformer",
        tuple(config.data.labels),
        config.input.context,
        config.input.max_length,
        holders=config.task == "holders",
    )
    save_settings(settings, best)


def class_weights(labels: Sequence[int], n_labels: int) -> torch.Tensor:
    """Weights inverse to label frequency, whose mean over the rows is 1; float32 (labels,)."""
    counts = np.bincount(labels, minlength=n_labels)
    return torch.tensor(len(labels) / (n_labels * counts), dtype=torch.float32)


def weighted_smoothed_loss(
    logits: torch.Tensor,
    labels: torch.Tensor,
    weights: torch.Tensor | None,
    smoothing: float,
) -> torch.Tensor:
    """Cross-entropy with label smoothing, summed over rows that weigh as their gold label.

    A row with shares weighs as its labels do on average; with a share of 1 it is as one with an
    index.

    Args:
        logits: (rows, labels).
        labels: gold indices, (rows,), or shares of all labels, (rows, labels).
        weights: weight of each label, (labels,), or None.
        smoothing: probability mass spread evenly over all labels, 0 to 1.

    Returns:
        A scalar, in float32 whatever the logits are.
    """
    log_probabilities = functional.log_softmax(logits.float(), dim=-1)
    soft = labels.dim() == 2
    if soft:
        gold = -(labels * log_probabilities).sum(dim=-1)
    else:
        gold = -log_probabilities.gather(1, labels[:, None]).squeeze(1)
    rows = (1 - smoothing) * gold - smoothing * log_probabilities.mean(dim=-1)
    if weights is not None:
        own = weights.to(rows.device)
        rows = rows * (labels @ own if soft else own[labels])
    return rows.sum()


def _loss(weights: torch.Tensor | None, smoothing: float, holder_weight: float) -> Loss:
    """The Trainer's loss: its own smoothing is ignored once a loss function is given."""

    def loss(
        outputs: Any, labels: torch.Tensor, num_items_in_batch: torch.Tensor | int | None = None
    ) -> torch.Tensor:
        total = weighted_smoothed_loss(outputs["logits"], labels, weights, smoothing)
        if TAG_LOSS in outputs:
            total = total + holder_weight * outputs[TAG_LOSS] * len(labels)
        if num_items_in_batch is None:
            return total / len(labels)
        # Over all accumulated steps, so that accumulation equals a larger batch. The Trainer
        # counts every number among the labels, so a row of shares as many times as it has.
        return total / (num_items_in_batch / labels[0].numel())

    return loss


def _texts(splits: Splits) -> list[str]:
    return [text for one in splits.train for text in (one.text, one.context) if text]


def _encode_function(config: TrainConfig, tokenizer: PreTrainedTokenizerBase, model: Any) -> Any:
    """Examples to the columns the model takes, by the encoder that labelling uses."""
    from tokenizers import Tokenizer

    own = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    encoder = Encoder(own, config.input.max_length, tokenizer.pad_token_id)
    with_types = getattr(model.config, "type_vocab_size", 1) > 1

    def encode(examples: Sequence[Example]) -> dict[str, list[list[int]]]:
        texts = [one.text for one in examples]
        contexts = [one.context for one in examples] if config.input.context == "previous" else None
        encoded = encoder.encode(texts, contexts)
        columns = {
            "input_ids": [list(one.ids) for one in encoded],
            "attention_mask": [[1] * len(one.ids) for one in encoded],
        }
        if with_types:
            columns["token_type_ids"] = [list(one.type_ids) for one in encoded]
        if config.task == "holders":
            columns["tags"] = tag_column(encoder, texts, encoded, [one.holders for one in examples])
        return columns

    return encode


def _macro_f1(prediction: Any) -> dict[str, float]:
    predicted = prediction.predictions.argmax(axis=-1)
    n_labels = prediction.predictions.shape[-1]
    matrix = confusion(prediction.label_ids.tolist(), predicted.tolist(), n_labels)
    return {"macro_f1": float(label_scores(matrix)[2].mean())}


def last_checkpoint(work: Path) -> Path | None:
    """The newest checkpoint that was written whole; the Trainer writes its state last."""
    found = sorted(work.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    whole = [path for path in found if (path / "trainer_state.json").exists()]
    return whole[-1] if whole else None


def _epochs_since_best(checkpoint: Path) -> int:
    """Evaluations since the first best one, which is what early stopping has counted."""
    history = read_json(checkpoint / "trainer_state.json")["log_history"]
    scores = [entry["eval_macro_f1"] for entry in history if "eval_macro_f1" in entry]
    return len(scores) - 1 - scores.index(max(scores)) if scores else 0


def _best_checkpoint(checkpoint: Path) -> Path:
    """The checkpoint of the best epoch, by name: the folder may have moved since."""
    best = read_json(checkpoint / "trainer_state.json")["best_model_checkpoint"]
    return checkpoint.with_name(Path(best).name)


def _arguments(settings: Training, seed: int, work: Path, logs: Path | None) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(work),
        learning_rate=settings.learning_rate,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=settings.eval_batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        weight_decay=settings.weight_decay,
        # A float below 1 is a share of all steps.
        warmup_steps=settings.warmup_ratio,
        max_grad_norm=settings.max_grad_norm,
        train_sampling_strategy="group_by_length" if settings.group_by_length else "random",
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        load_best_model_at_end=True,
        metric_for_best_model="macro_f1",
        greater_is_better=True,
        save_total_limit=2,
        bf16=settings.bf16 and has_fast_bf16(),
        use_cpu=not torch.cuda.is_available(),
        seed=seed,
        data_seed=seed,
        full_determinism=True,
        label_names=["labels"],  # it would look for them in the signature of `forward`
        report_to="tensorboard" if logs is not None else "none",
        disable_tqdm=not sys.stderr.isatty(),
        dataloader_pin_memory=torch.cuda.is_available(),
        ddp_find_unused_parameters=False if "WORLD_SIZE" in os.environ else None,
    )
