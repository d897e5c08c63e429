"""Labelled files to checked, leak-free splits."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from stance import readers
from stance.errors import ConfigError, InputError
from stance.holders import Holder
from stance.near_duplicates import near_duplicates
from stance.readers import Reject
from stance.rows import SPLITS, RowColumns, Split, labelled_row, sheet_values
from training.corpus import digest_of
from training.settings import Data, TrainConfig

_MOST_FOLDS: Final = 20
"""A share of the rows is drawn as so many of at most twenty folds."""
_MOST_LISTED: Final = 20


@dataclass(frozen=True)
class Example:
    """One labelled sentence."""

    text: str
    context: str
    """The sentence before; "" if none."""
    label: int
    """Index into the config's labels."""
    group: str
    """What it must share a split with."""
    split: Split | None
    place: str
    """File and row, for messages."""
    holders: tuple[Holder, ...] = ()
    """Who takes which side."""
    soft: tuple[float, ...] = ()
    """The share of the coders that gave each label; empty: learn from the label alone."""


@dataclass(frozen=True)
class Splits:
    """The examples of each split; `test` may be empty where the files freeze none."""

    train: list[Example]
    validation: list[Example]
    test: list[Example]
    digest: str
    """SHA-256 over the data files, as hex; "" if there are none."""

    def named(self) -> dict[Split, list[Example]]:
        """The splits that have examples, by name."""
        found: dict[Split, list[Example]] = {
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
        }
        return {name: examples for name, examples in found.items() if examples}


def load_splits(config: TrainConfig) -> Splits:
    """Read the data files of a config and split them.

    Frozen splits are taken as they are, and near-duplicates across them are an error. Where
    splits are drawn, near-duplicates count as one group, so that none can leak.

    Raises:
        InputError: if a file cannot be read, a row cannot be used, a split lacks a label, or
            near-duplicates stand in two splits.
        ConfigError: if a column that the config names is not there.
    """
    examples: list[Example] = []
    faults: list[str] = []
    if not config.files:
        raise InputError("seeds: the package carries no corpus; reinstall it.")
    for path in config.files:
        for item in _read(path, config.data):
            examples.append(item) if isinstance(item, Example) else faults.append(item)
    if faults:
        raise InputError(_listing(f"{len(faults)} faults in the data files", faults))
    if config.data.columns.split is None:
        shares: list[tuple[Split, float]] = [
            ("test", config.data.test_share),
            ("validation", config.data.validation_share / (1 - config.data.test_share)),
        ]
        examples = _draw_splits(merge_near_duplicates(examples), shares, config.data.split_seed)
    elif crossing := _crossing(examples):
        raise InputError(
            _listing(
                "near-duplicate sentences stand in different splits; give each pair one split",
                [f"{a.place} ({a.split}) and {b.place} ({b.split}): {a.text!r:.60}"
                 for a, b in crossing],
            )
        )  # fmt: skip
    return _parts(examples, config.data.labels, digest_of(config.files))


def split_off_validation(examples: Sequence[Example], data: Data) -> Splits:
    """Draw a validation split from examples that are in memory, and no test.

    Near-duplicates stand on one side, as in `load_splits`.

    Raises:
        InputError: if they are too few, or a split lacks a label.
    """
    shares: list[tuple[Split, float]] = [("validation", data.validation_share)]
    drawn = _draw_splits(merge_near_duplicates(examples), shares, data.split_seed)
    return _parts(drawn, data.labels, "")


def _parts(examples: Sequence[Example], labels: Sequence[str], digest: str) -> Splits:
    """The examples by their split, each of which must have all labels."""
    parts = {name: [one for one in examples if one.split == name] for name in SPLITS}
    _check_parts(parts, labels)
    return Splits(parts["train"], parts["validation"], parts["test"], digest)


def _listing(head: str, items: Sequence[str]) -> str:
    shown = [f"  {item}" for item in items[:_MOST_LISTED]]
    if len(items) > _MOST_LISTED:
        shown.append(f"  and {len(items) - _MOST_LISTED} more")
    return "\n".join([f"{head}:", *shown])


