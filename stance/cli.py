"""The command `stance`: reads options, calls the library, speaks to people.

Exit codes: 0 done; 1 an error of ours; 2 wrong usage or config; 3 the input; 4 the model;
5 the output; 6 a package is missing; 130 interrupted.
"""

import contextlib
import errno
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from stance import __version__, readers, tables, writers
from stance.errors import ConfigError, InputError, MissingExtraError, OutputError, StanceError
from stance.labels import LABELS

app = typer.Typer(
    name="stance",
    help="Where does a Dutch sentence stand toward sanctions?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_ModelOption = Annotated[
    Path | None, typer.Option("--model", help="A trained folder; default: the shipped model.")
]
_MOST_LISTED: Final = 100
"""Rejected rows that are listed on stderr where there is no file to list them beside."""
_MOST_FAULTS: Final = 50
"""Faults of labelled files that are listed."""
_INTERRUPTED: Final = threading.Event()
_DISK_FAULTS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_EncodingOption = Annotated[str, typer.Option(help="Encoding of a text input.")]


@contextlib.contextmanager
def _errors_for_people(
    interrupted: str = "interrupted; no half-written file was left.",
) -> Iterator[None]:
    """Every error as one line on stderr and its exit code."""
    try:
        yield
        sys.stdout.flush()  # a full disk shows here, not in a traceback at exit
    except StanceError as error:
        print(f"stance: {error}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        print(f"stance: {interrupted}", file=sys.stderr)
        raise typer.Exit(130) from None
    except BrokenPipeError:  # `stance label ... | head` closed the pipe on purpose
        _abandon_standard_output()
        raise typer.Exit(0) from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK_FAULTS:
            _abandon_standard_output()
            print(f"stance: the output cannot be written ({error.strerror}).", file=sys.stderr)
            raise typer.Exit(OutputError.exit_code) from None
        if os.environ.get("STANCE_DEBUG"):
            raise
        name = type(error).__name__
        print(
            f"stance: unexpected {name}: {str(error)[:300]}. This is a fault of stance-nl; set "
            "STANCE_DEBUG=1 for the traceback and please report it.",
            file=sys.stderr,
        )
        raise typer.Exit(1) from None


def _interrupt(_number: int, _frame: Any) -> None:
    """Stop, and remember it: compiled code may swallow the exception, so it is raised again."""
    _INTERRUPTED.set()
    raise KeyboardInterrupt


def _abandon_standard_output() -> None:
    """Drop what could not be written, or Python would try once more at exit and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _needs_training() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{error.name} is not installed; training needs `pip install 'stance-nl[train]'`."
        ) from None


@contextlib.contextmanager
def _progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, only on a terminal."""
    console = Console(stderr=True)
    with Progress(
        TextColumn(what),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=total)

        def advance(done: int) -> None:
            if _INTERRUPTED.is_set():
                raise KeyboardInterrupt
            bar.advance(task, done)

        yield advance


def _working(what: str) -> contextlib.AbstractContextManager[Any]:
    """A spinner on stderr for steps without a count, only on a terminal."""
    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else contextlib.nullcontext()


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
    source: Annotated[str, typer.Argument(metavar="IN", help="A file, or - for standard input.")],
    out: Annotated[str | None, typer.Option(help="A file, or - for standard output.")] = None,
    model: _ModelOption = None,
    text_column: Annotated[str, typer.Option(help="Column with the texts.")] = "text",
    context_column: Annotated[
        str | None, typer.Option(help="Column with the sentence before each text.")
    ] = None,
    sentences: Annotated[
        bool, typer.Option("--sentences", help="Each row is one sentence; do not split.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT.")] = False,
    encoding: _EncodingOption = "utf-8",
    from_format: Annotated[
        str | None, typer.Option("--from", help="Format of IN; default: by suffix, - is txt.")
    ] = None,
    to_format: Annotated[
        str | None, typer.Option("--to", help="Format of OUT; default: by suffix, - is csv.")
    ] = None,
) -> None:
    """Label the sentences of a file.

    IN is .txt (one document), .csv, .tsv, .jsonl or .parquet (one document a row); OUT is .csv,
    .tsv, .jsonl or .parquet. Without --out a .txt document is shown as a table.
    """
    with _errors_for_people(), contextlib.ExitStack() as stack:
        in_format = _format(from_format, readers.FORMATS, "--from")
        out_format = _format(to_format, writers.FORMATS, "--to")
        path = Path(source)
        if source == "-":
            path = stack.enter_context(tables.spooled_stdin())
            in_format = in_format or "txt"
        if out is None and (in_format or readers.format_of(path)) != "txt":
            raise ConfigError("give --out FILE (only a .txt document is shown as a table).")
        with _working(f"checking {source}"):
            job = tables.prepare(
                path,
                None if out in (None, "-") else Path(str(out)),
                source_format=in_format,
                out_format=out_format,
                text_column=text_column,
                context_column=context_column,
                sentences=sentences,
                overwrite=overwrite,
                encoding=encoding,
            )
        if out is None:
            _show_document(job, model)
        else:
            _label_file(job, model)


def _show_document(job: tables.LabelJob, model: Path | None) -> None:
    from stance.classifier import StanceClassifier
    from stance.display import document_table, share_table

    document = tables.only_document(job)
    classifier = StanceClassifier.from_pretrained(model)
    predictions = classifier.predict_document(document)
    console = Console()
    console.print(document_table(predictions))
    console.print()
    console.print(share_table(Counter(one.label for one in predictions), classifier.labels))


