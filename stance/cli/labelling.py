"""What `stance label` does with an input that was checked: a table shown, or a file written."""

import sys
from collections import Counter
from pathlib import Path
from typing import Final

from stance import tables
from stance.cli.terminal import make_console, progress
from stance.summary import rejects_path

_MOST_LISTED: Final = 100
"""Rejected rows that are listed on stderr where there is no file to list them beside."""


def show_document(job: tables.LabelJob, model: Path | None) -> None:
    """Show the sentences of a document and their shares as tables."""
    from stance.classifier import StanceClassifier
    from stance.display import document_table, share_table

    document = tables.only_document(job)
    classifier = StanceClassifier.from_pretrained(model)
    predictions = classifier.predict_document(document)
    console = make_console()
    console.print(document_table(predictions))
    console.print()
    console.print(share_table(Counter(one.label for one in predictions), classifier.labels))


def label_file(job: tables.LabelJob, model: Path | None) -> None:
    """Write the labelled sentences, and say on stderr what came of the rows."""
    from stance.classifier import StanceClassifier

    classifier = StanceClassifier.from_pretrained(model)
    if job.out is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # data, as in files
    if job.context_column and not classifier.uses_context:
        print(f"stance: this model reads no context; {job.context_column} is copied, not used.",
              file=sys.stderr)  # fmt: skip
    with progress(job.table.n_rows, "labelling rows") as advance:
        summary = tables.run(job, classifier, advance)
    shares = ", ".join(f"{summary.labels[name]} {name}" for name in classifier.labels)
    print(
        f"stance: {summary.rows} rows: {summary.labelled_rows} labelled, {summary.rejected_rows} "
        f"rejected; {summary.sentences} sentences: {shares}; {summary.truncated} truncated; "
        f"{summary.not_dutch_rows} rows not Dutch.",
        file=sys.stderr,
    )
    if summary.rejected_rows and job.out is not None:
        listing = rejects_path(job.out)
        print(f"stance: the rejected rows are listed in {listing}.", file=sys.stderr)
    elif summary.rejected_rows:
        for one in summary.rejects[:_MOST_LISTED]:
            print(f"stance: row {one.number} rejected: {one.reason}", file=sys.stderr)
        if summary.rejected_rows > _MOST_LISTED:
            print(f"stance: and {summary.rejected_rows - _MOST_LISTED} more", file=sys.stderr)
