"""Files of texts to files of labelled sentences, streaming and with every row accounted for."""

import hashlib
import json
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from stance import readers, writers
from stance.classifier import StanceClassifier
from stance.errors import InputError, OutputError
from stance.language import is_dutch
from stance.readers import Reject, Row, Table
from stance.sentences import Span, split_sentences

_CHUNK: Final = 2000
"""Sentences labelled at once: sorting by length within so many wastes next to no padding."""

Progress = Callable[[int], None]


@dataclass(frozen=True)
class LabelJob:
    """An input and an output that were checked, and how to read the one and write the other."""

    table: Table
    out: Path | None
    out_format: writers.Format
    text_column: str = "text"
    context_column: str | None = None
    sentences: bool = False
    """Every row is one sentence already."""


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


def prepare(
    source: Path,
    out: Path | None,
    *,
    source_format: readers.Format | None = None,
    out_format: writers.Format | None = None,
    text_column: str = "text",
    context_column: str | None = None,
    sentences: bool = False,
    overwrite: bool = False,
    encoding: str = "utf-8",
) -> LabelJob:
    """Check everything that can be checked before a model is loaded.

    Args:
        source: the input file.
        out: the output file; None is standard output.
        source_format: format of the input; None takes it from the suffix.
        out_format: format of the output; None takes it from the suffix.
        text_column: the column with the texts (not for .txt).
        context_column: the column with what stands before the text.
        sentences: every row is one sentence already; else it is split.
        overwrite: an existing output may be replaced.
        encoding: of a text input.

    Raises:
        InputError: if the input cannot be read or lacks a column.
        OutputError: if the output cannot be written.
    """
    chosen = out_format or (writers.format_of(out) if out else "csv")
    table = readers.open_table(source, source_format, encoding)
    if table.format != "txt":
        for column in filter(None, (text_column, context_column)):
            _check_column(table, column)
    if out is not None:
        if out.exists() and out.resolve() == source.resolve():
            raise OutputError(f"{out}: is the input itself; choose another name.")
        writers.check_writable(out, overwrite=overwrite)
    text_column = "text" if table.format == "txt" else text_column
    return LabelJob(table, out, chosen, text_column, context_column, sentences)


def _check_column(table: Table, column: str) -> None:
    if column not in table.columns:
        names = ", ".join(table.columns) or "none at all"
        raise InputError(
            f"{table.path}: no column {column!r}; it has {names}. Name the right one with "
            "--text-column or --context-column."
        )
    if table.format == "parquet" and table.columns[column] is not str:
        found = table.arrow_schema.field(column).type
        raise InputError(f"{table.path}: the column {column!r} holds {found}, expected text.")


def run(job: LabelJob, classifier: StanceClassifier, progress: Progress | None = None) -> Summary:
    """Label a checked input.

    Beside the output, rows that cannot be used are listed in ``OUT.rejects.jsonl``, and
    ``OUT.manifest.json`` says what was labelled with what.

    Args:
        job: from `prepare`.
        classifier: the model.
        progress: called with the number of rows done since the last call.

    Raises:
        InputError: if no row could be labelled.
        OutputError: if writing fails.
    """
    summary = Summary()
    kept = [name for name in job.table.columns if name != job.text_column]
    names = _free_names(kept, _own_columns(classifier))
    columns = {names[name]: _column_type(job, name) for name in kept} | _own_columns(classifier)
    done = 0
    with writers.open_writer(job.out, job.out_format, columns) as write:
        for chunk in _chunks(job, summary):
            write(_label_chunk(chunk, names, classifier, summary))
            if progress is not None:
                progress(summary.rows - done)
            done = summary.rows
        if summary.labelled_rows == 0:
            raise InputError(
                f"{job.table.path}: {_nothing_to_label(summary.rejects)}; nothing was written."
            )
    if job.out is not None:
        _write_rejects(job.out, summary.rejects)
        _write_manifest(job, classifier, summary)
    return summary


def _nothing_to_label(rejects: list[Reject]) -> str:
    if not rejects:
        return "there is a header, but there are no rows"
    first = rejects[0]
    return f"none of {len(rejects)} rows can be labelled (row {first.number}: {first.reason})"


@dataclass(frozen=True)
class _Document:
    row: Row
    text: str
    context: str
    spans: list[Span]


def _chunks(job: LabelJob, summary: Summary) -> Iterator[list[_Document]]:
    """Documents in portions of about `_CHUNK` sentences; unusable rows go to the summary."""
    chunk: list[_Document] = []
    size = 0
    for row in job.table.rows():
        document = row if isinstance(row, Reject) else _document(row, job)
        if isinstance(document, Reject):
            summary.rejects.append(document)
            continue
        summary.labelled_rows += 1
        chunk.append(document)
        size += len(document.spans)
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _document(row: Row, job: LabelJob) -> _Document | Reject:
    text = row.values.get(job.text_column)
    context = row.values.get(job.context_column) if job.context_column else ""
    fault = _fault(text, f"column {job.text_column}")
    if fault is None and context is not None and not isinstance(context, str):
        fault = f"column {job.context_column} is {type(context).__name__}, expected text"
    if fault is not None:
        return Reject(row.number, fault)
    assert isinstance(text, str)  # _fault saw to it
    spans = [(0, len(text))] if job.sentences else split_sentences(text)
    return _Document(row, text, context or "", spans)


