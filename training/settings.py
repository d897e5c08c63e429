"""The settings of a training run as frozen, checked objects, one class a section of the config."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from stance.labels import LABELS, SIDES
from training.resources import SEEDS
from training.values import Count, Files, Fraction, Labels, Name, Seed, Seeds, Share


class Section(BaseModel):
    """What every section shares: unknown keys are errors, values do not change."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        validate_default=True,
        use_attribute_docstrings=True,
    )


class HubModel(Section):
    """A model of the hub or of a folder."""

    name_or_path: Name
    """Model id on the Hugging Face hub, or a local folder."""
    revision: Name | None = None
    """Branch, tag or commit of the hub repository; pin a commit for a paper."""


class PretrainedModel(HubModel):
    """A pretrained encoder to fine-tune."""

    type: Literal["pretrained"] = "pretrained"
    """Fine-tune a pretrained encoder."""


class ScratchModel(Section):
    """A small RoBERTa with its own tokenizer, trained from random weights."""

    type: Literal["scratch"]
    """Train a small RoBERTa from random weights."""
    vocab_size: Annotated[int, Field(ge=300, le=100_000)] = 4000
    """Tokens of the byte-level BPE that is learnt from the training texts."""
    hidden_size: Annotated[int, Field(ge=8, le=4096)] = 128
    """Width of a layer; a multiple of `heads`."""
    layers: Annotated[int, Field(ge=1, le=48)] = 2
    """Number of transformer layers."""
    heads: Annotated[int, Field(ge=1, le=64)] = 4
    """Attention heads of a layer."""
    dropout: Fraction = 0.1
    """Share of activations dropped in training."""

    @field_validator("heads")
    @classmethod
    def _heads_divide_width(cls, heads: int, info: ValidationInfo) -> int:
        width = info.data.get("hidden_size", heads)  # absent if it is a fault itself
        if width % heads:
            raise ValueError(f"hidden_size {width} is not a multiple of heads {heads}")
        return heads


class LinearModel(Section):
    """TF-IDF features and logistic regression, the baseline of every comparison."""

    type: Literal["linear"]
    """Train TF-IDF with logistic regression."""
    word_ngrams: Annotated[int, Field(ge=1, le=3)] = 2
    """Longest word n-gram of the features."""
    char_ngrams: Annotated[int, Field(ge=0, le=6)] = 5
    """Longest character n-gram within words (from 3 on); 0 for none."""
    min_count: Count = 2
    """Fewest training texts that an n-gram must occur in."""
    regularization: Annotated[float, Field(gt=0)] = 10.0
    """Inverse strength C of the L2 penalty; larger fits the training texts closer."""


class Columns(Section):
    """The names of the columns in the data files."""

    text: Name = "text"
    """The sentence."""
    label: Name = "label"
    """Its label."""
    context: Name | None = None
    """The sentence before; null if there is none."""
    group: Name | None = None
    """What must stay in one split (article, speaker); null: every row by itself."""
    split: Name | None = None
    """train, validation or test; null: splits are drawn."""
    holders: Name | None = None
    """Who takes which side: a list of `text` and `stance`; null if the files do not say."""
    soft: Name | None = None
    """Begins the columns with the share of coders of each label (`soft_`); null: learn `label`."""


class Data(Section):
    """Which sentences to learn from."""

    files: Files
    """A .jsonl, .csv, .tsv or .parquet file, a list of them, or `seeds` for our corpus."""
    encoding: Name = "utf-8"
    """Encoding of .jsonl, .csv and .tsv files."""
    labels: Labels = Field(default_factory=lambda: [*LABELS])
    """Label names in the order of the model's outputs; whole numbers are names too."""
    columns: Columns = Columns()
    """Which column holds what."""
    validation_share: Share = 0.15
    """Share of the rows for validation where splits are drawn."""
    test_share: Share = 0.15
    """Share of the rows for the test where splits are drawn."""
    split_seed: Seed = 13
    """Seed of the draw of splits; apart from `seed`, so that runs share their splits."""


class Input(Section):
    """How a sentence is presented to the model; saved with it."""

    context: Literal["none", "previous"] = "none"
    """`previous`: the sentence before is the second text of a pair."""
    max_length: Annotated[int, Field(ge=8, le=8192)] = 128
    """Most tokens of one input; the context is cut before the sentence is."""


