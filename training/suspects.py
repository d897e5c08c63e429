"""Labels that may be wrong, told by a model that has not learnt from the row: confident learning.

Source: Northcutt, Jiang and Chuang 2021, Confident learning (cleanlab).
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance import readers
from stance.classifier import StanceClassifier
from stance.errors import ConfigError, InputError
from stance.evaluation import score_rows
from stance.leakage import find_leaks
from stance.readers import Reject
from stance.rows import LabelledRow, RowColumns, as_text, labelled_row, sheet_values
from training.baseline import train_linear
from training.data import Example, merge_near_duplicates
from training.settings import LinearModel
from training.trained_on import find_seen

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Judged:
    """Labelled rows with what a model says of them that has not learnt from them."""

    rows: list[LabelledRow]
    probabilities: NDArray[Any]
    """Columns in the order of the labels asked for, (rows, labels)."""
    by: str
    """Who judged, for people."""
    left_out: int = 0
    """Rows that were not judged."""
    why: str = ""


def read_labels(
    path: Path,
    labels: Sequence[str],
    text_column: str | None = None,
    label_column: str | None = None,
    context_column: str | None = None,
    group_column: str | None = None,
    encoding: str = "utf-8",
) -> list[LabelledRow]:
    """Read labelled rows; those whose label is empty are none.

    Args:
        path: the file.
        labels: the labels that may occur.
        text_column: None takes `sentence`, else `text`.
        label_column: None takes `gold`, else `label`.
        context_column: None takes `context`, if there.
        group_column: None takes `group`, if there.
        encoding: of a text format.

    Raises:
        InputError: if a column is missing or a row cannot be used.
    """
    table = readers.open_table(path, encoding=encoding)

    def known(*names: str) -> str | None:
        return next((name for name in names if name in table.columns), None)

    columns = RowColumns(
        text=text_column or known("sentence") or "text",
        label=label_column or known("gold") or "label",
        context=context_column or known("context"),
        group=group_column or known("group"),
    )
    named = (columns.text, columns.label, columns.context, columns.group)
    readers.require_columns(table, [name for name in named if name is not None])
    rows = []
    for row in table.rows():
        place = f"{path}: row {row.number}"
        if isinstance(row, Reject):
            raise InputError(f"{place} cannot be used: {row.reason}.")
        if not as_text(row.values.get(columns.label)).strip():
            continue
        found = labelled_row(place, sheet_values(table, row), columns, labels)
        if isinstance(found, list):
            raise InputError(f"{place}: {'; '.join(found)}.")
        rows.append(found)
    if not rows:
        raise InputError(f"{path}: no row has a label in the column {columns.label!r}.")
    return rows


def judge_by_folds(
    rows: Sequence[LabelledRow],
    labels: Sequence[str],
    folds: int = 5,
    progress: Progress = lambda _: None,
) -> Judged:
    """Have each part of the rows judged by the linear baseline trained on the others.

    Rows of one group, and near-duplicates, stand in one part.

    Args:
        rows: from `read_labels`.
        labels: their labels; those that no row has get probability 0.
        folds: parts.
        progress: called with 1 after each part.

    Raises:
        ConfigError: if a label has fewer rows, or fewer groups of rows, than there are parts.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    used = [label for label in labels if any(row.label == label for row in rows)]
    _check_folds(rows, used, folds)
    examples = merge_near_duplicates([
        Example(row.text, row.context, used.index(row.label), row.group or row.place, None,
                row.place)
        for row in rows
    ])  # fmt: skip
    codes = [one.label for one in examples]
    groups = [one.group for one in examples]
    if (n := len({*groups})) < folds:
        raise ConfigError(
            f"--folds {folds}: the rows stand in {n} groups (those of one document, and near-"
            "duplicates, stay together); lower it, or name another column with --document."
        )
    context = any(row.context for row in rows)
    probabilities = np.zeros((len(rows), len(labels)))
    places = [labels.index(label) for label in used]
    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=1).split(codes, codes, groups)
    for learnt, held in parts:
        if len({codes[i] for i in learnt}) < len(used):
            raise ConfigError(
                f"--folds {folds}: the rows of a label stand in too few groups to be parted; lower "
                "it, or name another column with --document."
            )
        found = _judge([examples[i] for i in learnt], [examples[i] for i in held], used, context)
        probabilities[np.ix_(held, places)] = found
        progress(1)
    return Judged([*rows], probabilities, f"a linear model in {folds} parts")