def _read(path: Path, data: Data) -> Iterator[Example | str]:
    """The examples of one file, or what is wrong with a row."""
    table = readers.open_table(path, encoding=data.encoding)
    for key, name in data.columns:
        needed = [] if name is None else [name]
        if key == "soft" and name is not None:
            needed = [name + label for label in data.labels]
        try:
            readers.require_columns(table, needed)
        except InputError as error:
            raise ConfigError(f"data.columns.{key}: {error}") from None
    if table.n_rows == 0:
        yield f"{path.name}: there is a header, but there are no rows"
    columns = RowColumns(**dict(data.columns))
    for row in table.rows():
        place = f"{path.name}: row {row.number}"
        if isinstance(row, Reject):
            yield f"{place}: {row.reason}"
            continue
        found = labelled_row(place, sheet_values(table, row), columns, data.labels)
        if isinstance(found, list):
            yield f"{place}: {'; '.join(found)}"
            continue
        # An empty group would tie together rows that have nothing in common.
        group, label = found.group or place, data.labels.index(found.label)
        yield Example(
            found.text, found.context, label, group, found.split, place, found.holders, found.soft
        )


def _check_parts(parts: dict[Split, list[Example]], labels: Sequence[str]) -> None:
    for name in ("train", "validation"):
        counts = Counter(one.label for one in parts[name])
        missing = [label for i, label in enumerate(labels) if not counts[i]]
        if missing:
            raise InputError(
                f"the {name} split has {len(parts[name])} sentences and none labelled "
                f"{', '.join(missing)}; add some, or take the label out of data.labels."
            )


def _draw_splits(
    examples: Sequence[Example], shares: Sequence[tuple[Split, float]], seed: int
) -> list[Example]:
    """Grouped and stratified splits, the same for the same seed and rows.

    A share is one of the rows that the draws before it left.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    splits: list[Split] = ["train"] * len(examples)
    labels = np.array([one.label for one in examples])
    groups = np.array([one.group for one in examples])
    left = np.arange(len(examples))
    for name, share in shares:
        most = min(len(set(groups[left])), *Counter(labels[left].tolist()).values(), _MOST_FOLDS)
        wanted = Fraction(share).limit_denominator(max(most, 1))
        if wanted == 0:
            raise InputError(
                f"{len(set(groups))} groups and {len(examples)} rows are too few to draw splits "
                "from; add sentences of the rarest label, or, in files, freeze the splits in a "
                "column and name it in data.columns.split."
            )
        folds = StratifiedGroupKFold(wanted.denominator, shuffle=True, random_state=seed).split(
            left, labels[left], groups[left]
        )
        parts = [held for _, held in itertools.islice(folds, wanted.numerator)]
        taken = np.concatenate(parts)
        for i in left[taken]:
            splits[i] = name
        left = np.delete(left, taken)
    return [replace(one, split=split) for one, split in zip(examples, splits, strict=True)]


def merge_near_duplicates(examples: Sequence[Example]) -> list[Example]:
    """Give the groups of near-duplicates one name, so that no split parts them.

    Args:
        examples: in any order.

    Returns:
        The same examples in their order, with the groups joined.
    """
    names = [*dict.fromkeys(one.group for one in examples)]
    code = {name: i for i, name in enumerate(names)}
    groups = np.array([code[one.group] for one in examples], np.int64)
    for a, b in near_duplicates([one.text for one in examples], kinds=groups):
        groups[groups == groups[a]] = groups[b]
    return [replace(one, group=names[i]) for one, i in zip(examples, groups, strict=True)]


def _crossing(examples: Sequence[Example]) -> list[tuple[Example, Example]]:
    splits = np.array([SPLITS.index(one.split) for one in examples if one.split], np.int64)
    pairs = near_duplicates([one.text for one in examples], kinds=splits)
    found = [(examples[a], examples[b]) for a, b in pairs]
    return [(a, b) for a, b in found if a.split != b.split]


def to_datasets(splits: Splits, encode: Any) -> Any:
    """Splits as a tokenised `datasets.DatasetDict`.

    Args:
        splits: the examples.
        encode: from examples to a dict of token columns, such as ``input_ids``.

    Returns:
        A DatasetDict with the token columns and ``labels``: indices, or in the training split,
        where the examples have them, the shares of all labels.
    """
    from datasets import Dataset, DatasetDict

    def targets(name: Split, examples: Sequence[Example]) -> list[Any]:
        soft = name == "train" and all(one.soft for one in examples)
        return [list(one.soft) if soft else one.label for one in examples]

    return DatasetDict(
        {
            name: Dataset.from_dict(encode(examples) | {"labels": targets(name, examples)})
            for name, examples in splits.named().items()
        }
    )
