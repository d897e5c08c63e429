"""`stance annotate settle` and `suspects`: gold labels, and those that may be wrong."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from stance import writers
from stance.cli.guard import errors_for_people, needs_training
from stance.cli.options import (
    ALL_LABELS,
    CodersOption,
    EncodingOption,
    IdColumnOption,
    LabelsOption,
    OurTextColumnOption,
    OverwriteOption,
    column_names,
    listed_labels,
)
from stance.cli.terminal import make_console, progress, say, some_of, working
from stance.errors import ConfigError
from stance.model_folder import SHIPPED
from stance.printable import printable

_SHOWN: Final = 10
"""Suspects that are shown."""


def register(app: typer.Typer) -> None:
    """Add the commands to `stance annotate`."""
    app.command("settle")(settle_codes)
    app.command()(suspects)


def settle_codes(
    file: Annotated[Path, typer.Argument(help="A file with a column of labels a coder.")],
    coders: CodersOption,
    out: Annotated[Path, typer.Option(help="A .csv, .tsv or .jsonl file.")],
    by: Annotated[str, typer.Option(help="majority: what most coders say.")] = "majority",
    decisions: Annotated[
        Path | None,
        typer.Option(help="A file with a column gold, such as the list of disagreements."),
    ] = None,
    labels: LabelsOption = ALL_LABELS,
    text_column: OurTextColumnOption = None,
    id_column: IdColumnOption = None,
    encoding: EncodingOption = "utf-8",
    overwrite: OverwriteOption = False,
) -> None:
    """Settle what coders say to one gold label a sentence.

    Decisions win over the majority; ties stay empty and are listed. The share of the coders that
    gave each label is in the columns soft_favor and so on, to train on.
    """
    with errors_for_people():
        if by != "majority":
            raise ConfigError(f"--by {by}: expected majority; decisions come from --decisions.")
        people, known = column_names(coders, "--coders"), listed_labels(labels)
        fmt = writers.format_of(out, writers.SHEETS)
        sources = [file, *([decisions] if decisions else [])]
        writers.check_writable(out, overwrite=overwrite, sources=sources)
        from stance.coded_file import read_coded
        from stance.settling import read_decisions, settle

        with working(f"reading {file}"):
            coded = read_coded(
                file, people, known, text_column=text_column, id_column=id_column, encoding=encoding
            )
            decided = read_decisions(decisions, coded, id_column, encoding) if decisions else {}
            settled = settle(coded, decided)
        writers.write_text(out, writers.table_text(settled.records, fmt, settled.columns))
        counts = ", ".join(f"{how} {n:,}" for how, n in settled.how.most_common())
        say(f"{len(settled.records):,} sentences are in {out}; settled by: {counts}.")
        if settled.ties:
            say(
                f"{len(settled.ties):,} ties have no gold label: {some_of(settled.ties)}; decide "
                "them in the list of `stance agreement --disagreements` and give it as --decisions."
            )
        if settled.lost_holders:
            say(f"{settled.lost_holders:,} holders that a coder marked are not in the gold.")


def suspects(
    file: Annotated[Path, typer.Argument(help="A labelled .csv, .tsv, .jsonl or .parquet file.")],
    out: Annotated[
        Path | None, typer.Option(help="Write all suspects to a .csv, .tsv or .jsonl file.")
    ] = None,
    folds: Annotated[
        int, typer.Option(min=2, help="Parts of the file; each is judged by the others.")
    ] = 5,
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help=f"Have this model ({SHIPPED.name}: the shipped one) judge instead, all rows but "
            "those that it has learnt from.",
        ),
    ] = None,
    labels: LabelsOption = ALL_LABELS,
    text_column: Annotated[str | None, typer.Option(help="Default: sentence, else text.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Default: gold, else label.")] = None,
    context_column: Annotated[str | None, typer.Option(help="Default: context, if there.")] = None,
    document: Annotated[
        str | None, typer.Option(help="Column of what must stay in one part; default: group.")
    ] = None,
    encoding: EncodingOption = "utf-8",
    overwrite: OverwriteOption = False,
) -> None:
    """List labels that may be wrong, by confident learning (cleanlab), the likeliest first.

    By default a linear model judges each fifth of the file that learnt from the other four.
    """
    with errors_for_people(), needs_training():
        known = listed_labels(labels)
        if out is not None:
            fmt = writers.format_of(out, writers.SHEETS)
            writers.check_writable(out, overwrite=overwrite, sources=[file])
        from training import suspects as found

        with working(f"checking {file}"):
            rows = found.read_labels(
                file, known, text_column, label_column, context_column, document, encoding
            )
        if model is None:
            with progress(folds, "training") as advance:
                judged = found.judge_by_folds(rows, known, folds, advance)
        else:
            with progress(len(rows), "labelling rows") as advance:
                shipped = str(model) == SHIPPED.name and not model.exists()
                folder = SHIPPED if shipped else model
                judged = found.judge_by_model(rows, known, folder, advance)
        records = found.find_suspects(judged, known)
        if out is not None:
            writers.write_text(out, writers.sheet_text(records, fmt, found.columns(known)))
        if judged.left_out:
            say(f"{judged.left_out:,} rows were not judged: {judged.why}.")
        _show_suspects(records, len(judged.rows), judged.by)


def _show_suspects(records: Sequence[Mapping[str, Any]], n: int, by: str) -> None:
    from stance.display import record_table

    console = make_console()
    head = f"{len(records):,} of {n:,} labels are suspect, judged by {by}\n"
    console.print(printable(head))
    names = ("row", "label", "suggested", "reason", "text")
    if records:
        shown = [{name: str(one[name]) for name in names} for one in records[:_SHOWN]]
        console.print(record_table(shown))
    if len(records) > _SHOWN:
        console.print(f" ... and {len(records) - _SHOWN:,} more; --out FILE has all.")
