"""All that an evaluation finds, as one report, and as the text of files."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from stance.coders import ceiling, read_codes
from stance.comparison import compare
from stance.evaluation import Marked, Record, group_scores, scores_of, view_scores
from stance.evaluation_file import EvaluationFile, group_rows
from stance.findings import as_text
from stance.leakage import KINDS, Leak, find_leaks
from stance.seen import Seen
from stance.views import make_views
from stance.writers import sheet_text


def report_of(
    file: EvaluationFile,
    marked: Sequence[Marked],
    seen: Seen | None,
    *,
    by: Sequence[str] = (),
    coders: Sequence[str] = (),
    since: str | None = None,
) -> Record:
    """Evaluate a model in every way that the columns of a file allow.

    Args:
        file: read with the same `by` and `coders`.
        marked: its rows as the model labels them, and maybe as another does, with the same labels.
        seen: what the model was trained on; None if it is not at hand.
        by: columns to group by.
        coders: columns with the labels of several coders.
        since: a date that parts the rows.

    Returns:
        ``scores``, ``views``, ``groups``, ``leaks``, ``coders``, ``against`` and ``errors``; what
        was not asked for is empty.

    Raises:
        ConfigError: if an option is wrong.
        InputError: if a date or the label of a coder cannot be used.
    """
    first, labels = marked[0], marked[0].labels
    codes = read_codes(file.rows, coders, labels) if coders else None
    leaks = find_leaks(file.rows, seen)
    views = make_views(file.rows, seen, leaks, since, file.document_column)
    report: Record = {
        "file": str(file.path),
        "document_column": file.document_column,
        "training_sentences": len(seen.texts) if seen else None,
        "truncated": int(first.truncated.sum()),
        "scores": scores_of(first),
        "views": view_scores(first, views),
        "groups": group_scores(first, group_rows(file, by)) if by else [],
        "leaks": _leaks(file, leaks),
        "coders": {},
        "against": {},
        "errors": errors_of(first),
    }
    if codes is not None:
        report["coders"] = ceiling(codes, first.predicted, coders, len(labels), first.documents)
    for other in marked[1:]:
        order = np.array([labels.index(label) for label in other.labels])
        theirs = order[other.predicted]
        report["against"] = compare(
            first.gold, first.predicted, theirs, len(labels), first.documents
        )
    return report


def _leaks(file: EvaluationFile, leaks: Sequence[Leak]) -> Record:
    """How many rows stand elsewhere too, and which."""

    def count(*, in_training: bool) -> dict[str, int]:
        kinds = [leak.kind for leak in leaks if leak.in_training == in_training]
        return {kind: kinds.count(kind) for kind in KINDS}

    return {
        "training": count(in_training=True),
        "file": count(in_training=False),
        "rows": [
            {
                "place": file.rows[leak.row].place,
                "text": file.rows[leak.row].text,
                "in": "training" if leak.in_training else "file",
                "kind": leak.kind,
                "other": leak.other,
                "other_text": leak.other_text,
            }
            for leak in leaks
        ],
    }


def report_text(report: Record, path: Path, *, escape_formulas: bool = False) -> str:
    """A report as the text of a file: all of it as .json, the scores as one table as .csv.

    Args:
        report: from `report_of`.
        path: the file.
        escape_formulas: as for `stance.findings.as_text`.

    Raises:
        OutputError: if the suffix is neither.
    """
    if path.suffix.lower() == ".json":
        return json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    return as_text([*flat(report)], path, escape_formulas=escape_formulas)


def errors_of(marked: Marked) -> list[Record]:
    """The rows that the model gets wrong, the most confident first.

    Returns:
        For each its place (file and row) and document, the columns that were read, gold and
        predicted label, its ``score`` and the probability of every label.
    """
    predicted, score_of = marked.predicted, marked.probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != marked.gold)
    order = wrong[np.argsort(-score_of[wrong], kind="stable")]
    return [_error(marked, place) for place in order.tolist()]


def errors_text(marked: Marked, fmt: str) -> str:
    """The errors as the text of a file, csv, tsv or jsonl."""
    return sheet_text(errors_of(marked), fmt, [*_error(marked, 0)])


def _error(marked: Marked, place: int) -> Record:
    row, predicted = marked.rows[place], int(marked.predicted[place])
    chances = [round(float(one), 6) for one in marked.probabilities[place]]
    return {
        "place": row.place,
        "document": row.group,
        **{name: value for name, value in row.others.items() if name not in ("place", "document")},
        "context": row.context,
        "text": row.text,
        "gold": row.label,
        "predicted": marked.labels[predicted],
        "score": chances[predicted],
        **{f"p_{label}": chance for label, chance in zip(marked.labels, chances, strict=True)},
    }


def flat(report: Record) -> Iterator[Record]:
    """The scores of a report as the rows of one table: which rows, label, measure, value."""
    yield from _flat("all rows", "", report["scores"])
    for one in report["views"]:
        if one["view"] != "all" and one.get("n"):
            yield from _flat(one["view"], one["rows"], one)
    for one in report["groups"]:
        name = ", ".join(f"{column}={value}" for column, value in one["group"].items())
        yield from _flat("group", name, one)


def _flat(kind: str, rows: str, scores: Record) -> Iterator[Record]:
    head = {"view": kind, "rows": rows}
    tail = {"documents": scores["documents"], "flag": scores["flag"]}
    for measure, (low, high) in scores["intervals"].items():
        value = {"value": scores[measure], "low": low, "high": high, "n": scores["n"]}
        yield head | {"label": "", "measure": measure} | value | tail
    for label, one in scores["per_label"].items():
        for measure, (low, high) in one["intervals"].items():
            value = {"value": one[measure], "low": low, "high": high, "n": one["support"]}
            yield head | {"label": label, "measure": measure} | value | tail
