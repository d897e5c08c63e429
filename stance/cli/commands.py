"""The commands of `stance`: read options, call the library, show what came of it."""

import contextlib
import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from stance import __version__, readers, tables, writers
from stance.cli import (
    agreeing,
    annotating,
    calibrating,
    evaluating,
    explaining,
    findings,
    publishing,
    reporting,
)
from stance.cli.guard import errors_for_people, needs_training
from stance.cli.labelling import label_file, show_document
from stance.cli.options import (
    ALL_LABELS,
    EscapeOption,
    LabelColumnOption,
    LabelsOption,
    ModelOption,
    TextColumnOption,
    listed_labels,
)
from stance.cli.terminal import make_console, working
from stance.errors import ConfigError, InputError
from stance.ray_engine import RayEngine
from stance.records import wanted
from stance.standard_input import spooled_stdin

app = typer.Typer(
    name="stance",
    help="Where does a Dutch sentence stand toward sanctions?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
findings.register(app)
calibrating.register(app)
reporting.register(app)
evaluating.register(app)
explaining.register(app)
publishing.register(app)
agreeing.register(app)
annotating.register(app)

_ConfigArgument = Annotated[
    str, typer.Argument(help="A YAML file, or the name of a carried config.")
]
_SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a key.")
]
_RunOption = Annotated[
    Path | None, typer.Option("--out", help="Output folder; default: runs/<config name>.")
]
_ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with a run that was interrupted.")
]
_MOST_FAULTS: Final = 50
"""Faults of labelled files that are listed."""
_NO_OUT: Final = "give --out FILE (only a .txt document is shown as a table)."
_INTERRUPTED_LABELLING: Final = (
    "interrupted; no half-written file was left. The same command goes on where it was."
)
_INTERRUPTED_RUN: Final = "interrupted; go on with the same command and --resume."
_EncodingOption = Annotated[str, typer.Option(help="Encoding of a text input.")]


def _format(value: str | None, known: tuple[str, ...], option: str) -> Any:
    if value is not None and value not in known:
        raise ConfigError(f"{option} {value}: expected one of {', '.join(known)}.")
    return value


def _version(value: bool) -> None:
    if value:
        print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    pass


@app.command()
def label(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="A file, folder or 'pattern'; - is standard input.")
    ],
    out: Annotated[
        str | None, typer.Option(help="A file, or a folder/ of parts; - is standard output.")
    ] = None,
    model: ModelOption = None,
    text_column: Annotated[str, typer.Option(help="Column with the texts.")] = "text",
    context_column: Annotated[
        str | None, typer.Option(help="Column with the sentence before each text.")
    ] = None,
    sentences: Annotated[
        bool, typer.Option("--sentences", help="Each row is one sentence; do not split.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace OUT and what is beside it.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw away what an interrupted run has finished.")
    ] = False,
    long_holders: Annotated[
        bool, typer.Option("--long-holders", help="A row a holder, not a row a sentence.")
    ] = False,
    holder: Annotated[
        str | None, typer.Option(help="Only sentences in which one of these takes a side.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Only sentences on sanctions against one of these.")
    ] = None,
    abstain_below: Annotated[
        float | None, typer.Option(min=0, max=1, help="Mark sentences with a lower score.")
    ] = None,
    escape_formulas: EscapeOption = False,
    encoding: _EncodingOption = "utf-8",
    from_format: Annotated[
        str | None, typer.Option("--from", help="Format of IN; default: by suffix, - is txt.")
    ] = None,
    to_format: Annotated[
        str | None, typer.Option("--to", help="Format of OUT; default: by suffix, - is csv.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="local, or ray: the cluster that Ray is connected to.")
    ] = "local",
    workers: Annotated[int, typer.Option(min=1, help="Models on the cluster.")] = 1,
    cpus: Annotated[float, typer.Option(min=0.5, help="Cores for each of them.")] = 1,
    gpus: Annotated[float, typer.Option(min=0, help="GPUs for each of them.")] = 0,
) -> None:
    """Label the sentences of files.

    IN is .txt (one document), .csv, .tsv, .jsonl or .parquet (one document a row), a folder of such
    files, or a pattern as 'news/*.csv'; OUT is .csv, .tsv, .jsonl or .parquet. Without --out a .txt
    document is shown as a table. An interrupted run goes on when it is started again.
    """
    with errors_for_people(_INTERRUPTED_LABELLING), contextlib.ExitStack() as stack:
        in_format = _format(from_format, readers.FORMATS, "--from")
        out_format = _format(to_format, writers.FORMATS, "--to")
        if _format(engine, ("local", "ray"), "--engine") == "ray" and out in (None, "-"):
            raise ConfigError("--engine ray: give --out FILE or --out FOLDER/.")
        path = Path(source)
        if source == "-":
            path = stack.enter_context(spooled_stdin())
            in_format = in_format or "txt"
        if out is None and (path.is_dir() or (in_format or readers.format_of(path)) != "txt"):
            raise ConfigError(_NO_OUT)
        with working(f"checking {source}"):
            job = tables.prepare(
                path,
                None if out in (None, "-") else Path(str(out)),
                source_format=in_format,
                out_format=out_format,
                out_is_folder=(out or "").endswith("/"),
                text_column=text_column,
                context_column=context_column,
                sentences=sentences,
                overwrite=overwrite,
                restart=restart,
                long_holders=long_holders,
                wanted=wanted(holder, target),
                abstain_below=abstain_below,
                escape_formulas=escape_formulas,
                encoding=encoding,
            )
        of_files = (long_holders, holder, target, abstain_below is not None, escape_formulas)
        if out is None and any(of_files):
            options = "--long-holders, --holder, --target, --abstain-below, --escape-formulas"
            raise ConfigError(f"{options}: give --out FILE.")
        if out is None and not job.inputs.is_document:
            raise ConfigError(_NO_OUT)
        if out is None:
            show_document(job, model)
        else:
            label_file(job, model, RayEngine(workers, cpus, gpus) if engine == "ray" else None)


