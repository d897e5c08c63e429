"""A model in a temporary folder that is there as long as the model is."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stance.classifier import StanceClassifier


def load_copy(folder: Path) -> StanceClassifier:
    """Load a model from a copy of its folder.

    The copy is removed with the model, or when Python ends.

    Raises:
        ModelError: if it cannot be loaded.
    """
    with _new_folder() as own:
        shutil.copytree(folder, own, dirs_exist_ok=True)
        return _load(own)


def pack(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their names in it."""
    inner = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in inner}


def unpack(files: Mapping[str, bytes]) -> StanceClassifier:
    """Load a model of `pack` from a folder as `load_copy` makes it.

    Raises:
        ModelError: if it cannot be loaded.
    """
    with _new_folder() as own:
        for name, content in files.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_bytes(content)
        return _load(own)


@contextmanager
def _new_folder() -> Iterator[Path]:
    """A temporary folder, removed if what is done with it fails."""
    folder = Path(tempfile.mkdtemp(prefix="stance-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _load(folder: Path) -> StanceClassifier:
    classifier = StanceClassifier.from_pretrained(folder)
    weakref.finalize(classifier, _remove, folder, os.getpid())
    return classifier


def _remove(folder: Path, owner: int) -> None:
    """Remove a folder, unless this is a fork of the process that made it."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
