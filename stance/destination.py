"""Where the output goes: one file with its companions, or a folder of parts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stance import writers
from stance.errors import OutputError

WORK_SUFFIX: Final = ".parts"
"""Of the folder in which a run stands until it is whole."""


@dataclass(frozen=True)
class Destination:
    """The output and the names of what stands with it."""

    path: Path
    """A file, or the folder of the parts."""
    format: writers.Format
    is_folder: bool = False

    @property
    def manifest(self) -> Path:
        """Where it is told what was labelled with what."""
        return self._companion("manifest.json")

    @property
    def rejects(self) -> Path:
        """Where the rows that could not be labelled are listed."""
        return self._companion("rejects.jsonl")

    @property
    def work(self) -> Path:
        """The folder in which the run stands until it is whole."""
        if self.is_folder:
            return self.path / WORK_SUFFIX
        return self.path.with_name(self.path.name + WORK_SUFFIX)

    @property
    def home(self) -> Path:
        """The folder in which everything lies at the end."""
        return self.path if self.is_folder else self.path.parent

    def _companion(self, name: str) -> Path:
        if self.is_folder:
            return self.path / name
        return self.path.with_name(f"{self.path.name}.{name}")

    def outdated(self, names: list[str]) -> list[Path]:
        """Files of an earlier run that are none of the new ones.

        Args:
            names: what the new run writes.
        """
        old = [self.manifest, self.rejects]
        if self.is_folder:
            old += sorted(self.path.glob("part-*"))
        return [path for path in old if path.name not in names]


def choose(out: Path, fmt: writers.Format | None = None, *, folder: bool = False) -> Destination:
    """Take an output as it was named.

    Args:
        out: the file or the folder.
        fmt: the format; None takes it from the suffix, parquet for a folder.
        folder: it is a folder even if there is none yet.

    Raises:
        OutputError: if the suffix is none that can be written.
    """
    if folder or out.is_dir():
        return Destination(out, fmt or "parquet", is_folder=True)
    return Destination(writers.behind_links(out), fmt or writers.format_of(out))


def check(
    destination: Destination, *, named: Path, overwrite: bool, sources: list[Path], root: Path
) -> None:
    """Check before any work that the output can be written.

    Args:
        destination: where it goes.
        named: as it was named, maybe by a symbolic link.
        overwrite: it may exist.
        sources: the files of the input, which it must not be.
        root: the input as it was named; a folder must not hold the output.

    Raises:
        OutputError: if it exists and may not be replaced, if it cannot be written, or if a
            later run would take it for input.
    """
    path = destination.path
    if root.is_dir() and root.resolve() in [path.resolve(), *path.resolve().parents]:
        raise OutputError(
            f"{path}: lies in the input {root}, so the next run would read it; choose a place "
            "outside."
        )
    if destination.is_folder:
        _check_folder(destination, overwrite=overwrite, sources=sources)
        return
    for file in (named, destination.manifest, destination.rejects):
        writers.check_writable(file, overwrite=overwrite, sources=sources)


def _check_folder(destination: Destination, *, overwrite: bool, sources: list[Path]) -> None:
    path = destination.path
    with writers.errors_about(path):
        if path.exists() and not path.is_dir():
            raise OutputError(f"{path}: is a file, expected a folder; leave out the / behind it.")
        if path.resolve() in [parent for one in sources for parent in one.resolve().parents]:
            raise OutputError(f"{path}: holds the input; choose another folder.")
        if not path.exists():
            writers.check_folder(path.parent)
            return
        others = [one for one in path.iterdir() if one != destination.work]
    if others and not overwrite:
        raise OutputError(f"{path}: is not empty; choose another folder or pass --overwrite.")
    writers.check_folder(path)