def _label_file(job: tables.LabelJob, model: Path | None) -> None:
    from stance.classifier import StanceClassifier

    classifier = StanceClassifier.from_pretrained(model)
    if job.out is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # data, as in files
    if job.context_column and not classifier.uses_context:
        print(f"stance: this model reads no context; {job.context_column} is copied, not used.",
              file=sys.stderr)  # fmt: skip
    with _progress(job.table.n_rows, "labelling rows") as advance:
        summary = tables.run(job, classifier, advance)
    shares = ", ".join(f"{summary.labels[name]} {name}" for name in classifier.labels)
    print(
        f"stance: {summary.rows} rows: {summary.labelled_rows} labelled, {summary.rejected_rows} "
        f"rejected; {summary.sentences} sentences: {shares}; {summary.truncated} truncated; "
        f"{summary.not_dutch_rows} rows not Dutch.",
        file=sys.stderr,
    )
    if summary.rejected_rows and job.out is not None:
        listing = tables.rejects_path(job.out)
        print(f"stance: the rejected rows are listed in {listing}.", file=sys.stderr)
    elif summary.rejected_rows:
        for one in summary.rejects[:_MOST_LISTED]:
            print(f"stance: row {one.number} rejected: {one.reason}", file=sys.stderr)
        if summary.rejected_rows > _MOST_LISTED:
            print(f"stance: and {summary.rejected_rows - _MOST_LISTED} more", file=sys.stderr)


@app.command()
def train(
    config: Annotated[str, typer.Argument(help="A YAML file, or the name of a carried config.")],
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override a key.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Output folder; default: runs/<config name>.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was interrupted.")
    ] = False,
) -> None:
    """Train a model from a config file."""
    with (
        _errors_for_people("interrupted; go on with the same command and --resume."),
        _needs_training(),
    ):
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
def export(
    model: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that train wrote.")],
) -> None:
    """Write ONNX files (fp32 and int8) into DIR/onnx, checked against torch."""
    with _errors_for_people(), _needs_training():
        from training.export import export as run

        with _working(f"exporting {model}"):
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
def evaluate(
    file: Annotated[Path, typer.Argument(help="A labelled .csv, .tsv, .jsonl or .parquet file.")],
    model: _ModelOption = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write all scores to this file.")
    ] = None,
    text_column: Annotated[str, typer.Option(help="Column with the sentences.")] = "text",
    label_column: Annotated[str, typer.Option(help="Column with the labels.")] = "label",
    context_column: Annotated[
        str | None,
        typer.Option(help="Column with the sentence before; default: context, if present."),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Only rows with this value in the column split.")
    ] = None,
    encoding: _EncodingOption = "utf-8",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT.")] = False,
) -> None:
    """Score a model on a labelled file."""
    with _errors_for_people():
        if json_out is not None:
            if json_out.exists() and file.exists() and json_out.samefile(file):
                raise OutputError(f"{json_out}: is the input itself; choose another name.")
            writers.check_writable(json_out, overwrite=overwrite)
        from stance.classifier import StanceClassifier
        from training.evaluate import evaluate_rows, read_labelled
        from training.metrics import as_table

        rows = read_labelled(file, text_column, label_column, context_column, split, encoding)
        classifier = StanceClassifier.from_pretrained(model)
        with _working(f"labelling {len(rows):,} rows"):
            scores = evaluate_rows(classifier, rows)
        if json_out is not None:
            text = json.dumps(scores, indent=2, ensure_ascii=False) + "\n"
            writers.write_text(json_out, text)
        Console().print(as_table(scores))


@app.command("check-data")
def check_data(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Labelled files, checked as one corpus.")
    ],
    labels: Annotated[
        str, typer.Option(help="The labels that may occur, separated by commas.")
    ] = ",".join(LABELS),
    text_column: Annotated[str, typer.Option(help="Column with the sentences.")] = "text",
    label_column: Annotated[str, typer.Option(help="Column with the labels.")] = "label",
    encoding: _EncodingOption = "utf-8",
) -> None:
    """Check labelled files: labels, holders, ids, groups, duplicates, leaks between splits."""
    with _errors_for_people(), _needs_training():
        from training.check import as_tables, check_files

        names = [name.strip() for name in labels.split(",") if name.strip()]
        if not names or len(set(names)) < len(names):
            raise ConfigError(f"--labels {labels!r:.80}: expected names, each once, such as a,b.")
        with _working("checking"):
            report = check_files(
                files,
                labels=names,
                text_column=text_column,
                label_column=label_column,
                encoding=encoding,
            )
        console = Console()
        for table in as_tables(report, names):
            console.print(table)
        if report.faults:
            count = "1 fault" if len(report.faults) == 1 else f"{len(report.faults)} faults"
            shown = report.faults[:_MOST_FAULTS]
            if len(shown) < len(report.faults):
                shown.append(f"... and {len(report.faults) - len(shown):,} more")
            raise InputError("\n  ".join([f"{count}:", *shown]))
        print(f"{report.rows} rows, no faults.")


def main() -> None:
    """Entry point of the command."""
    for stream in (sys.stdout, sys.stderr):  # a terminal may know fewer characters than Dutch has
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    for number in (signal.SIGINT, signal.SIGTERM):  # stopped by a scheduler is interrupted too
        signal.signal(number, _interrupt)
    app()
