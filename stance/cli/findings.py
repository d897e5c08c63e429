"""The commands that lead from labels to shares: draw a sample to code, estimate with it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import typer

from stance import gold, labelled, writers
from stance.cli.guard import errors_for_people
from stance.cli.options import column_names
from stance.cli.terminal import make_console, progress, working
from stance.errors import ConfigError
from stance.printable import printable

_PLANNED: Final = (100, 200, 400, 800, 1600)
"""Sample sizes that are planned for, beside --n."""

_LabelledArgument = Annotated[
    Path, typer.Argument(metavar="LABELLED", help="A table that `stance label` wrote.")
]
_ByOption = Annotated[
    str, typer.Option(help="Columns that make groups, such as outlet,month (month from date).")
]
_OfOption = Annotated[
    str, typer.Option(help="Share of what: stance (not unrelated), all, or document.")
]
_LevelOption = Annotated[float, typer.Option(help="Of the intervals.")]
_DocumentOption = Annotated[
    str | None,
    typer.Option(help="Column that says which document a row is of; default: file and row."),
]
_EncodingOption = Annotated[str, typer.Option(help="Encoding of text inputs.")]
_OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace OUT.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(sample)
    app.command()(estimate)


def sample(
    source: _LabelledArgument,
    out: Annotated[
        Path | None, typer.Option(help="The file to fill in: .csv, .tsv or .jsonl.")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=2, help="Sentences to draw.")] = 400,
    by: _ByOption = "",
    plan: Annotated[
        bool, typer.Option("--plan", help="Draw nothing; show how wide intervals will be.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the random numbers.")] = 1,
    with_labels: Annotated[
        bool, typer.Option("--with-labels", help="Show coders the predicted label.")
    ] = False,
    of: _OfOption = "stance",
    level: _LevelOption = 0.95,
    document: _DocumentOption = None,
    encoding: _EncodingOption = "utf-8",
    overwrite: _OverwriteOption = False,
) -> None:
    """Draw a probability sample of labelled sentences for people to code."""
    with errors_for_people():
        if plan == (out is not None):
            raise ConfigError("give --out FILE to draw a sample, or --plan to plan one.")
        _check_options(of, level)
        if out is not None:
            fmt = writers.format_of(out, writers.SHEETS)
            writers.check_writable(out, overwrite=overwrite, sources=[source])
        from stance import findings, sampling
        from stance.groups import make_groups

        names = column_names(by, "--by")
        table = _read(source, names, document, encoding)
        if out is None:
            sizes = sorted({*_PLANNED, n})
            _show_plan(findings.plan(table, names, sizes, of, level), sizes, of, level)  # type: ignore[arg-type]
            return
        groups = make_groups(table.columns, names, len(table.ids), source)
        drawn = sampling.draw(table.labelled, groups.codes, n, seed)
        shown = [name for name in names if name in table.columns]
        text = gold.sample_text(table, drawn, fmt, shown, with_labels=with_labels)
        writers.write_text(out, text)
        options = f" --by {by}" if by else ""
        options += f" --document {document}" if document else ""
        print(
            f"stance: {len(drawn.rows):,} of {len(table.ids):,} sentences are in "
            f"{printable(str(out))}; fill in the column gold "
            f"({', '.join(table.labelled.labels)}), then: stance estimate "
            f"{printable(f'{source} {out}{options}')}",
            file=sys.stderr,
        )


def estimate(
    source: _LabelledArgument,
    coded: Annotated[
        Path, typer.Argument(metavar="GOLD", help="The file that sample wrote, filled in.")
    ],
    by: _ByOption = "",
    of: _OfOption = "stance",
    compare: Annotated[
        str | None, typer.Option(help="Differences between the values of this column of --by.")
    ] = None,
    level: _LevelOption = 0.95,
    out: Annotated[Path | None, typer.Option(help="A .csv or .json file.")] = None,
    document: _DocumentOption = None,
    encoding: _EncodingOption = "utf-8",
    overwrite: _OverwriteOption = False,
) -> None:
    """Estimate the share of each label, corrected for the errors of the model."""
    with errors_for_people():
        _check_options(of, level)
        from stance import findings

        if out is not None:
            findings.as_text([], out)  # the suffix is checked before any work
            writers.check_writable(out, overwrite=overwrite, sources=[source, coded])
        names = column_names(by, "--by")
        if compare is not None and compare not in names:
            raise ConfigError(f"--compare {compare}: is none of --by {by or '(nothing)'}.")
        table = _read(source, names, document, encoding)
        sample = gold.read_gold(coded, table, encoding)
        with working("estimating"):
            if compare is None:
                records = findings.shares(table, sample, names, of, level)  # type: ignore[arg-type]
            else:
                records = findings.differences(table, sample, names, compare, of, level)  # type: ignore[arg-type]
        if out is not None:
            writers.write_text(out, findings.as_text(records, out))
        _show(records, names, of, level)


def _check_options(of: str, level: float) -> None:
    from stance.population import Of

    if of not in get_args(Of):
        raise ConfigError(f"--of {of}: expected one of {', '.join(get_args(Of))}.")
    if not 0 < level < 1:
        raise ConfigError(f"--level {level}: expected a number between 0 and 1, such as 0.95.")


def _read(
    source: Path, names: Sequence[str], document: str | None, encoding: str
) -> labelled.LabelledTable:
    with working(f"checking {source}"):
        table = labelled.open_labelled(source, encoding)
    with progress(table.n_rows, "reading sentences") as advance:
        return labelled.read_labelled(table, names, document, advance)


def _show(records: Sequence[dict[str, Any]], names: Sequence[str], of: str, level: float) -> None:
    from stance.display import record_table
    from stance.findings import MEANING
    from stance.prevalence import LEAST_DOCUMENTS, LEAST_EVENTS, LEAST_GOLD

    console = make_console()
    console.print(f"{MEANING[of]}; {100 * level:.4g} % intervals for the stream of documents\n")
    console.print(record_table([_cells(record, names) for record in records]))
    if any(record["flag"] for record in records):
        console.print(
            f"\ntoo thin to report: fewer than {LEAST_GOLD} gold sentences that count, "
            f"{LEAST_EVENTS} with or without the label, or {LEAST_DOCUMENTS} documents with gold; "
            "--out FILE says which."
        )


def _cells(record: dict[str, Any], names: Sequence[str]) -> dict[str, str]:
    """A record as people read it."""
    cells = {name: str(record[name]) for name in names if name in record}
    interval = ""
    if record["low"] is not None:
        interval = f"{100 * record['low']:.1f} to {100 * record['high']:.1f}"
    if "difference" in record:
        cells |= {name: record[name] for name in ("from", "to", "label")}
        cells["difference"] = f"{100 * record['difference']:+.1f}"
        return cells | {"interval": interval, "flag": _flag(record)}
    cells |= {"label": record["label"], "n": f"{record['n']:,}", "gold": str(record["n_gold"])}
    cells |= {name: _percent(record[name]) for name in ("naive", "corrected")}
    gain = "" if record["gain"] is None else f"{record['gain']:.1f}"
    return cells | {"interval": interval, "gain": gain, "flag": _flag(record)}


def _flag(record: dict[str, Any]) -> str:
    return "too thin" if record["flag"] else ""


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"


def _show_plan(
    records: Sequence[dict[str, Any]], sizes: Sequence[int], of: str, level: float
) -> None:
    from stance.display import record_table
    from stance.findings import MEANING

    console = make_console()
    console.print(
        f"width of the {100 * level:.4g} % interval, in points, by sentences coded; {MEANING[of]}. "
        "It rests on the model's probabilities: a model worse than it says has wider ones.\n"
    )
    widths = [f"width_{n}" for n in sizes]
    rows = []
    for record in records:
        cells = {name: str(value) for name, value in record.items() if name not in widths}
        cells |= {"n": f"{record['n']:,}", "naive": _percent(record["naive"])}
        rows.append(cells | {f"{n:,}": _percent(record[f"width_{n}"]) for n in sizes})
    console.print(record_table(rows))
