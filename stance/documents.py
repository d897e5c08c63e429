"""A row of a table to a document: its text, what stands before it, its sentences."""

from dataclasses import dataclass
from typing import Any

from stance.readers import Reject, Row
from stance.sentences import Span, split_sentences


@dataclass(frozen=True)
class Document:
    """A text that can be labelled."""

    row: Row
    text: str
    context: str
    """The sentence before the text; empty if there is none."""
    spans: list[Span]
    """(start, end) of each sentence in the text."""


def read_document(
    row: Row, text_column: str, context_column: str | None, *, sentence: bool
) -> Document | Reject:
    """Take the document from a row.

    Args:
        row: the row.
        text_column: the column with the text.
        context_column: the column with the sentence before it; None if there is no such column.
        sentence: the text is one sentence; else it is split.

    Returns:
        The document, or why the row holds none.
    """
    text = row.values.get(text_column)
    context = row.values.get(context_column) if context_column else ""
    fault = _fault(text, f"column {text_column}")
    if fault is None and context is not None and not isinstance(context, str):
        fault = f"column {context_column} is {type(context).__name__}, expected text"
    if fault is not None:
        return Reject(row.number, fault, row.file)
    assert isinstance(text, str)  # _fault saw to it
    spans = [(0, len(text))] if sentence else split_sentences(text)
    return Document(row, text, context or "", spans)


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
