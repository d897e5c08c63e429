"""The commands that lead from labels to shares: draw a sample to code, estimate with it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import typer

from stance import gold, labelled, writers
from stance.cli.guard import errors_for_people
from stance.cli.options import (
    ByOption,
    DocumentOption,
    EncodingOption,
    EscapeOption,
    LabelledArgument,
    LevelOption,
    OfOption,
    OverwriteOption,
    check_escapes,
    check_options,
    column_names,
)
from stance.cli.share_tables import show_plan, show_shares
from stance.cli.terminal import progress, working
from stance.errors import ConfigError
from stance.gold_holders import GOLD_HOLDERS, read_gold_holders
from stance.labels import SIDES
from stance.population import Gold, Of
from stance.printable import printable
from stance.sides import Among, Sides

_PLANNED: Final = (100, 200, 400, 800, 1600)
"""Sample sizes that are planned for, beside --n."""

_OfAnyOption = Annotated[
    str,
    typer.Option(
        help="Share of what: stance (not unrelated), all, document; with --holders stance, all, "
        "or side (in which the holder takes one)."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(sample)
    app.command()(estimate)


def sample(
    source: LabelledArgument,
    out: Annotated[
        Path | None, typer.Option(help="The file to fill in: .csv, .tsv or .jsonl.")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=2, help="Sentences to draw.")] = 400,
    by: ByOption = "",
    plan: Annotated[
        bool, typer.Option("--plan", help="Draw nothing; show how wide intervals will be.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the random numbers.")] = 1,
    with_labels: Annotated[
        bool, typer.Option("--with-labels", help="Show coders the predicted label.")
    ] = False,
    of: OfOption = "stance",
    level: LevelOption = 0.95,
    document: DocumentOption = None,
    encoding: EncodingOption = "utf-8",
    overwrite: OverwriteOption = False,
) -> None:
    """Draw a probability sample of labelled sentences for people to code."""
    with errors_for_people():
        if plan == (out is not None):
            raise ConfigError("give --out FILE to draw a sample, or --plan to plan one.")
        check_options(of, level)
        if out is not None:
            fmt = writers.format_of(out, writers.SHEETS)
            writers.check_writable(out, overwrite=overwrite, sources=[source])
        from stance import findings, sampling
        from stance.groups import make_groups

        names = column_names(by, "--by")
        table = _read(source, names, document, encoding)
        if out is None:
            sizes = sorted({*_PLANNED, n})
            records = findings.plan(table, names, sizes, of, level)  # type: ignore[arg-type]
            show_plan(records, sizes, findings.MEANING[of], level)
            return
        groups = make_groups(table.columns, names, len(table.ids), source)
        drawn = sampling.draw(table.labelled, groups.codes, n, seed)
        shown = [name for name in names if name in table.columns]
        text = gold.sample_text(table, drawn, fmt, shown, with_labels=with_labels)
        writers.write_text(out, text)
        options = f" --by {by}" if by else ""
        options += f" --document {document}" if document else ""
        holders = f" and, for shares of holders, {GOLD_HOLDERS}" if table.tells_holders else ""
        print(
            f"stance: {len(drawn.rows):,} of {len(table.ids):,} sentences are in "
            f"{printable(str(out))}; fill in the column gold "
            f"({', '.join(table.labelled.labels)}){holders}, then: stance estimate "
            f"{printable(f'{source} {out}{options}')}",
            file=sys.stderr,
        )


def estimate(
    source: LabelledArgument,
    coded: Annotated[
        Path, typer.Argument(metavar="GOLD", help="The file that sample wrote, filled in.")
    ],
    by: ByOption = "",
    of: _OfAnyOption = "stance",
    holders: Annotated[
        str | None,
        typer.Option(
            help="Shares in which actors take a side, of those named, apart by commas, of the "
            "most frequent (most), or of all."
        ),
    ] = None,
    compare: Annotated[
        str | None, typer.Option(help="Differences between the values of this column of --by.")
    ] = None,
    level: LevelOption = 0.95,
    out: Annotated[Path | None, typer.Option(help="A .csv or .json file.")] = None,
    escape_formulas: EscapeOption = False,
    document: DocumentOption = None,
    encoding: EncodingOption = "utf-8",
    overwrite: OverwriteOption = False,
) -> None:
    """Estimate the share of each label, or of each side of holders, corrected for the model."""
    with errors_for_people():
        check_options(of, level, get_args(Of if holders is None else Among))
        from stance import findings

        check_escapes(out, escape_formulas=escape_formulas)
        if out is not None:
            findings.as_text([], out)  # the suffix is checked before any work
            writers.check_writable(out, overwrite=overwrite, sources=[source, coded])
        names = column_names(by, "--by")
        if compare is not None and compare not in names:
            raise ConfigError(f"--compare {compare}: is none of --by {by or '(nothing)'}.")
        table = _read(source, names, document, encoding, holders=holders is not None)
        sample = gold.read_gold(coded, table, encoding)
        meaning = findings.MEANING.get(of, "")
        if holders is not None:
            sides = read_gold_holders(coded, sample, table.labelled.labels, encoding)
            records, meaning = _of_holders(table, sample, sides, holders, names, compare, of, level)
        elif compare is None:
            with working("estimating"):
                records = findings.shares(table, sample, names, of, level)  # type: ignore[arg-type]
        else:
            with working("estimating"):
                records = findings.differences(table, sample, names, compare, of, level)  # type: ignore[arg-type]
        if out is not None:
            text = findings.as_text(records, out, escape_formulas=escape_formulas)
            writers.write_text(out, text)
        show_shares(records, names, meaning, level)


def _of_holders(
    table: labelled.LabelledTable,
    sample: Gold,
    sides: Sides,
    holders: str,
    names: Sequence[str],
    compare: str | None,
    of: str,
    level: float,
) -> tuple[list[dict[str, Any]], str]:
    """Shares or differences of holders, and what they are of."""
    from stance import holder_findings as found

    study = found.make_study(table, sample, sides)
    actors = found.choose_actors(study, holders)
    with progress(len(actors) * len(SIDES), "estimating") as advance:
        if compare is None:
            records = found.holder_shares(study, actors, names, of, level, advance)  # type: ignore[arg-type]
        else:
            records = found.holder_differences(study, actors, names, compare, of, level, advance)  # type: ignore[arg-type]
    return records, found.HOLDER_MEANING[of]


def _read(
    source: Path,
    names: Sequence[str],
    document: str | None,
    encoding: str,
    *,
    holders: bool = False,
) -> labelled.LabelledTable:
    with working(f"checking {source}"):
        table = labelled.open_labelled(source, encoding)
    with progress(table.n_rows, "reading sentences") as advance:
        return labelled.read_labelled(table, names, document, advance, holders=holders)
