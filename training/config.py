"""The config file of a training run as frozen, checked objects.

Everything is checked before torch is imported, and all faults are reported at once.
"""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from stance.errors import ConfigError
from stance.labels import LABELS
from training.resources import SEEDS, config_path
from training.yaml_file import KeyPath, Located, parse_yaml, read_yaml

Share = Annotated[float, Field(gt=0, lt=0.5)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Name = Annotated[str, Field(min_length=1)]


def _listed(value: Any) -> Any:
    """One value may stand for a list of one."""
    return value if isinstance(value, list) else [value]


Files = Annotated[
    list[Name],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=Name | list[Name]),
]
Seeds = Annotated[
    list[Seed],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=Seed | list[Seed]),
]


class _Section(BaseModel):
    """What every section shares: unknown keys are errors, values do not change."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class PretrainedModel(_Section):
    """A pretrained encoder to fine-tune."""

    type: Literal["pretrained"] = "pretrained"
    """Fine-tune a pretrained encoder."""
    name_or_path: Name
    """Model id on the Hugging Face hub, or a local folder."""
    revision: Name | None = None
    """Branch, tag or commit of the hub repository; pin a commit for a paper."""


class ScratchModel(_Section):
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

    @model_validator(mode="after")
    def _heads_divide_width(self) -> Self:
        if self.hidden_size % self.heads:
            raise ValueError(
                f"hidden_size {self.hidden_size} is not a multiple of heads {self.heads}"
            )
        return self


class LinearModel(_Section):
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


class Columns(_Section):
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


class Data(_Section):
    """Which sentences to learn from."""

    files: Files
    """A .jsonl, .csv, .tsv or .parquet file, a list of them, or `seeds` for our corpus."""
    labels: Annotated[list[Name], Field(min_length=2)] = Field(default_factory=lambda: [*LABELS])
    """Label names in the order of the model's outputs."""
    columns: Columns = Columns()
    """Which column holds what."""
    validation_share: Share = 0.15
    """Share of the rows for validation where splits are drawn."""
    test_share: Share = 0.15
    """Share of the rows for the test where splits are drawn."""
    split_seed: Seed = 13
    """Seed of the draw of splits; apart from `seed`, so that runs share their splits."""

    @model_validator(mode="after")
    def _labels_differ(self) -> Self:
        if len(set(self.labels)) < len(self.labels):
            raise ValueError("a label is named twice in labels")
        return self


class Input(_Section):
    """How a sentence is presented to the model; saved with it."""

    context: Literal["none", "previous"] = "none"
    """`previous`: the sentence before is the second text of a pair."""
    max_length: Annotated[int, Field(ge=8, le=8192)] = 128
    """Most tokens of one input; the context is cut before the sentence is."""


class Training(_Section):
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
    class_weights: Literal["none", "balanced"] = "none"
    """`balanced`: errors on a rare label weigh more, inversely to its frequency."""
    early_stopping_patience: Count | None = 3
    """Epochs without a better validation macro-F1 before training stops; null: never."""
    group_by_length: bool = True
    """Batches of similar length: faster, slightly less random."""
    bf16: bool = True
    """Use bfloat16 where the device has it (never on a CPU)."""
    tensorboard: bool = False
    """Write event files for TensorBoard into the output folder's `logs/`."""


class TrainConfig(_Section):
    """A whole training run."""

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

    @model_validator(mode="after")
    def _sections_fit_together(self) -> Self:
        if self.model.type == "linear" and self.training is not None:
            raise ValueError("training is not used by a linear model; remove that section")
        if self.input.context == "previous" and self.data.columns.context is None:
            raise ValueError(
                "input.context is 'previous', but data.columns.context names no column"
            )
        if len(set(self.seed)) < len(self.seed):
            raise ValueError("a seed is given twice")
        return self

    @property
    def files(self) -> list[Path]:
        """The data files, `seeds` resolved."""
        return [
            path
            for name in self.data.files
            for path in (sorted(SEEDS.glob("*.jsonl")) if name == "seeds" else [Path(name)])
        ]


def load_config(source: str | Path, overrides: Sequence[str] = ()) -> TrainConfig:
    """Read and check a config.

    Args:
        source: a YAML file, or the name of a config that the package carries. Relative
            paths in it are relative to the file.
        overrides: ``dotted.key=value`` items; values are YAML, relative paths are relative to
            the working directory.

    Raises:
        ConfigError: if anything is wrong, naming every fault with its place.
    """
    path = config_path(source)
    located = read_yaml(path)
    bases: dict[KeyPath, Path] = {}
    for item in overrides:
        key_path = _apply_override(located, item)
        bases[key_path] = Path.cwd()
    _default_model_type(located.value)
    try:
        config = TrainConfig.model_validate(located.value)
    except ValidationError as error:
        faults = [_describe(fault, located) for fault in error.errors(include_url=False)]
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ConfigError("\n".join([f"{path}: {count}", *faults])) from None
    return _with_absolute_paths(config, path.resolve().parent, bases)


