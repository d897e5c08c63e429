"""The tools that sentences go to, and what stands beside the file for each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stance.annotation import argilla, doccano, inception, label_studio, sheet
from stance.annotation.marks import Mark
from stance.annotation.tasks import Task
from stance.errors import ConfigError


@dataclass(frozen=True)
class Tool:
    """How one tool is written to and read."""

    export_tasks: Callable[[Sequence[Task], str], str]
    """Tasks, and the name of the model behind their labels, to the text of a file."""
    setup: Callable[[Sequence[str]], dict[str, str]]
    """Labels to what the tool needs before: the ends of file names, and what is in the files."""
    read_marks: Callable[[Path, str], Iterator[Mark]]
    """A file that the tool exported, and its encoding, to what coders did."""
    suffixes: tuple[str, ...]
    """What a file for the tool may end in."""


TOOLS: Final = {
    "labelstudio": Tool(
        label_studio.export_tasks, label_studio.setup, label_studio.read_marks, ("json",)
    ),
    "doccano": Tool(doccano.export_tasks, doccano.setup, doccano.read_marks, ("jsonl",)),
    "argilla": Tool(argilla.export_tasks, argilla.setup, argilla.read_marks, ("json",)),
    "inception": Tool(inception.export_tasks, inception.setup, inception.read_marks, ("tsv",)),
    "csv": Tool(sheet.export_tasks, sheet.setup, sheet.read_marks, ("csv",)),
}


def tool_of(name: str, option: str) -> Tool:
    """A tool by its name.

    Raises:
        ConfigError: if there is none of that name.
    """
    if name not in TOOLS:
        raise ConfigError(f"{option} {name}: expected one of {', '.join(TOOLS)}.")
    return TOOLS[name]
