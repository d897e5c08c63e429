"""Rows to labelled sentences, chunk by chunk.

A chunk is labelled as a whole, and where it ends depends on the input alone. So what comes of a
row does not depend on where a run was interrupted, nor on which machine labelled it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from stance.classifier import Scores, StanceClassifier
from stance.documents import Document, read_document
from stance.inputs import Inputs
from stance.language import is_dutch
from stance.readers import Reject, Row
from stance.summary import Summary

ROWS: Final = 2000
"""Rows of a chunk at most: sorting by length within so many wastes next to no padding."""
CHARACTERS: Final = 400_000
"""Characters of text that end a chunk, so that long documents take no more memory than short."""

Chunk = list[Row | Reject]
Record = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is done to every chunk; goes to other machines too."""

    text_column: str
    context_column: str | None
    sentences: bool
    """Every row is one sentence already."""
    names: dict[str, str]
    """The input's other columns, and how they are called in the output."""
    columns: dict[str, Any]
    """The output's columns, each with its type."""
    with_file: bool
    """Whether the output says which file a row is of."""


@dataclass(frozen=True)
class Documents:
    """A chunk that was read and split."""

    documents: list[Document]
    not_dutch: list[bool]
    rejects: list[Reject]


@dataclass(frozen=True)
class Labelled:
    """A chunk that was labelled."""

    records: list[Record]
    """The rows of the output."""
    summary: Summary


def make_plan(
    inputs: Inputs,
    labels: tuple[str, ...],
    *,
    context_column: str | None,
    sentences: bool,
) -> Plan:
    """Settle which columns the output has.

    Args:
        inputs: the checked input.
        labels: the labels of the model.
        context_column: the column with what stands before the text.
        sentences: every row is one sentence already.
    """
    kept = inputs.columns()
    own = _own_columns(labels, with_file=bool(inputs.names))
    names = _free_names([*kept], own)
    columns = {names[name]: kind for name, kind in kept.items()} | own
    return Plan(inputs.text_column, context_column, sentences, names, columns, bool(inputs.names))


def chunks(rows: Iterator[Row | Reject], text_column: str) -> Iterator[Chunk]:
    """Rows in portions that depend on nothing but the rows."""
    chunk: Chunk = []
    size = 0
    for row in rows:
        chunk.append(row)
        text = row.values.get(text_column) if isinstance(row, Row) else None
        size += len(text) if isinstance(text, str) else 0
        if len(chunk) >= ROWS or size >= CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def read(chunk: Chunk, plan: Plan) -> Documents:
    """Split the texts of a chunk into sentences, and set aside the rows that hold none."""
    documents: list[Document] = []
    rejects: list[Reject] = []
    for row in chunk:
        one: Document | Reject = row if isinstance(row, Reject) else _document(row, plan)
        if isinstance(one, Reject):
            rejects.append(one)
        else:
            documents.append(one)
    return Documents(documents, [not is_dutch(one.text) for one in documents], rejects)


def _document(row: Row, plan: Plan) -> Document | Reject:
    return read_document(row, plan.text_column, plan.context_column, sentence=plan.sentences)


def score(read: Documents, classifier: StanceClassifier) -> Scores:
    """Label the sentences of a chunk, all at once."""
    sentences = [one.text[start:end] for one in read.documents for start, end in one.spans]
    contexts = [
        before
        for one in read.documents
        for before in [one.context, *(one.text[a:b] for a, b in one.spans[:-1])]
    ]
    return classifier.score(sentences, contexts if classifier.uses_context else None)


def records(read: Documents, scores: Scores, plan: Plan, labels: tuple[str, ...]) -> Labelled:
    """The rows of the output, one a sentence, and what became of the rows of the input."""
    found: list[Record] = []
    summary = Summary(
        labelled_rows=len(read.documents),
        rejected_rows=len(read.rejects),
        not_dutch_rows=sum(read.not_dutch),
        truncated=int(scores.truncated.sum()),
        rejects=read.rejects,
    )
    best = scores.probabilities.argmax(axis=1)
    for one, not_dutch in zip(read.documents, read.not_dutch, strict=True):
        others = {plan.names[name]: one.row.values.get(name) for name in plan.names}
        if plan.with_file:
            others["file"] = one.row.file
        for index, (start, end) in enumerate(one.spans):
            i = len(found)
            label = labels[best[i]]
            probabilities = [round(float(p), 6) for p in scores.probabilities[i]]
            found.append(
                others
                | {
                    "row": one.row.number,
                    "sentence_index": index,
                    "start": start,
                    "end": end,
                    "sentence": one.text[start:end],
                    "label": label,
                    "score": probabilities[best[i]],
                }
                | {f"p_{name}": p for name, p in zip(labels, probabilities, strict=True)}
                | {"truncated": bool(scores.truncated[i]), "not_dutch": not_dutch}
            )
            summary.labels[label] += 1
    summary.sentences = len(found)
    return Labelled(found, summary)


def _own_columns(labels: tuple[str, ...], *, with_file: bool) -> dict[str, Any]:
    """The columns that labelling adds, with their types."""
    return {
        **({"file": str} if with_file else {}),
        "row": int,
        "sentence_index": int,
        "start": int,
        "end": int,
        "sentence": str,
        "label": str,
        "score": float,
        **{f"p_{label}": float for label in labels},
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
