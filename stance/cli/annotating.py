"""The commands `stance annotate`: sentences to an annotation tool, and codes back from it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from stance import writers
from stance.annotation.merging import Merged, merge
from stance.annotation.tasks import read_tasks
from stance.annotation.tools import TOOLS, tool_of
from stance.cli import gold_labels
from stance.cli.guard import errors_for_people
from stance.cli.options import (
    ALL_LABELS,
    EncodingOption,
    IdColumnOption,
    LabelsOption,
    OurTextColumnOption,
    OverwriteOption,
    listed_labels,
)
from stance.cli.terminal import progress, say, some_of, working
from stance.errors import ConfigError

_LISTED: Final = ", ".join(TOOLS)
_OutOption = Annotated[Path, typer.Option(help="A .csv, .tsv or .jsonl file.")]

annotate = typer.Typer(
    help="Sentences to an annotation tool, codes back from it, and gold labels from them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(annotate, name="annotate")
    annotate.command("export")(export_tasks)
    annotate.command("import")(import_codes)
    gold_labels.register(annotate)


def export_tasks(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A file of sentences, such as a sample.")
    ],
    to: Annotated[str, typer.Option(help=f"The tool: {_LISTED}.")],
    out: Annotated[Path, typer.Option(help="The file for the tool.")],
    prelabel: Annotated[
        bool, typer.Option("--prelabel", help="With the model's labels and holders to start from.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="The model for --prelabel; default: the shipped one."),
    ] = None,
    labels: LabelsOption = ALL_LABELS,
    text_column: OurTextColumnOption = None,
    id_column: IdColumnOption = None,
    encoding: EncodingOption = "utf-8",
    overwrite: OverwriteOption = False,
) -> None:
    """Write sentences as tasks for an annotation tool, with what it needs to be set up.

    What stands beside OUT: a labelling config (Label Studio), label types (doccano), a script that
    makes the dataset (Argilla), or what layers to make (INCEpTION).
    """
    with errors_for_people():
        tool, names = tool_of(to, "--to"), listed_labels(labels)
        if model is not None and not prelabel:
            raise ConfigError("--model: is only used with --prelabel.")
        beside = {
            out.with_name(f"{out.name}.{end}"): text for end, text in tool.setup(names).items()
        }
        writers.format_of(out, tool.suffixes)
        for path in (out, *beside):
            writers.check_writable(path, overwrite=overwrite, sources=[source])
        with working(f"checking {source}"):
            tasks = read_tasks(source, text_column, id_column, encoding).tasks
        said = ""
        if prelabel:
            from stance.annotation.prelabels import prelabel as label
            from stance.classifier import StanceClassifier

            classifier = StanceClassifier.from_pretrained(model)
            if unknown := {*classifier.labels} - {*names}:
                raise ConfigError(
                    f"--labels {labels}: lacks {', '.join(sorted(unknown))}, which the model gives."
                )
            with progress(len(tasks), "labelling sentences") as advance:
                tasks = label(tasks, classifier, advance)
            said = f" with the labels of {classifier.folder.name}"
        name = classifier.folder.name if prelabel else ""
        writers.write_text(out, tool.export_tasks(tasks, name))
        for path, text in beside.items():
            writers.write_text(path, text)
        listed = " and ".join(path.name for path in beside)
        given = (
            ("--text-column", text_column, None),
            ("--id-column", id_column, None),
            ("--labels", labels, ALL_LABELS),
            ("--encoding", encoding, "utf-8"),
        )
        again = "".join(f" {option} {value}" for option, value, usual in given if value != usual)
        say(
            f"{len(tasks):,} sentences{said} are in {out}"
            f"{f'; {to} is set up with {listed}' if listed else ''}. What coders export again is "
            f"read by: stance annotate import FILE... --from {to} --source {source}"
            f"{again} --out coded.csv"
        )


def import_codes(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="What was exported from the tool.")
    ],
    tool_name: Annotated[str, typer.Option("--from", help=f"The tool: {_LISTED}.")],
    out: _OutOption,
    source: Annotated[
        Path | None,
        typer.Option(help="The file that was exported to the tool; its columns are kept."),
    ] = None,
    names: Annotated[str, typer.Option(help="What to call coders, such as 1=anna,2=bert.")] = "",
    labels: LabelsOption = ALL_LABELS,
    text_column: OurTextColumnOption = None,
    id_column: IdColumnOption = None,
    encoding: EncodingOption = "utf-8",
    overwrite: OverwriteOption = False,
) -> None:
    """Put what coders did in a tool beside the sentences: one table, a column a coder.

    Coders are called as in the tool; where a file does not say who coded it (doccano, inception,
    csv), as the file. Beside the column `anna` with the labels stands `anna_holders`.
    """
    with errors_for_people():
        tool, known = tool_of(tool_name, "--from"), listed_labels(labels)
        called = _names(names)
        fmt = writers.format_of(out, writers.SHEETS)
        sources = [*files, *([source] if source else [])]
        writers.check_writable(out, overwrite=overwrite, sources=sources)
        with working("reading"):
            tasks = read_tasks(source, text_column, id_column, encoding) if source else None
            # What the tools write is UTF-8; only a spreadsheet may have been saved otherwise.
            theirs = encoding if tool_name == "csv" else "utf-8"
            marks = [mark for path in files for mark in tool.read_marks(path, theirs)]
            merged = merge(marks, known, tasks, called)
        writers.write_text(out, writers.table_text(merged.records, fmt, merged.columns))
        _tell(merged, called, out)


def _names(value: str) -> dict[str, str]:
    """The names of an option such as ``--names 1=anna,2=bert``."""
    found: dict[str, str] = {}
    for part in value.split(",") if value else ():
        old, _, new = (one.strip() for one in part.rpartition("="))
        if not old or not new or old in found:
            raise ConfigError(f"--names {value!r:.80}: expected such as 1=anna,2=bert.")
        found[old] = new
    return found


def _tell(merged: Merged, called: Mapping[str, str], out: Path) -> None:
    """Say what was read, and what of it is not in the table."""
    counts = ", ".join(f"{coder} {merged.coded[coder]:,}" for coder in merged.coders)
    say(f"{len(merged.records):,} sentences are in {out}; coded by {counts}.")
    if n := sum(merged.skipped.values()):
        by = ", ".join(f"{coder or 'nobody'} {n:,}" for coder, n in sorted(merged.skipped.items()))
        say(f"{n:,} were passed over or left without a label, and are empty: {by}.")
    if merged.doubled:
        say(f"{merged.doubled:,} say the same as another of the same coder, and count once.")
    if merged.uncoded:
        say(f"{len(merged.uncoded):,} were coded by nobody: {some_of(merged.uncoded)}.")
    if unused := {*called.values()} - {*merged.coders}:
        say(f"--names calls nobody {', '.join(sorted(unused))}.")
