"""Files of texts to files of labelled sentences, streaming and with every row accounted for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from stance import readers, writers
from stance.classifier import StanceClassifier
from stance.documents import Document, read_document
from stance.errors import InputError
from stance.language import is_dutch
from stance.readers import Reject, Table
from stance.summary import (
    Summary,
    describe_file,
    manifest_path,
    rejects_path,
    write_manifest,
    write_rejects,
)

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
    overwrite: bool = False
    """Files that exist may be replaced."""

    @property
    def files(self) -> tuple[Path, ...]:
        """What is written: the manifest, the list of rejected rows and, last, the output."""
        out = self.out
        return (manifest_path(out), rejects_path(out), out) if out is not None else ()


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
        wanted = [name for name in (text_column, context_column) if name is not None]
        readers.require_columns(
            table, wanted, "Name the right one with --text-column or --context-column."
        )
        for name in wanted:
            _check_holds_text(table, name)
    text_column = "text" if table.format == "txt" else text_column
    if out is not None:
        writers.check_writable(out, overwrite=overwrite, source=source)
        out = writers.behind_links(out)
    job = LabelJob(table, out, chosen, text_column, context_column, sentences, overwrite)
    for file in job.files[:-1]:
        writers.check_writable(file, overwrite=overwrite, source=source)
    return job


def _check_holds_text(table: Table, column: str) -> None:
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
    if job.out is None:
        return _label(job, None, classifier, progress)
    source = describe_file(job.table.path)  # both now: later they may be gone, the work done
    model = {"folder": classifier.folder.name, "sha256": classifier.digest()}
    with writers.whole_or_nothing(*job.files, overwrite=job.overwrite) as (manifest, rejects, out):
        summary = _label(job, out, classifier, progress)
        write_rejects(rejects, summary)
        write_manifest(
            manifest,
            summary,
            source=source,
            model=model,
            options={
                "text_column": job.text_column,
                "context_column": job.context_column,
                "sentences": job.sentences,
            },
        )
    return summary


def _label(
    job: LabelJob, out: Path | None, classifier: StanceClassifier, progress: Progress | None
) -> Summary:
    summary = Summary()
    kept = [name for name in job.table.columns if name != job.text_column]
    names = _free_names(kept, _own_columns(classifier))
    columns = {names[name]: _column_type(job, name) for name in kept} | _own_columns(classifier)
    done = 0
    with writers.open_writer(out, job.out_format, columns) as write:
        for chunk in _chunks(job, summary):
            write(_label_chunk(chunk, names, classifier, summary))
            if progress is not None:
                progress(summary.rows - done)
            done = summary.rows
    if summary.labelled_rows == 0:
        raise InputError(
            f"{job.table.path}: {_nothing_to_label(summary.rejects)}; nothing was written."
        )
    return summary


def _nothing_to_label(rejects: list[Reject]) -> str:
    if not rejects:
        return "there is a header, but there are no rows"
    first = rejects[0]
    return f"none of {len(rejects)} rows can be labelled (row {first.number}: {first.reason})"


def _chunks(job: LabelJob, summary: Summary) -> Iterator[list[Document]]:
    """Documents in portions of about `_CHUNK` sentences; unusable rows go to the summary."""
    chunk: list[Document] = []
    size = 0
    for document in _documents(job):
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


def _documents(job: LabelJob) -> Iterator[Document | Reject]:
    for row in job.table.rows():
        if isinstance(row, Reject):
            yield row
        else:
            yield read_document(row, job.text_column, job.context_column, sentence=job.sentences)


def _label_chunk(
    chunk: list[Document],
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
    taken = {*own, *kept}
    names: dict[str, str] = {}
    for name in kept:
        free = name
        while free in own or (free != name and free in taken):
            free = f"input_{free}"
        names[name] = free
        taken.add(free)
    return names


def _column_type(job: LabelJob, name: str) -> Any:
    if job.table.arrow_schema is not None and job.out_format == "parquet":
        return job.table.arrow_schema.field(name).type
    return job.table.columns[name]


def only_document(job: LabelJob) -> str:
    """The text of a .txt input.

    Raises:
        InputError: if it cannot be labelled.
    """
    (document,) = _documents(job)
    if isinstance(document, Reject):
        raise InputError(f"{job.table.path}: cannot be labelled: {document.reason}.")
    return document.text