def _fault(text: Any, name: str) -> str | None:
    """Why a value is no text that can be labelled, if so."""
    if text is None:
        return f"{name} is missing"
    if not isinstance(text, str):
        return f"{name} is {type(text).__name__} ({text!r:.40}), expected text"
    if "\0" in text:
        return f"{name} holds a NUL byte"
    if not text.strip():
        return f"{name} is empty"
    return None


def _label_chunk(
    chunk: list[_Document],
    names: Mapping[str, str],
    classifier: StanceClassifier,
    summary: Summary,
) -> list[dict[str, Any]]:
    """Label the sentences of some documents; one record a sentence."""
    sentences = [one.text[start:end] for one in chunk for start, end in one.spans]
    contexts = [
        before
        for one in chunk
        for before in [one.context, *(one.text[a:b] for a, b in one.spans[:-1])]
    ]
    scores = classifier.score(sentences, contexts if classifier.uses_context else None)
    best = scores.probabilities.argmax(axis=1)
    records: list[dict[str, Any]] = []
    for one in chunk:
        not_dutch = not is_dutch(one.text)
        summary.not_dutch_rows += not_dutch
        others = {names[name]: one.row.values.get(name) for name in names}
        for index, (start, end) in enumerate(one.spans):
            i = len(records)
            label = classifier.labels[best[i]]
            probabilities = [round(float(p), 6) for p in scores.probabilities[i]]
            records.append(
                others
                | {
                    "row": one.row.number,
                    "sentence_index": index,
                    "start": start,
                    "end": end,
                    "sentence": sentences[i],
                    "label": label,
                    "score": probabilities[best[i]],
                }
                | {f"p_{name}": p for name, p in zip(classifier.labels, probabilities, strict=True)}
                | {"truncated": bool(scores.truncated[i]), "not_dutch": not_dutch}
            )
            summary.labels[label] += 1
    summary.sentences += len(records)
    summary.truncated += int(scores.truncated.sum())
    return records


def _own_columns(classifier: StanceClassifier) -> dict[str, Any]:
    """The columns that labelling adds, with their types."""
    return {
        "row": int,
        "sentence_index": int,
        "start": int,
        "end": int,
        "sentence": str,
        "label": str,
        "score": float,
        **{f"p_{label}": float for label in classifier.labels},
        "truncated": bool,
        "not_dutch": bool,
    }


def _free_names(kept: list[str], own: Mapping[str, Any]) -> dict[str, str]:
    """Names of the input's columns in the output: `input_` before one that is taken."""
    names: dict[str, str] = {}
    for name in kept:
        free = name
        while free in own or free in names.values() or (free != name and free in kept):
            free = f"input_{free}"
        names[name] = free
    return names


def _column_type(job: LabelJob, name: str) -> Any:
    if job.table.arrow_schema is not None and job.out_format == "parquet":
        return job.table.arrow_schema.field(name).type
    return job.table.columns[name]


def rejects_path(out: Path) -> Path:
    """Where the rows that could not be labelled are listed."""
    return out.with_name(out.name + ".rejects.jsonl")


def _write_rejects(out: Path, rejects: list[Reject]) -> None:
    path = rejects_path(out)
    if rejects:
        lines = [json.dumps({"row": r.number, "reason": r.reason}) + "\n" for r in rejects]
        writers.write_text(path, "".join(lines))
    else:
        path.unlink(missing_ok=True)  # of an earlier run that is overwritten


def _write_manifest(job: LabelJob, classifier: StanceClassifier, summary: Summary) -> None:
    with job.table.path.open("rb") as file:
        input_digest = hashlib.file_digest(file, "sha256").hexdigest()
    content = {
        "input": {"name": job.table.path.name, "sha256": input_digest},
        "model": {"folder": classifier.folder.name, "sha256": classifier.digest()},
        "options": {
            "text_column": job.text_column,
            "context_column": job.context_column,
            "sentences": job.sentences,
        },
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
            "onnxruntime": version("onnxruntime"),
            "tokenizers": version("tokenizers"),
            "syntok": version("syntok"),
        },
    }
    assert job.out is not None  # there is no manifest beside standard output
    path = job.out.with_name(job.out.name + ".manifest.json")
    writers.write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


@contextmanager
def spooled_stdin() -> Iterator[Path]:
    """Standard input as a file that can be read twice.

    Yields:
        A temporary file, removed afterwards; errors about it speak of standard input.
    """
    with tempfile.TemporaryDirectory(prefix="stance-") as folder:
        path = Path(folder) / "standard-input"
        with path.open("wb") as file:
            while block := sys.stdin.buffer.read(1 << 20):
                file.write(block)
        try:
            yield path
        except InputError as error:
            raise InputError(str(error).replace(str(path), "standard input")) from None


def only_document(job: LabelJob) -> str:
    """The text of a .txt input.

    Raises:
        InputError: if it cannot be labelled.
    """
    (row,) = job.table.rows()
    document = row if isinstance(row, Reject) else _document(row, job)
    if isinstance(document, Reject):
        raise InputError(f"{job.table.path}: cannot be labelled: {document.reason}.")
    return document.text
