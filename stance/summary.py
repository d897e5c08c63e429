"""What became of the rows of a labelled input: counted, and told in the files beside the output."""

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from stance.errors import InputError
from stance.readers import Reject

_PACKAGES: Final = ("onnxruntime", "tokenizers", "syntok")
"""Those whose version may change what comes out."""

MOST_KEPT: Final = 100
"""Rejected rows that a sum remembers: enough to show, whatever the size of the input."""


@dataclass
class Summary:
    """What became of some rows."""

    labelled_rows: int = 0
    rejected_rows: int = 0
    sentences: int = 0
    written: int = 0
    """Rows of the output: sentences, or holders, less those that were not wanted."""
    truncated: int = 0
    abstained: int = 0
    """Sentences with a lower score than was asked for, where one was."""
    not_dutch_rows: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    """Sentences of each label."""
    seconds: float = 0.0
    """That labelling them took."""
    rejects: list[Reject] = field(default_factory=list)
    """The rows that could not be labelled, each with its reason; of a sum the first hundred."""

    @property
    def rows(self) -> int:
        """Rows of the input."""
        return self.labelled_rows + self.rejected_rows

    def add(self, other: "Summary") -> None:
        """Count the rows of another summary too."""
        self.labelled_rows += other.labelled_rows
        self.rejected_rows += other.rejected_rows
        self.sentences += other.sentences
        self.written += other.written
        self.truncated += other.truncated
        self.abstained += other.abstained
        self.not_dutch_rows += other.not_dutch_rows
        self.labels += other.labels
        self.seconds += other.seconds
        self.rejects += other.rejects[: MOST_KEPT - len(self.rejects)]

    def counts(self) -> dict[str, Any]:
        """The numbers, as the manifest tells them."""
        return {
            "rows": self.rows,
            "labelled_rows": self.labelled_rows,
            "rejected_rows": self.rejected_rows,
            "sentences": self.sentences,
            "written": self.written,
            "truncated": self.truncated,
            "abstained": self.abstained,
            "not_dutch_rows": self.not_dutch_rows,
            "labels": dict(self.labels),
        }

    def to_json(self) -> dict[str, Any]:
        """Everything, so that `from_json` gives it back."""
        rejects = [[one.number, one.reason, one.file] for one in self.rejects]
        return {**self.counts(), "seconds": self.seconds, "rejects": rejects}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Summary":
        """What `to_json` made."""
        values = {name: value for name, value in content.items() if name != "rows"}
        values["labels"] = Counter(values["labels"])
        values["rejects"] = [Reject(*one) for one in values["rejects"]]
        return cls(**values)


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """List the rows that could not be labelled; no file if there are none."""
    file = None
    try:
        for one in rejects:
            file = file or path.open("w", encoding="utf-8")
            named = {"file": one.file} if one.file else {}
            file.write(json.dumps({**named, "row": one.number, "reason": one.reason}) + "\n")
    finally:
        if file is not None:
            file.close()


def describe_file(path: Path, name: str = "") -> dict[str, str]:
    """The name and the digest of an input.

    Args:
        path: the file.
        name: what to call it, if not by its own name.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None
    # A file's name may be any bytes.
    name = name or path.name.encode(errors="replace").decode()
    return {"name": name, "sha256": digest}


def versions() -> dict[str, str]:
    """The versions of what may change what comes out."""
    return {
        "stance-nl": version("stance-nl"),
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
    }


def manifest_text(
    summary: Summary,
    *,
    inputs: Sequence[Mapping[str, str]],
    model: Mapping[str, str],
    options: Mapping[str, Any],
) -> str:
    """Tell what was labelled with what, as JSON.

    Args:
        summary: what became of the rows.
        inputs: each input, from `describe_file`.
        model: the folder's name and digest.
        options: those that change the result.
    """
    rate = summary.sentences / summary.seconds if summary.seconds else 0.0
    content = {
        "inputs": inputs,
        "model": model,
        "options": options,
        "counts": summary.counts(),
        "seconds": round(summary.seconds, 3),
        "sentences_per_second": round(rate, 1),
        "versions": versions(),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
