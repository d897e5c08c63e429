"""What `stance label` does with an input that was checked: a table shown, or a file written."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from stance import tables
from stance.cli.terminal import make_console, progress
from stance.printable import printable
from stance.records import EVERYTHING
from stance.summary import Summary

_MOST_NAMED: Final = 5
"""Files that a message names."""


def show_document(job: tables.LabelJob, model: str | None) -> None:
    """Show the sentences of a document and their shares as tables."""
    from stance.classifier import StanceClassifier
    from stance.display import document_table, holder_table, share_table

    document = tables.only_document(job)
    classifier = StanceClassifier.from_pretrained(model)
    predictions = classifier.predict_document(document)
    console = make_console()
    console.print(document_table(predictions))
    console.print()
    console.print(share_table(Counter(one.label for one in predictions), classifier.labels))
    if holders := predictions.by_holder():
        console.print()
        console.print(holder_table(holders))


def label_file(
    job: tables.LabelJob, model: str | None, engine: tables.Engine | None = None
) -> None:
    """Write the labelled sentences, and say on stderr what came of the rows."""
    from stance.classifier import StanceClassifier

    classifier = StanceClassifier.from_pretrained(model)
    if job.out is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # data, as in files
    _say_what_is_left_out(job.inputs.left_out)
    if job.context_column and not classifier.uses_context:
        print(f"stance: this model reads no context; {job.context_column} is copied, not used.",
              file=sys.stderr)  # fmt: skip
    with progress(job.inputs.n_rows, "labelling rows") as advance:
        summary = tables.run(job, classifier, advance, engine)
    if job.long_holders or job.wanted != EVERYTHING:
        print(f"stance: {summary.written} rows written.", file=sys.stderr)
    if job.abstain_below is not None:
        print(
            f"stance: {summary.abstained} sentences have a score below {job.abstain_below:g}.",
            file=sys.stderr,
        )
    shares = ", ".join(f"{summary.labels[name]} {name}" for name in classifier.labels)
    print(
        f"stance: {summary.rows} rows: {summary.labelled_rows} labelled, {summary.rejected_rows} "
        f"rejected; {summary.sentences} sentences: {shares}; {summary.truncated} truncated; "
        f"{summary.not_dutch_rows} rows not Dutch.",
        file=sys.stderr,
    )
    if summary.rejected_rows and job.out is not None:
        print(f"stance: the rejected rows are listed in {job.out.rejects}.", file=sys.stderr)
    elif summary.rejected_rows:
        _list_rejects(summary)


def _say_what_is_left_out(files: Sequence[Path]) -> None:
    if files:
        named = ", ".join(path.name for path in files[:_MOST_NAMED])
        more = f" and {len(files) - _MOST_NAMED} more" if len(files) > _MOST_NAMED else ""
        print(
            f"stance: left out for their suffix: {printable(named)}{more}.",
            file=sys.stderr,
        )


def _list_rejects(summary: Summary) -> None:
    for one in summary.rejects:
        where = f"{one.file}, row" if one.file else "row"
        print(
            f"stance: {printable(where)} {one.number} rejected: {one.reason}",
            file=sys.stderr,
        )
    if summary.rejected_rows > len(summary.rejects):
        print(f"stance: and {summary.rejected_rows - len(summary.rejects)} more", file=sys.stderr)
