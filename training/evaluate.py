"""A model held against a labelled file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stance import readers
from stance.classifier import StanceClassifier
from stance.errors import InputError
from stance.readers import Reject
from training.metrics import score
from training.rows import LabelledRow, RowColumns, labelled_row


def read_labelled(
    path: Path,
    text_column: str = "text",
    label_column: str = "label",
    context_column: str | None = None,
    split: str | None = None,
    encoding: str = "utf-8",
) -> list[LabelledRow]:
    """Read a labelled file; every row must be usable, since a score over some rows misleads.

    Args:
        path: the file.
        text_column: column with the sentences.
        label_column: column with the gold labels.
        context_column: column with the sentence before; None takes `context` if there is one.
        split: keep only rows with this value in the column `split`.
        encoding: of a text format.

    Raises:
        InputError: if a column is missing or a row has no text or label.
    """
    table = readers.open_table(path, encoding=encoding)
    if context_column is None and "context" in table.columns:
        context_column = "context"
    wanted = [text_column, label_column, context_column, None if split is None else "split"]
    readers.require_columns(table, [name for name in wanted if name is not None])
    columns = RowColumns(text_column, label_column, context_column)
    rows = []
    for row in table.rows():
        if isinstance(row, Reject):
            raise InputError(f"{path}: row {row.number} cannot be used: {row.reason}.")
        if split is not None and row.values.get("split") != split:
            continue
        place = f"{path}: row {row.number}"
        found = labelled_row(place, row.values, columns)
        if isinstance(found, list):
            raise InputError(f"{place}: {'; '.join(found)}.")
        rows.append(found)
    if not rows:
        where = "" if split is None else f" with split {split!r}"
        raise InputError(f"{path}: no rows{where} to evaluate on.")
    return rows


def evaluate_rows(classifier: StanceClassifier, rows: Sequence[LabelledRow]) -> dict[str, Any]:
    """Score a model on labelled rows; see `training.metrics.score` for what comes back.

    Raises:
        InputError: if a row has a label that the model does not know.
    """
    gold = gold_of(rows, classifier.labels)
    contexts = [row.context for row in rows] if classifier.uses_context else None
    probabilities = classifier.predict_proba([row.text for row in rows], contexts)
    return score(gold, probabilities.argmax(axis=1).tolist(), classifier.labels)


def gold_of(rows: Sequence[LabelledRow], labels: Sequence[str]) -> list[int]:
    """The gold label of each row, as its index among the labels of a model.

    Raises:
        InputError: if a row has a label that the model does not know.
    """
    for row in rows:
        if row.label not in labels:
            raise InputError(
                f"{row.place}: the label {row.label!r} is none of the model's "
                f"({', '.join(labels)})."
            )
    return [labels.index(row.label) for row in rows]
