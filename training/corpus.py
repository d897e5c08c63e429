"""Our labelled sentences as checked objects."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from stance.errors import InputError
from stance.holders import Holder
from stance.rows import Split
from training.resources import SEEDS

UNSEEN: Final = "unseen"
"""The slice whose sanctioned parties and named actors stand nowhere else; all of it is test."""


@dataclass(frozen=True)
class Seed:
    """One labelled sentence of the corpus; `seeds/README.md` describes the fields."""

    id: str
    text: str
    context: str
    label: str
    holders: tuple[Holder, ...]
    target: str
    genre: str
    variety: Literal["nl", "be"]
    origin: Literal["written", "retold"]
    difficulty: Literal["ordinary", "hard"]
    group: str
    split: Split
    slice: str
    """The file it stands in, without its suffix."""


def load_seeds(split: Split | None = None, *, slice_name: str | None = None) -> list[Seed]:
    """Read our corpus.

    Args:
        split: only sentences of this split.
        slice_name: only sentences of this slice, such as ``unseen``.

    Returns:
        The sentences in the order of the files.

    Raises:
        InputError: if the package carries no corpus, or no slice of that name.
    """
    paths = sorted(SEEDS.glob("*.jsonl"))
    names = [path.stem for path in paths]
    if not paths:
        raise InputError("seeds: the package carries no corpus; reinstall it.")
    if slice_name is not None and slice_name not in names:
        raise InputError(f"seeds: no slice {slice_name!r}; there are {', '.join(names)}.")
    return [
        seed
        for path in paths
        if slice_name in (None, path.stem)
        for seed in (_seed(line, path.stem) for line in path.read_text("utf-8").splitlines())
        if split in (None, seed.split)
    ]


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 over the contents of data files, one behind the other, as hex."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _seed(line: str, slice_name: str) -> Seed:
    values = json.loads(line)
    values["holders"] = tuple(Holder(**one) for one in values["holders"])
    return Seed(**values, slice=slice_name)
