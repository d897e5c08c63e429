"""The command `stance agreement`: several coders of the same rows held against each other."""

from pathlib import Path
from typing import Annotated

import typer

from stance import writers
from stance.cli.guard import errors_for_people
from stance.cli.options import (
    ALL_LABELS,
    CodersOption,
    EncodingOption,
    IdColumnOption,
    LabelsOption,
    OurTextColumnOption,
    column_names,
    listed_labels,
)
from stance.cli.terminal import make_console, working
from stance.errors import OutputError


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(agreement)


def agreement(
    file: Annotated[Path, typer.Argument(help="A file with a column of labels a coder.")],
    coders: CodersOption,
    document: Annotated[
        str | None,
        typer.Option(help="Column that says which document a row is of; default: group, else row."),
    ] = None,
    disagreements: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the rows on which coders differ to it."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write everything to a .json file, or measures to a .csv.")
    ] = None,
    labels: LabelsOption = ALL_LABELS,
    text_column: OurTextColumnOption = None,
    id_column: IdColumnOption = None,
    encoding: EncodingOption = "utf-8",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the outputs.")] = False,
) -> None:
    """Show how far coders agree: alpha, kappa, percentage, and F1 against the others.

    Intervals hold 95 % of the draws of a bootstrap over documents. Holders are compared where every
    coder has a column of them, such as anna_holders.
    """
    with errors_for_people():
        people, known = column_names(coders, "--coders"), listed_labels(labels)
        for path, suffixes in ((out, ("json", "csv")), (disagreements, writers.SHEETS)):
            if path is not None:
                writers.format_of(path, suffixes)
                writers.check_writable(path, overwrite=overwrite, sources=[file])
        if (
            out is not None
            and disagreements is not None
            and out.resolve() == disagreements.resolve()
        ):
            raise OutputError(f"{out}: is named by --out and by --disagreements; choose two names.")
        from stance.agreement import agreement as agree
        from stance.agreement_report import agreement_text
        from stance.cli.agreement_tables import show_agreement
        from stance.coded_file import read_coded
        from stance.disagreements import disagreements_text

        with working(f"reading {file}"):
            coded = read_coded(
                file, people, known, text_column=text_column, id_column=id_column,
                document_column=document, encoding=encoding,
            )  # fmt: skip
        listed = ""
        if disagreements is not None:
            fmt = writers.format_of(disagreements, writers.SHEETS)
            listed = disagreements_text(coded, fmt)
        with working("comparing coders"):
            report = agree(coded)
        if out is not None:
            writers.write_text(out, agreement_text(report, out))
        if disagreements is not None:
            writers.write_text(disagreements, listed)
        show_agreement(report, make_console())
