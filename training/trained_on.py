"""The sentences that a trained folder has learnt from, where they are at hand."""

from pathlib import Path
from typing import Any, Final

from stance.errors import StanceError
from stance.model_folder import read_json
from stance.seen import Seen, make_seen
from training.corpus import digest_of, load_seeds
from training.resources import SEEDS

_LEARNT: Final = ("train", "validation")
"""Weights are learnt on the first; epoch and seed are chosen by the second."""


def find_seen(folder: Path) -> Seen | None:
    """Find what a model was trained on, or chosen by.

    Our own corpus is recognised by its digest. Files of others are looked for where the config
    of the training says, which needs the extra `train`.

    Args:
        folder: the model.

    Returns:
        None where the sentences are not at hand any more, or are not what they were.
    """
    path = folder / "metrics.json"
    try:
        metrics = read_json(path) if path.is_file() else None
    except StanceError:
        return None
    data = metrics.get("data") if isinstance(metrics, dict) else None
    if not isinstance(data, dict):
        return None
    return _ours(data) or _theirs(folder, data)


def _ours(data: dict[str, Any]) -> Seen | None:
    """Sentences of our corpus, if the digest and their number say that it was trained on."""
    names, counts = data.get("files"), data.get("sentences")
    if not isinstance(names, list) or not isinstance(counts, dict):
        return None
    paths = [SEEDS / Path(str(name)).name for name in names]
    if not all(path.is_file() for path in paths):
        return None
    slices = {path.stem for path in paths}
    seeds = [one for one in load_seeds() if one.split in _LEARNT and one.slice in slices]
    if digest_of(paths) != data.get("sha256"):
        return None
    if len(seeds) != sum(counts.get(split, 0) for split in _LEARNT):
        return None  # it was split in another way
    return make_seen(
        (seed.text for seed in seeds),
        (f"{seed.id} of the corpus" for seed in seeds),
        (seed.group for seed in seeds),
        (seed.target for seed in seeds),
    )


def _theirs(folder: Path, data: dict[str, Any]) -> Seen | None:
    try:
        from training.config import load_config
        from training.data import load_splits

        config = load_config(folder / "train_config.yaml")
        splits = load_splits(config)
    except (ModuleNotFoundError, StanceError):
        return None
    if splits.digest != data.get("sha256"):
        return None
    examples = [*splits.train, *splits.validation]
    grouped = config.data.columns.group is not None
    return make_seen(
        (one.text for one in examples),
        (one.place for one in examples),
        (one.group for one in examples) if grouped else None,
    )
