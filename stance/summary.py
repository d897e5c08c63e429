"""What became of the rows of a labelled file: counted, and told in the files beside it."""

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from stance.errors import InputError
from stance.readers import Reject

_PACKAGES: Final = ("onnxruntime", "tokenizers", "syntok")
"""Those whose version may change what comes out."""


@dataclass
class Summary:
    """What became of the rows."""

    labelled_rows: int = 0
    sentences: int = 0
    truncated: int = 0
    not_dutch_rows: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    """Sentences of each label."""
    rejects: list[Reject] = field(default_factory=list)
    """The rows that could not be labelled, each with its reason."""

    @property
    def rejected_rows(self) -> int:
        """Rows that could not be labelled."""
        return len(self.rejects)

    @property
    def rows(self) -> int:
        """Rows of the input."""
        return self.labelled_rows + self.rejected_rows


def rejects_path(out: Path) -> Path:
    """Where the rows that could not be labelled are listed."""
    return out.with_name(out.name + ".rejects.jsonl")


def manifest_path(out: Path) -> Path:
    """Where it is told what was labelled with what."""
    return out.with_name(out.name + ".manifest.json")


def write_rejects(path: Path, summary: Summary) -> None:
    """List the rows that could not be labelled; no file if there are none."""
    if summary.rejects:
        with path.open("w", encoding="utf-8") as file:
            for one in summary.rejects:
                file.write(json.dumps({"row": one.number, "reason": one.reason}) + "\n")


def describe_file(path: Path) -> dict[str, str]:
    """The name and the digest of an input.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None
    return {"name": path.name, "sha256": digest}


def write_manifest(
    path: Path,
    summary: Summary,
    *,
    source: Mapping[str, str],
    model: Mapping[str, str],
    options: Mapping[str, Any],
) -> None:
    """Tell what was labelled with what.

    Args:
        path: the file to write.
        summary: what became of the rows.
        source: the input, from `describe_file`.
        model: the folder's name and digest.
        options: those that change the result.
    """
    content = {
        "input": source,
        "model": model,
        "options": options,
        "counts": {
            "rows": summary.rows,
            "labelled_rows": summary.labelled_rows,
            "rejected_rows": summary.rejected_rows,
            "sentences": summary.sentences,
            "truncated": summary.truncated,
            "not_dutch_rows": summary.not_dutch_rows,
            "labels": summary.labels,
        },
        "versions": {
            "stance-nl": version("stance-nl"),
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
        },
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", errors="replace")  # a file's name may be any bytes
