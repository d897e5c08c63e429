"""Rows to labelled sentences, chunk by chunk.

A chunk is labelled as a whole, and where it ends depends on the input alone. So what comes of a
row does not depend on where a run was interrupted, nor on which machine labelled it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stance.classifier import Scores, StanceClassifier
from stance.documents import Document, read_document
from stance.language import is_dutch
from stance.readers import Reject, Row
from stance.records import Columns, Record, Wanted, make_records
from stance.summary import Summary

ROWS: Final = 2000
"""Rows of a chunk at most: sorting by length within so many wastes next to no padding."""
CHARACTERS: Final = 400_000
"""Characters of text that end a chunk, so that long documents take no more memory than short."""

Chunk = list[Row | Reject]


@dataclass(frozen=True)
class Plan:
    """What is done to every chunk; goes to other machines too."""

    text_column: str
    context_column: str | None
    sentences: bool
    """Every row is one sentence already."""
    columns: Columns
    """Those of the output."""
    wanted: Wanted
    """The sentences of the output."""
    abstain_below: float | None = None
    """Sentences with a lower score are marked; None marks none."""


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
    """The rows of the output, and what became of the rows of the input."""
    found: list[Record] = []
    summary = Summary(
        labelled_rows=len(read.documents),
        rejected_rows=len(read.rejects),
        not_dutch_rows=sum(read.not_dutch),
        truncated=int(scores.truncated.sum()),
        rejects=read.rejects,
    )
    said = _said(scores, labels, plan.abstain_below)
    at = 0
    for one, not_dutch in zip(read.documents, read.not_dutch, strict=True):
        those = slice(at, at := at + len(one.spans))
        holders = scores.holders[those]
        found += make_records(one, not_dutch, said[those], holders, plan.columns, plan.wanted)
    summary.labels.update(one["label"] for one in said)
    summary.abstained = sum(one.get("abstained", False) for one in said)
    summary.sentences = len(said)
    summary.written = len(found)
    return Labelled(found, summary)


def _said(scores: Scores, labels: tuple[str, ...], abstain_below: float | None) -> list[Record]:
    """What labelling says of each sentence, by column."""
    said = []
    for i, best in enumerate(scores.probabilities.argmax(axis=1)):
        probabilities = [round(float(p), 6) for p in scores.probabilities[i]]
        score = probabilities[best]
        abstained = {} if abstain_below is None else {"abstained": score < abstain_below}
        said.append(
            {"label": labels[best], "score": score}
            | {f"p_{name}": p for name, p in zip(labels, probabilities, strict=True)}
            | abstained
            | {"truncated": bool(scores.truncated[i])}
        )
    return said