def _check_folds(rows: Sequence[LabelledRow], used: Sequence[str], folds: int) -> None:
    if len(used) < 2:
        raise InputError(f"all rows are labelled {used[0]!r}; two labels are needed.")
    for label in used:
        n = sum(row.label == label for row in rows)
        if n < folds:
            raise ConfigError(
                f"--folds {folds}: {n} of the rows {'is' if n == 1 else 'are'} labelled {label}; "
                + ("lower it, or add rows." if n > 1 else "add rows, or have a --model judge.")
            )


def _judge(
    learnt: list[Example], held: Sequence[Example], labels: list[str], context: bool
) -> NDArray[Any]:
    with tempfile.TemporaryDirectory(prefix="stance-") as name:
        folder = Path(name) / "model"
        model = LinearModel(type="linear")
        train_linear(model, learnt, labels, "previous" if context else "none", folder)
        return score_rows(StanceClassifier.from_pretrained(folder), held).probabilities


def judge_by_model(
    rows: Sequence[LabelledRow],
    labels: Sequence[str],
    folder: Path,
    progress: Progress = lambda _: None,
) -> Judged:
    """Have the rows judged by a trained model, all but those that it has learnt from.

    Args:
        rows: from `read_labels`.
        labels: their labels.
        folder: the model.
        progress: called with the number of rows labelled since the last call.

    Raises:
        ConfigError: if its labels are others.
        InputError: if its training data is not at hand, or no row is left.
    """
    classifier = StanceClassifier.from_pretrained(folder)
    if {*classifier.labels} != {*labels}:
        raise ConfigError(
            f"--model {folder}: its labels are {', '.join(classifier.labels)}, expected "
            f"{', '.join(labels)}; name them with --labels."
        )
    seen = find_seen(classifier.folder)
    if seen is None:
        raise InputError(
            f"{folder}: what it was trained on is not at hand, so it may vouch for the labels that "
            "it has learnt; leave out --model."
        )
    learnt = {leak.row for leak in find_leaks(rows, seen) if leak.in_training}
    left = [row for i, row in enumerate(rows) if i not in learnt]
    if not left:
        raise InputError(f"{folder}: it has learnt from all {len(rows):,} rows; leave out --model.")
    found = score_rows(classifier, left, progress).probabilities
    order = [classifier.labels.index(label) for label in labels]
    why = "the model was trained on them, or nearly"
    return Judged(left, found[:, order], classifier.folder.name, len(learnt), why)


def find_suspects(judged: Judged, labels: Sequence[str]) -> list[dict[str, Any]]:
    """The rows whose label is probably wrong, the likeliest first.

    Args:
        judged: the rows.
        labels: the columns of its probabilities.

    Returns:
        For each its file and row, label, the label that is ``suggested``, ``quality`` (the
        probability of its own label, 0 to 1), a ``reason``, context, text and all probabilities.
    """
    from cleanlab.filter import find_label_issues

    used = [label for label in labels if any(row.label == label for row in judged.rows)]
    if len(used) < 2:
        return []
    chances = judged.probabilities[:, [labels.index(label) for label in used]].astype(np.float64)
    chances /= chances.sum(axis=1, keepdims=True)
    given = np.array([used.index(row.label) for row in judged.rows])
    order = find_label_issues(given, chances, return_indices_ranked_by="self_confidence", n_jobs=1)
    return [
        _suspect(judged.rows[i], used, int(given[i]), chances[i], labels) for i in order.tolist()
    ]


def columns(labels: Sequence[str]) -> list[str]:
    """The columns of a list of suspects."""
    names = ["row", "document", "label", "suggested", "quality", "reason", "context", "text"]
    return names + [f"p_{label}" for label in labels]


def _suspect(
    row: LabelledRow, used: Sequence[str], given: int, chances: Any, labels: Sequence[str]
) -> dict[str, Any]:
    best = int(chances.argmax())
    reason = f"{used[best]} {chances[best]:.2f}, {used[given]} {chances[given]:.2f}"
    known = dict(zip(used, chances.tolist(), strict=True))
    values = (
        row.place.rsplit(" ", 1)[1], row.group, row.label, used[best],
        round(float(chances[given]), 6), reason, row.context, row.text,
        *(round(known.get(label, 0.0), 6) for label in labels),
    )  # fmt: skip
    return dict(zip(columns(labels), values, strict=True))
