"""The settings of a pretraining run, one class a section of the config."""

from typing import Annotated, Literal

from pydantic import Field

from training.settings import HubModel, PretrainedModel, ScratchModel, Section
from training.values import Count, Files, Fraction, Name, Seed


class RecycledModel(HubModel):
    """The layers of a model of another language under a fresh vocabulary."""

    type: Literal["recycled"]
    """Keep the layers of a BERT or RoBERTa of another language, learn a new vocabulary."""
    vocab_size: Annotated[int, Field(ge=300, le=100_000)] = 16_000
    """Tokens of the byte-level BPE that is learnt from the texts."""
    lowercase: bool = True
    """Lower-case all text, as most small English models do."""
    glossary: Name | None = None
    """A tab-separated file, `woord<TAB>word`; a token starts as the mean of its translation."""


class Text(Section):
    """Which text to learn from."""

    files: Files
    """Text files (.txt, .txt.gz, .txt.xz), or `seeds` for the training texts of our corpus."""
    validation_share: Annotated[float, Field(gt=0, lt=0.5)] = 0.005
    """Share of the blocks that is held out to measure the loss."""


class Schedule(Section):
    """How long and how fast to learn."""

    epochs: Annotated[float, Field(gt=0, le=10_000)] = 1.0
    """Passes over the text; a run may be resumed with more."""
    block_length: Annotated[int, Field(ge=8, le=8192)] = 128
    """Tokens of one input; lines are packed into it, parted by the separator."""
    batch_size: Count = 32
    """Inputs of one device in one step."""
    gradient_accumulation: Count = 1
    """Steps whose gradients are summed before the weights change."""
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 5e-4
    """Learning rate of AdamW between warmup and decay."""
    warmup_steps: Annotated[int, Field(ge=0)] = 200
    """Steps in which the learning rate rises from zero."""
    decay_ratio: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Last share of the steps, in which the learning rate falls to zero."""
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Weight decay of AdamW."""
    max_grad_norm: Annotated[float, Field(gt=0)] = 1.0
    """Gradients are scaled down to this norm."""
    masked_share: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Share of the words that is hidden and has to be told."""
    dropout: Fraction = 0.0
    """Share of activations dropped; small data seen once or twice wants none."""
    bf16: bool = True
    """Compute in bfloat16 where the device is faster with it, some CPUs included."""
    save_steps: Count = 500
    """Steps between two checkpoints and two measurements of the loss."""


class PretrainConfig(Section):
    """A whole pretraining run."""

    model: Annotated[PretrainedModel | ScratchModel | RecycledModel, Field(discriminator="type")]
    """What to train."""
    data: Text
    """What to learn from."""
    training: Schedule = Schedule()
    """How long and how fast."""
    seed: Seed = 1
    """Seed of weights, order and masks."""