def schema() -> dict[str, Any]:
    """The JSON schema of a config file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TrainConfig.model_json_schema(),
    }


def _default_model_type(value: dict[str, Any]) -> None:
    """`type: pretrained` may be left out, which a discriminator does not know by itself."""
    if isinstance(value.get("model"), dict):
        value["model"].setdefault("type", "pretrained")


def _apply_override(located: Located, item: str) -> KeyPath:
    """Set one ``dotted.key=value`` in the values read from the file."""
    key, equals, text = item.partition("=")
    keys = tuple(key.strip().split("."))
    if not equals or not all(keys):
        raise ConfigError(f"--set {item}: expected key=value, such as training.epochs=3.")
    place = f"--set {item}"
    new = parse_yaml(text, place, one_place=True)
    target = located.value
    for depth, part in enumerate(keys[:-1], start=1):
        target = target.setdefault(part, {})
        if target is None or not isinstance(target, dict):
            raise ConfigError(f"{place}: {'.'.join(keys[:depth])} is a value, not a section.")
    target[keys[-1]] = new.value
    for path in [path for path in located.places if path[: len(keys)] == keys]:
        del located.places[path]
    located.places[keys] = place
    located.places.update({keys + path: place for path in new.places})
    return keys


def _with_absolute_paths(
    config: TrainConfig, config_folder: Path, bases: dict[KeyPath, Path]
) -> TrainConfig:
    """Resolve relative paths against the config file, those of --set against the cwd."""

    def base(*keys: str) -> Path:
        return next((bases[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in bases),
                    config_folder)  # fmt: skip

    def absolute(name: str, folder: Path) -> str:
        return name if name == "seeds" else str((folder / Path(name).expanduser()).resolve())

    folder = base("data", "files")
    files = [absolute(name, folder) for name in config.data.files]
    data = config.data.model_copy(update={"files": files})
    config = config.model_copy(update={"data": data})
    if isinstance(config.model, PretrainedModel):
        name = config.model.name_or_path
        local = (base("model", "name_or_path") / Path(name).expanduser()).resolve()
        if local.is_dir() or name.startswith((".", "/", "~")):
            model = config.model.model_copy(update={"name_or_path": str(local)})
            config = config.model_copy(update={"model": model})
    return config


_UNION_TAGS: Final = frozenset({"pretrained", "scratch", "linear"})


def _describe(fault: Any, located: Located) -> str:
    """One pydantic fault as: place, key, value found, what was expected, nearest key."""
    # pydantic's path also names the member of a union that it tried; the file has no such key.
    path: KeyPath = tuple(
        key for i, key in enumerate(fault["loc"]) if not (i == 1 and key in _UNION_TAGS)
    )
    if fault["type"].startswith("union_tag"):
        path = (*path, "type")
    place = located.place(path)
    key = ".".join(map(str, path)) or "the file"
    value = fault["input"]
    if fault["type"] == "extra_forbidden":
        known = _valid_keys(path[:-1], located.value)
        near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else f"valid keys: {', '.join(known)}."
        return f"  {place}: {key}: {value!r:.60}: there is no such key; {hint}"
    if fault["type"] == "missing":
        return f"  {place}: {key} is missing."
    if fault["type"] == "value_error":
        return f"  {place}: {key}: {fault['ctx']['error']}."
    if fault["type"].startswith("union_tag"):
        found = value.get("type") if isinstance(value, dict) else value
        near = difflib.get_close_matches(str(found), sorted(_UNION_TAGS), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        tags = ", ".join(sorted(_UNION_TAGS))
        return f"  {place}: {key}: {found!r:.60} found, expected one of {tags}{hint}"
    expected = fault["msg"].replace("Input should be", "expected")
    return f"  {place}: {key}: {value!r:.60} found, {expected[0].lower()}{expected[1:]}."


def _valid_keys(path: KeyPath, value: Any) -> list[str]:
    """The keys of the section at `path`."""
    section: Any = TrainConfig
    for key in path:
        value = value[key]
        annotation = section.model_fields[str(key)].annotation
        options = [annotation, *get_args(annotation)]
        sections = [o for o in options if isinstance(o, type) and issubclass(o, _Section)]
        tag = value.get("type") if isinstance(value, dict) else None
        section = next(
            (s for s in sections if "type" in s.model_fields
             and tag in get_args(s.model_fields["type"].annotation)),
            sections[0],
        )  # fmt: skip
    return [*section.model_fields]


if __name__ == "__main__":
    import json
    import sys

    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")
