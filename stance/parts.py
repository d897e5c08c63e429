"""The parts of a run, so that nothing finished is ever lost.

Every chunk becomes a part: a file of its own, and beside it what became of its rows, which is
written last and so says that the part is whole. A run that was killed at any moment goes on with
the parts that are missing. When all are there they are joined, and moved to their names.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from stance import joining, work_folder, writers
from stance.destination import Destination
from stance.errors import OutputError
from stance.readers import Reject
from stance.summary import Summary, write_rejects
from stance.work_folder import errors_about

_WHOLE: Final = "whole"
"""Where the final files stand before they are moved."""


class Parts:
    """The parts of one run. Goes to other machines too, which then write parts in its folder.

    Args:
        destination: where the output goes.
        columns: those of the output, each with its type.
    """

    def __init__(self, destination: Destination, columns: Mapping[str, Any]) -> None:
        self._destination = destination
        self._columns = dict(columns)
        self._work = destination.work
        self._whole = destination.work / _WHOLE

    def finished(self) -> list[int]:
        """The numbers of the parts that are whole, in order."""
        found = self._work.glob("part-*.summary.json")
        return sorted(int(path.name.split(".")[0].removeprefix("part-")) for path in found)

    def write(self, index: int, records: Sequence[writers.Record], summary: Summary) -> None:
        """Write a part, whole or not at all.

        Args:
            index: its number, from 0.
            records: its rows.
            summary: what became of the rows of the input.

        Raises:
            OutputError: if that fails.
        """
        part = self._work / self._name(index)
        with errors_about(self._destination):
            with writers.open_writer(part, self._destination.format, self._columns) as write:
                write(records)
            work_folder.sync(part)
            work_folder.write_json(self._summary_file(index), summary.to_json())

    def summary(self) -> Summary:
        """What became of the rows of all parts."""
        total = Summary()
        for one in self._summaries():
            total.add(one)
        return total

    def _summaries(self) -> Iterator[Summary]:
        for index in self.finished():
            path = self._summary_file(index)
            with errors_about(self._destination):
                text = path.read_text("utf-8")
            try:
                summary = Summary.from_json(json.loads(text))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise OutputError(
                    f"{path}: damaged; throw the parts away with --restart."
                ) from None
            yield summary

    def _rejects(self) -> Iterator[Reject]:
        for summary in self._summaries():
            yield from summary.rejects

    def join(self, manifest: str) -> None:
        """Make the final files, which are then only to be moved.

        Args:
            manifest: the text of the manifest.

        Raises:
            OutputError: if that fails.
        """
        at = self._destination
        with errors_about(at):
            self._whole.mkdir(exist_ok=True)
            names = self._join_rows()
            (self._whole / at.manifest.name).write_text(manifest, encoding="utf-8")
            write_rejects(self._whole / at.rejects.name, self._rejects())
            companions = [at.rejects.name, at.manifest.name]
            companions = [name for name in companions if (self._whole / name).exists()]
            # The last one says that all are there: the file, or what tells of the parts.
            names = [*names, *companions] if at.is_folder else [*companions, *names]
            for name in [*names, "."]:
                work_folder.sync(self._whole / name)
        work_folder.note(at, ready=names)

    def _join_rows(self) -> list[str]:
        at = self._destination
        names = [self._name(index) for index in self.finished()]
        if at.is_folder:
            for name in names:
                if (self._work / name).exists():  # else it was moved before a kill
                    (self._work / name).replace(self._whole / name)
            return names
        out = self._whole / at.path.name
        joining.join([self._work / name for name in names], out, at.format, self._columns)
        return [out.name]

    def are_joined(self) -> bool:
        """Whether the final files are only to be moved."""
        return work_folder.is_moving(self._destination)

    def move(self, *, overwrite: bool) -> None:
        """Move the final files to their names and remove the folder of the run.

        Args:
            overwrite: files may be replaced.

        Raises:
            OutputError: if that fails; what is finished is kept.
        """
        at = self._destination
        names: list[str] = work_folder.read_state(at)["ready"]
        left = [name for name in names if (self._whole / name).exists()]
        name = at.path.name
        try:
            for name in left:
                if not overwrite and (at.home / name).exists():
                    raise FileExistsError(0, "it was made meanwhile; move it or pass --overwrite")
            if left:
                for old in at.outdated(names):
                    old.unlink(missing_ok=True)
            for name in left:
                (self._whole / name).replace(at.home / name)
            work_folder.sync(at.home)
        except OSError as error:
            raise OutputError(
                f"{at.home / name}: cannot be written ({error.strerror or error}); what is "
                f"finished is in {self._whole}, run the same command again to have it moved."
            ) from None
        work_folder.remove(at)

    def _name(self, index: int) -> str:
        return f"part-{index:05d}.{self._destination.format}"

    def _summary_file(self, index: int) -> Path:
        return self._work / f"part-{index:05d}.summary.json"
