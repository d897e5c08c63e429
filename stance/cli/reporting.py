"""`stance report`: a labelled table, and a coded sample of it, as a page."""

import sys
from pathlib import Path
from typing import Annotated, get_args

import typer

from stance import writers
from stance.cli.guard import errors_for_people
from stance.cli.options import (
    DocumentOption,
    EncodingOption,
    LabelledArgument,
    LevelOption,
    OfOption,
    OverwriteOption,
    check_options,
    column_names,
)
from stance.cli.terminal import progress, working
from stance.errors import ConfigError, OutputError
from stance.printable import printable

_SUFFIXES = (".html", ".htm")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(report)


def report(
    source: LabelledArgument,
    out: Annotated[Path, typer.Option(help="The page, an .html file.")],
    gold: Annotated[
        Path | None,
        typer.Option(help="The file that sample wrote, filled in: shares are corrected by it."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help="Columns that each get a section; default: outlet, if present."),
    ] = None,
    lang: Annotated[str, typer.Option(help="Of the page: nl or en.")] = "en",
    time: Annotated[
        str, typer.Option(help="Shares by month, year or none; auto chooses.")
    ] = "auto",
    of: OfOption = "stance",
    level: LevelOption = 0.95,
    document: DocumentOption = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="The model that labelled, for its calibration."),
    ] = None,
    examples: Annotated[
        int, typer.Option(min=0, max=500, help="Example sentences at the most.")
    ] = 200,
    seed: Annotated[int, typer.Option(min=0, help="By which they are drawn.")] = 1,
    encoding: EncodingOption = "utf-8",
    overwrite: OverwriteOption = False,
) -> None:
    """Make a page of shares, holders and example sentences: one html file."""
    with errors_for_people():
        from stance.labelled import open_labelled
        from stance.report.page import check_installed, make_page
        from stance.report.study import Time, View, read_study
        from stance.report.words import Language

        check_options(of, level)
        for option, value, known in (
            ("--lang", lang, get_args(Language)),
            ("--time", time, get_args(Time)),
        ):
            if value not in known:
                raise ConfigError(f"{option} {value}: expected one of {', '.join(known)}.")
        columns = None if by is None else tuple(column_names(by, "--by"))
        _check_out(out, overwrite=overwrite, sources=[source, *([gold] if gold else [])])
        check_installed()
        view = View(columns, time, of, level, lang, examples, seed)  # type: ignore[arg-type]
        with working(f"checking {source}"):
            table = open_labelled(source, encoding)
        with progress(2 * table.n_rows, "reading sentences") as advance:
            study = read_study(
                table,
                gold,
                view,
                document=document,
                model=model,
                encoding=encoding,
                progress=advance,
            )
        with working("drawing the page"):
            page = make_page(study, view)
        writers.write_text(out, page)
        print(f"stance: {printable(str(out))}: {_told(len(page.encode()), gold)}", file=sys.stderr)


def _check_out(out: Path, *, overwrite: bool, sources: list[Path]) -> None:
    if out.suffix.lower() not in _SUFFIXES:
        raise OutputError(f"{out}: the suffix is {out.suffix or 'missing'!r}, expected .html.")
    writers.check_writable(out, overwrite=overwrite, sources=sources)


def _told(size: int, gold: Path | None) -> str:
    corrected = (
        "shares are corrected by the sample"
        if gold is not None
        else "shares are not corrected: draw a sample (stance sample) and give it with --gold"
    )
    return f"{size / 1000:,.0f} kB, {corrected}."