class Training(Section):
    """Settings of the optimiser and the Trainer."""

    learning_rate: Annotated[float, Field(gt=0, le=1)] = 2e-5
    """Peak learning rate of AdamW."""
    epochs: Annotated[float, Field(gt=0, le=1000)] = 5
    """Most passes over the training texts."""
    batch_size: Count = 16
    """Sentences of one device in one step."""
    gradient_accumulation: Count = 1
    """Steps whose gradients are summed before the weights change."""
    eval_batch_size: Count = 64
    """Sentences of one device in one step of evaluation."""
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Weight decay of AdamW."""
    warmup_ratio: Fraction = 0.1
    """Share of the steps in which the learning rate rises from zero."""
    max_grad_norm: Annotated[float, Field(gt=0)] = 1.0
    """Gradients are scaled down to this norm."""
    label_smoothing: Fraction = 0.0
    """Probability mass spread evenly over all labels."""
    holder_weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    """Weight of the loss of the holders beside that of the label; for `task: holders`."""
    ngrams: bool = False
    """Add the logits of a linear model of n-grams, by a weight that is fitted on validation."""
    class_weights: Literal["none", "balanced"] = "none"
    """`balanced`: errors on a rare label weigh more, inversely to its frequency."""
    early_stopping_patience: Count | None = 3
    """Epochs without a better validation macro-F1 before training stops; null: never."""
    group_by_length: bool = True
    """Batches of similar length: faster, slightly less random."""
    bf16: bool = True
    """Compute in bfloat16 where the device is faster with it, some CPUs included."""
    tensorboard: bool = False
    """Write event files for TensorBoard into the output folder's `logs/`."""


def _misfits(config: Any) -> Iterator[InitErrorDetails]:
    """Faults between the sections of a config, which may have any others too."""

    def found(*keys: str) -> Any:
        value = config
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else getattr(value, key, None)
        return value

    def fault(message: str, *keys: str) -> InitErrorDetails:
        error = {"error": ValueError(message)}
        return InitErrorDetails(type="value_error", loc=keys, input=found(*keys), ctx=error)

    if found("model", "type") == "linear" and found("training") is not None:
        yield fault("is not used by a linear model; remove that section", "training")
    if found("model", "type") == "linear" and found("data", "columns", "soft") is not None:
        yield fault("names shares, which a linear model cannot learn", "data", "columns", "soft")
    if found("task") == "holders":
        if found("model", "type") == "linear":
            yield fault("is 'holders', which a linear model cannot learn", "task")
        if found("data", "columns", "holders") is None:
            yield fault("is 'holders', but data.columns.holders names no column", "task")
        labels = found("data", "labels")
        if isinstance(labels, list) and not {*SIDES} <= {*labels}:
            yield fault(f"is 'holders', but data.labels lacks {' or '.join(SIDES)}", "task")
    if found("input", "context") == "previous" and found("data", "columns", "context") is None:
        yield fault("is 'previous', but data.columns.context names no column", "input", "context")


class TrainConfig(Section):
    """A whole training run."""

    task: Literal["stance", "holders"] = "stance"
    """`holders`: besides the label, who takes which side, by a second head on the encoder."""
    model: Annotated[PretrainedModel | ScratchModel | LinearModel, Field(discriminator="type")]
    """What to train."""
    data: Data
    """What to learn from."""
    input: Input = Input()
    """How a sentence is presented to the model."""
    training: Training | None = None
    """Optimiser settings; not for a linear model."""
    seed: Seeds = Field(default_factory=lambda: [1])
    """Seed of weights, order and dropout; a list trains one model a seed and keeps the best."""

    @model_validator(mode="wrap")
    @classmethod
    def _sections_fit_together(cls, value: Any, check: ModelWrapValidatorHandler[Self]) -> Self:
        """Faults between sections are reported beside those within them, each at its key."""
        faults: list[Any] = []
        try:
            config = check(value)
        except ValidationError as error:
            faults += error.errors(include_url=False)
        if faults := [*faults, *_misfits(value)]:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return config

    @property
    def files(self) -> list[Path]:
        """The data files, `seeds` resolved."""
        return [
            path
            for name in self.data.files
            for path in (sorted(SEEDS.glob("*.jsonl")) if name == "seeds" else [Path(name)])
        ]