@app.command()
def train(
    config: _ConfigArgument,
    overrides: _SetOption = None,
    out: _RunOption = None,
    resume: _ResumeOption = False,
) -> None:
    """Train a model from a config file."""
    with errors_for_people(_INTERRUPTED_RUN), needs_training():
        from training.config import load_config

        checked = load_config(config, overrides or [])
        folder = out or Path("runs") / Path(config).stem
        from training.procedure import train as run

        metrics = run(checked, folder, resume=resume)
        if metrics is not None:  # None in the helper processes of torchrun
            scores = metrics.get("test") or metrics["validation"]
            low, high = scores["intervals"]["macro_f1"]
            print(
                f"{folder}: macro-F1 {scores['macro_f1']:.3f} (95 % interval {low:.3f} to "
                f"{high:.3f}) on {scores['n']} {'test' if 'test' in metrics else 'validation'} "
                "sentences; metrics.json has the rest."
            )


@app.command()
def pretrain(
    config: _ConfigArgument,
    overrides: _SetOption = None,
    out: _RunOption = None,
    resume: _ResumeOption = False,
) -> None:
    """Train an encoder on plain text: domain adaptation, or a language model of your own."""
    with errors_for_people(_INTERRUPTED_RUN), needs_training():
        from training.config import load_config
        from training.pretrain_settings import PretrainConfig

        checked = load_config(config, overrides or [], PretrainConfig)
        folder = out or Path("runs") / Path(config).stem
        from training.pretrain import pretrain as run

        metrics = run(checked, folder, resume=resume)
        if metrics is not None:  # None in the helper processes of torchrun
            print(
                f"{folder}: loss {metrics['validation_loss']:.3f} on held-out text after "
                f"{metrics['tokens_seen']:,} tokens; pretrain_metrics.json has the curve."
            )


@app.command()
def export(
    model: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that train wrote.")],
) -> None:
    """Write ONNX files (fp32 and int8) into DIR/onnx, checked against torch."""
    with errors_for_people(), needs_training():
        from training.export import export as run

        with working(f"exporting {model}"):
            report = run(model)
        for name in ("fp32", "int8"):
            one = report[name]
            print(
                f"{model}/{one['file']}: {one['megabytes']:.1f} MB, agrees with torch on "
                f"{one['agreement']:.2%} of {report['n']} validation sentences, "
                f"macro-F1 {one['macro_f1']:.3f} (torch {report['torch_macro_f1']:.3f})"
            )
        print(f"used by default: {report['default']} ({report['reason']})")


@app.command()
def check(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="[MODEL]", help="A folder, or a name on the hub; default: the shipped model."
        ),
    ] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the failures to this file.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT.")] = False,
) -> None:
    """Run behavioural cases: negation, lifting against extending, other senses and the like."""
    with errors_for_people():
        if json_out is not None:
            writers.check_writable(json_out, overwrite=overwrite)
        from stance.classifier import StanceClassifier
        from training.behaviour import as_counts, as_table, check_behaviour, load_cases

        outcomes = check_behaviour(StanceClassifier.from_pretrained(model), load_cases())
        if json_out is not None:
            writers.write_text(json_out, json.dumps(as_counts(outcomes), indent=2) + "\n")
        make_console().print(as_table(outcomes))


@app.command("check-data")
def check_data(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Labelled files, checked as one corpus.")
    ],
    labels: LabelsOption = ALL_LABELS,
    text_column: TextColumnOption = "text",
    label_column: LabelColumnOption = "label",
    encoding: _EncodingOption = "utf-8",
) -> None:
    """Check labelled files: labels, holders, ids, groups, duplicates, leaks between splits."""
    with errors_for_people(), needs_training():
        from training.check import as_tables, check_files

        names = listed_labels(labels)
        with working("checking"):
            report = check_files(
                files,
                labels=names,
                text_column=text_column,
                label_column=label_column,
                encoding=encoding,
            )
        console = make_console()
        for table in as_tables(report, names):
            console.print(table)
        if report.faults:
            count = "1 fault" if len(report.faults) == 1 else f"{len(report.faults)} faults"
            shown = report.faults[:_MOST_FAULTS]
            if len(shown) < len(report.faults):
                shown.append(f"... and {len(report.faults) - len(shown):,} more")
            raise InputError("\n  ".join([f"{count}:", *shown]))
        print(f"{report.rows} rows, no faults.")
