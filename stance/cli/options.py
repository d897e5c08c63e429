"""Options that several commands share, and their checks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from stance.errors import ConfigError
from stance.labels import LABELS
from stance.population import Of

LabelledArgument = Annotated[
    Path, typer.Argument(metavar="LABELLED", help="A table that `stance label` wrote.")
]
OfOption = Annotated[
    str, typer.Option(help="Share of what: stance (not unrelated), all, or document.")
]
LevelOption = Annotated[float, typer.Option(help="Of the intervals.")]
DocumentOption = Annotated[
    str | None,
    typer.Option(help="Column that says which document a row is of; default: file and row."),
]
EncodingOption = Annotated[str, typer.Option(help="Encoding of text inputs.")]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace OUT.")]
EscapeOption = Annotated[
    bool,
    typer.Option(
        "--escape-formulas",
        help="In csv, put an apostrophe before text that a spreadsheet would run as a formula.",
    ),
]
ByOption = Annotated[
    str, typer.Option(help="Columns that make groups, such as outlet,month (month from date).")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="A trained folder, or user/name[@revision] on the hub; default: the shipped model.",
    ),
]
TextColumnOption = Annotated[str, typer.Option(help="Column with the sentences.")]
ALL_LABELS: Final = ",".join(LABELS)
CodersOption = Annotated[
    str, typer.Option(help="Columns with the labels of the coders, such as anna,bert,carla.")
]
LabelsOption = Annotated[str, typer.Option(help="The labels that may occur, separated by commas.")]
IdColumnOption = Annotated[
    str | None,
    typer.Option(help="Column that tells sentences apart; default: id, or those of a sample."),
]
OurTextColumnOption = Annotated[
    str | None, typer.Option("--text-column", help="Default: sentence, else text.")
]
LabelColumnOption = Annotated[str, typer.Option(help="Column with the labels.")]


def check_options(of: str, level: float, known: Sequence[str] = get_args(Of)) -> None:
    """Check what shares are of (one of `known`), and the level of their intervals.

    Raises:
        ConfigError: if one is none that there is.
    """
    if of not in known:
        raise ConfigError(f"--of {of}: expected one of {', '.join(known)}.")
    if not 0 < level < 1:
        raise ConfigError(f"--level {level}: expected a number between 0 and 1, such as 0.95.")


def check_escapes(out: Path | None, *, escape_formulas: bool) -> None:
    """Check that there is a csv whose formulas can be escaped, if that is asked.

    Raises:
        ConfigError: if not.
    """
    if escape_formulas and (out is None or out.suffix.lower() != ".csv"):
        raise ConfigError("--escape-formulas: is for csv; give --out FILE.csv, or leave it out.")


def column_names(value: str, option: str) -> list[str]:
    """The names of an option such as ``--by outlet,month``; none if it is empty.

    Raises:
        ConfigError: if a name is empty or stands twice.
    """
    names = [name.strip() for name in value.split(",")] if value else []
    if not all(names) or len(set(names)) < len(names):
        raise ConfigError(f"{option} {value!r:.80}: expected column names, each once, such as a,b.")
    return names


def listed_labels(value: str) -> list[str]:
    """The labels of an option such as ``--labels favor,against``.

    Raises:
        ConfigError: if there is none, or one stands twice.
    """
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names or len(set(names)) < len(names):
        raise ConfigError(f"--labels {value!r:.80}: expected names, each once, such as a,b.")
    return names
