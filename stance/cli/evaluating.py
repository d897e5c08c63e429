"""The command `stance evaluate`: a model held against a labelled file in every way it allows."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stance import writers
from stance.cli.guard import errors_for_people
from stance.cli.options import (
    ByOption,
    EncodingOption,
    EscapeOption,
    LabelColumnOption,
    ModelOption,
    TextColumnOption,
    check_escapes,
    column_names,
)
from stance.cli.terminal import make_console, progress, working
from stance.errors import ConfigError, OutputError

if TYPE_CHECKING:
    from stance.classifier import StanceClassifier
    from stance.seen import Seen


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(evaluate)


def evaluate(
    file: Annotated[Path, typer.Argument(help="A labelled .csv, .tsv, .jsonl or .parquet file.")],
    model: ModelOption = None,
    by: ByOption = "",
    document: Annotated[
        str | None,
        typer.Option(help="Column that says which document a row is of; default: group, if there."),
    ] = None,
    train: Annotated[
        list[Path] | None,
        typer.Option("--train", help="What the model was trained on; default: found, if at hand."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Rows from this date on, beside those before."),
    ] = None,
    coders: Annotated[
        str, typer.Option(help="Columns with the labels of several coders, such as anna,bert.")
    ] = "",
    against: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Another model, to compare with.")
    ] = None,
    errors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the wrongly labelled rows to it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write everything to a .json file, or scores to a .csv.")
    ] = None,
    escape_formulas: EscapeOption = False,
    text_column: TextColumnOption = "text",
    label_column: LabelColumnOption = "label",
    context_column: Annotated[
        str | None,
        typer.Option(help="Column with the sentence before; default: context, if there."),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Only rows with this value in the column split.")
    ] = None,
    encoding: EncodingOption = "utf-8",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the outputs.")] = False,
) -> None:
    """Score a model on a labelled file, also on the rows that it can hardly know.

    Every row must have a text and a known label. Intervals hold 95 % of the draws of a bootstrap
    over documents.
    """
    with errors_for_people():
        check_escapes(out, escape_formulas=escape_formulas)
        _check_outputs(out, errors, [file, *(train or [])], overwrite=overwrite)
        names, people = column_names(by, "--by"), column_names(coders, "--coders")
        from stance.classifier import StanceClassifier
        from stance.cli.score_tables import show
        from stance.evaluation import mark
        from stance.evaluation_file import read_evaluation_file
        from stance.evaluation_report import errors_text, report_of, report_text
        from stance.rows import RowColumns

        with working(f"checking {file}"):
            columns = RowColumns(text_column, label_column, context_column, document)
            read = read_evaluation_file(
                file, columns, by=names, coders=people, split=split, encoding=encoding
            )
        folders = [model] if against is None else [model, against]
        models = [StanceClassifier.from_pretrained(one) for one in folders]
        _check_same_labels(models)
        with working("looking for the training data"):
            seen = _seen(train, models[0].folder, text_column, read.document_column, encoding)
        with progress(len(models) * len(read.rows), "labelling rows") as advance:
            marked = [mark(one, read.rows, advance) for one in models]
        with working("scoring"):
            report = report_of(read, marked, seen, by=names, coders=people, since=since)
        report["models"] = [str(one.folder) for one in models]
        if out is not None:
            text = report_text(report, out, escape_formulas=escape_formulas)
            writers.write_text(out, text)
        if errors is not None:
            fmt = writers.format_of(errors, writers.SHEETS)
            writers.write_text(errors, errors_text(marked[0], fmt))
        show(report, make_console())


def _check_outputs(
    out: Path | None, errors: Path | None, sources: Sequence[Path], *, overwrite: bool
) -> None:
    for path, known in ((out, ("json", "csv")), (errors, writers.SHEETS)):
        if path is not None:
            writers.format_of(path, known)  # the suffix is checked before any work
            writers.check_writable(path, overwrite=overwrite, sources=sources)
    if out is not None and errors is not None and out.resolve() == errors.resolve():
        raise OutputError(f"{out}: is named by --out and by --errors; choose two names.")


def _check_same_labels(models: Sequence["StanceClassifier"]) -> None:
    first, *others = models
    for other in others:
        if {*other.labels} != {*first.labels}:
            raise ConfigError(
                f"--against {other.folder}: its labels are {', '.join(other.labels)}, those of "
                f"{first.folder} {', '.join(first.labels)}; only models with the same labels can "
                "be compared."
            )


def _seen(
    train: Sequence[Path] | None,
    folder: Path,
    text_column: str,
    document_column: str | None,
    encoding: str,
) -> "Seen | None":
    from stance.seen import read_seen

    if train:
        return read_seen(train, text_column, document_column, encoding)
    from training.trained_on import find_seen

    return find_seen(folder)
