"""Files in to labelled files out: streaming, every row accounted for, nothing finished lost."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stance import chunks, destination, readers, work_folder, writers
from stance.chunks import Chunk, Documents, Labelled, Plan
from stance.classifier import Scores, StanceClassifier
from stance.destination import Destination
from stance.documents import read_document
from stance.errors import ConfigError, InputError
from stance.hub import name_of
from stance.inputs import Inputs, open_inputs
from stance.overlap import overlap
from stance.parts import Parts
from stance.readers import Reject, Row
from stance.records import EVERYTHING, HolderForm, Wanted, make_columns
from stance.summary import Summary, describe_file, manifest_text, versions

Progress = Callable[[int], None]
Engine = Callable[["LabelJob", Plan, Parts, StanceClassifier, Progress], None]
"""Labels and writes the parts of a run that are missing."""


@dataclass(frozen=True)
class LabelJob:
    """An input and an output that were checked, and how to read the one and write the other."""

    inputs: Inputs
    out: Destination | None
    """None is standard output."""
    stream_format: writers.Format = "csv"
    """Of standard output."""
    context_column: str | None = None
    sentences: bool = False
    """Every row is one sentence already."""
    overwrite: bool = False
    """Files that exist may be replaced."""
    restart: bool = False
    """The parts of an interrupted run are thrown away."""
    long_holders: bool = False
    """A row a holder, in the place of a row a sentence."""
    wanted: Wanted = EVERYTHING
    """The sentences of the output."""
    abstain_below: float | None = None
    """Sentences with a lower score are marked."""
    escape_formulas: bool = False
    """What a spreadsheet would take for a formula gets an apostrophe before it."""

    @property
    def options(self) -> dict[str, Any]:
        """Those that change the result."""
        return {
            "text_column": self.inputs.text_column,
            "context_column": self.context_column,
            "sentences": self.sentences,
            "long_holders": self.long_holders,
            "holder": sorted(self.wanted.holders),
            "target": sorted(self.wanted.targets),
            "abstain_below": self.abstain_below,
            "escape_formulas": self.escape_formulas,
        }


def prepare(
    source: Path,
    out: Path | None,
    *,
    source_format: readers.Format | None = None,
    out_format: writers.Format | None = None,
    out_is_folder: bool = False,
    text_column: str = "text",
    context_column: str | None = None,
    sentences: bool = False,
    overwrite: bool = False,
    restart: bool = False,
    long_holders: bool = False,
    wanted: Wanted = EVERYTHING,
    abstain_below: float | None = None,
    escape_formulas: bool = False,
    encoding: str = "utf-8",
) -> LabelJob:
    """Check everything that can be checked before a model is loaded.

    Args:
        source: the input: a file, a folder, or a pattern.
        out: the output file or folder; None is standard output.
        source_format: format of the input; None takes it from the suffix.
        out_format: format of the output; None takes it from the suffix.
        out_is_folder: the output is a folder of parts even if there is none yet.
        text_column: the column with the texts (not for .txt).
        context_column: the column with what stands before the text.
        sentences: every row is one sentence already; else it is split.
        overwrite: an existing output may be replaced.
        restart: the parts of an interrupted run are thrown away.
        long_holders: a row a holder, in the place of a row a sentence.
        wanted: the sentences of the output.
        abstain_below: a column says which sentences have a lower score, 0 to 1; None for none.
        escape_formulas: text that a spreadsheet would take for a formula gets an apostrophe
            before it; csv and tsv only.
        encoding: of a text input.

    Raises:
        ConfigError: if formulas are to be escaped in a format that no spreadsheet runs.
        InputError: if the input cannot be read or lacks a column.
        OutputError: if the output cannot be written.
    """
    to = destination.choose(out, out_format, folder=out_is_folder) if out else None
    stream_format = out_format or "csv"
    if escape_formulas and (fmt := to.format if to else stream_format) not in ("csv", "tsv"):
        raise ConfigError(f"--escape-formulas: is for csv and tsv; no formula runs in {fmt}.")
    inputs = open_inputs(
        source, source_format, encoding, text_column, context_column, to.work if to else None
    )
    if out is not None and to is not None and (restart or not work_folder.is_moving(to)):
        files = [table.path for table in inputs.tables]
        destination.check(to, named=out, overwrite=overwrite, sources=files, root=source)
    return LabelJob(
        inputs,
        to,
        stream_format,
        context_column,
        sentences,
        overwrite,
        restart,
        long_holders,
        wanted,
        abstain_below,
        escape_formulas,
    )


def run(
    job: LabelJob,
    classifier: StanceClassifier,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> Summary:
    """Label a checked input.

    Beside the output, rows that cannot be used are listed, and a manifest says what was labelled
    with what. A run that is interrupted leaves its finished parts, and goes on with them when it
    is called again.

    Args:
        job: from `prepare`.
        classifier: the model.
        progress: called with the number of rows done since the last call.
        engine: labels the missing parts; None does so here.

    Raises:
        InputError: if no row could be labelled, or the input changes meanwhile.
        OutputError: if writing fails, or there are parts of another run.
    """
    plan = make_plan(job, classifier)
    progress = progress or (lambda _: None)
    if job.out is None:
        return _stream(job, plan, classifier, progress)
    inputs = _describe(job.inputs)
    model = {"folder": name_of(classifier.folder), "sha256": classifier.digest()}
    started_with = {
        "input": {one["name"]: {"sha256": one["sha256"]} for one in inputs},
        "model": model,
        "option": {**job.options, "to": job.out.format, "chunk": [chunks.ROWS, chunks.CHARACTERS]},
        "version of": {name: one for name, one in versions().items() if name != "python"},
    }
    with work_folder.claim(job.out, started_with, restart=job.restart):
        parts = Parts(job.out, plan.columns.types)
        if not parts.are_joined():
            if done := parts.summary().rows:
                progress(done)
            (engine or _label_parts)(job, plan, parts, classifier, progress)
        summary = parts.summary()
        if not parts.are_joined():
            _check_complete(job, summary)
            parts.join(manifest_text(summary, inputs=inputs, model=model, options=job.options))
        parts.move(overwrite=job.overwrite)
    return summary


def make_plan(job: LabelJob, classifier: StanceClassifier) -> Plan:
    """Settle what is done to every chunk.

    Raises:
        ConfigError: if holders are asked for that the model does not tell.
    """
    if not classifier.tells_holders and (job.long_holders or job.wanted.holders):
        option = "--long-holders" if job.long_holders else "--holder"
        raise ConfigError(
            f"{option}: the model {classifier.folder} tells no holders; train one with "
            "`task: holders`, or leave out --model for the shipped one."
        )
    fmt = job.out.format if job.out else job.stream_format
    form: HolderForm = "text" if fmt in ("csv", "tsv") else "list"
    columns = make_columns(
        job.inputs.columns(),
        classifier.labels,
        with_file=bool(job.inputs.names),
        holders=("rows" if job.long_holders else form) if classifier.tells_holders else "none",
        abstains=job.abstain_below is not None,
        escapes=job.escape_formulas,
    )
    return Plan(
        job.inputs.text_column,
        job.context_column,
        job.sentences,
        columns,
        job.wanted,
        job.abstain_below,
    )


def _describe(inputs: Inputs) -> list[dict[str, str]]:
    names = inputs.names or ("",) * len(inputs.tables)
    return [
        describe_file(table.path, name) for table, name in zip(inputs.tables, names, strict=True)
    ]


def _stream(job: LabelJob, plan: Plan, classifier: StanceClassifier, progress: Progress) -> Summary:
    total = Summary()
    with writers.open_writer(None, job.stream_format, plan.columns.types) as put:

        def write(_index: int, labelled: Labelled) -> None:
            put(labelled.records)
            total.add(labelled.summary)

        _label(job, plan, set(), classifier, write, progress)
    _check_complete(job, total)
    return total


def _label_parts(
    job: LabelJob, plan: Plan, parts: Parts, classifier: StanceClassifier, progress: Progress
) -> None:
    def write(index: int, labelled: Labelled) -> None:
        parts.write(index, labelled.records, labelled.summary)

    _label(job, plan, set(parts.finished()), classifier, write, progress)


def _label(
    job: LabelJob,
    plan: Plan,
    finished: set[int],
    classifier: StanceClassifier,
    write: Callable[[int, Labelled], None],
    progress: Progress,
) -> None:
    """Label all chunks but those that are finished; reading and writing go on meanwhile."""
    last = time.monotonic()

    def read() -> Iterator[tuple[int, Documents]]:
        for index, chunk in missing_chunks(job, finished):
            yield index, chunks.read(chunk, plan)

    def work(item: tuple[int, Documents]) -> tuple[int, Documents, Scores]:
        index, documents = item
        scores = chunks.score(documents, classifier)
        progress(len(documents.documents) + len(documents.rejects))
        return index, documents, scores

    def finish(item: tuple[int, Documents, Scores]) -> None:
        nonlocal last
        index, documents, scores = item
        labelled = chunks.records(documents, scores, plan, classifier.labels)
        now = time.monotonic()
        labelled.summary.seconds, last = now - last, now
        write(index, labelled)

    overlap(read(), work, finish)


def missing_chunks(job: LabelJob, finished: set[int]) -> Iterator[tuple[int, Chunk]]:
    """The chunks of an input that are still to be labelled, each with its number."""
    for index, chunk in enumerate(chunks.chunks(job.inputs.rows(), job.inputs.text_column)):
        if index not in finished:
            yield index, chunk


def _check_complete(job: LabelJob, summary: Summary) -> None:
    """Check that every row was met and one at least was labelled."""
    if summary.rows != job.inputs.n_rows:
        raise InputError(
            f"{job.inputs.source}: has changed while it was read: {summary.rows} rows, when the "
            f"run began {job.inputs.n_rows}; run it again with --restart."
        )
    if summary.labelled_rows == 0:
        if job.out is not None:
            work_folder.remove(job.out)
        raise InputError(f"{job.inputs.source}: {_nothing_to_label(summary)}; nothing was written.")


def _nothing_to_label(summary: Summary) -> str:
    if not summary.rejects:
        return "there is a header, but there are no rows"
    first = summary.rejects[0]
    where = f"{first.file}, row" if first.file else "row"
    return f"none of {summary.rows} rows can be labelled ({where} {first.number}: {first.reason})"


def only_document(job: LabelJob) -> str:
    """The text of a .txt input.

    Raises:
        InputError: if it cannot be labelled.
    """
    (row,) = job.inputs.rows()
    column = job.inputs.text_column
    one: Any = read_document(row, column, None, sentence=True) if isinstance(row, Row) else row
    if isinstance(one, Reject):
        raise InputError(f"{job.inputs.source}: cannot be labelled: {one.reason}.")
    text: str = one.text
    return text
