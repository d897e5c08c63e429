"""`stance calibrate`: a model fitted to a labelled sample, in its folder or a copy of it."""

import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from numpy.typing import NDArray

from stance import model_folder, readers, writers
from stance.cli.guard import errors_for_people
from stance.cli.options import LabelColumnOption, TextColumnOption
from stance.cli.terminal import make_console, progress
from stance.display import plain_table
from stance.errors import ConfigError, InputError, OutputError
from stance.gold import INCLUSION, inclusion_of
from stance.hub import find_model, is_on_hub
from stance.printable import printable
from stance.readers import Reject

_SHIPPED: Final = "shipped"
"""How the shipped model is called."""
_REPORT: Final = "calibration.json"
_FEW: Final = 20
"""Rows of a label; fewer say little of it."""
_TITLES: Final = {
    "temperature": "temperature",
    "ece": "expected calibration error",
    "brier": "Brier score",
    "log_loss": "log loss",
}


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(calibrate)


def calibrate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A trained folder; or, with --out, shipped or user/name[@revision] on the hub.",
        ),
    ],
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="A labelled .csv, .tsv, .jsonl or .parquet file.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Calibrate a copy; the model stays.")
    ] = None,
    text_column: TextColumnOption = "text",
    label_column: LabelColumnOption = "label",
    context_column: Annotated[
        str | None,
        typer.Option(help="Column with the sentence before; default: context, if present."),
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text input.")] = "utf-8",
) -> None:
    """Fit the probabilities of a model to a labelled sample of your own; labels stay.

    A column inclusion_probability, as of `stance sample`, weighs the rows.
    """
    with errors_for_people("interrupted; the model is as it was."):
        folder = _folder(model, out)
        from stance.classifier import StanceClassifier
        from stance.evaluation import gold_of, score_rows
        from stance.recalibration import calibrate as fit
        from stance.recalibration import cross_measure
        from stance.rows import read_labelled

        rows = read_labelled(gold, text_column, label_column, context_column, None, encoding)
        if len(rows) < 2:
            raise InputError(f"{gold}: 1 row, expected two or more; some hundreds are good.")
        weights = _weights(gold, encoding)
        classifier = StanceClassifier.from_pretrained(folder)
        labels = np.array(gold_of(rows, classifier.labels))
        with progress(len(rows), "labelling rows") as advance:
            logits = score_rows(classifier, rows, advance).logits
        settings = fit(classifier.settings, logits, labels, weights)
        report = cross_measure(classifier.settings, logits, labels, weights)
        report["before"]["temperature"] = classifier.settings.temperature
        report["after"]["temperature"] = settings.temperature
        counts = Counter(row.label for row in rows)
        report |= {"sample": gold.name, "weighted": weights is not None, "labels": counts}
        with _written(folder, out) as place:
            writers.write_text(place / _REPORT, json.dumps(report, indent=2) + "\n")
            text = model_folder.settings_text(settings)
            writers.write_text(place / model_folder.SETTINGS_FILE, text)
        _show(report, out or folder)
        _warn(counts, classifier.labels)


def _folder(model: str, out: Path | None) -> Path:
    """The model folder; checked with OUT before any work."""
    shipped = model == _SHIPPED and not Path(model).exists()
    if out is None and is_on_hub(model):
        raise ConfigError(
            f"{model}: no such folder here; a model of the hub stays as it is, so give --out DIR "
            "for a copy."
        )
    folder = find_model(None if shipped else model)
    if out is None:
        if folder.samefile(model_folder.SHIPPED):
            raise ConfigError("the shipped model stays as it is; give --out DIR for a copy.")
        writers.check_folder(folder)
        return folder
    with writers.errors_about(out):
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise OutputError(f"{out}: exists and is not empty; choose another folder.")
    writers.check_folder(out.absolute().parent)
    return folder


@contextmanager
def _written(folder: Path, out: Path | None) -> Iterator[Path]:
    """The folder to change: the model's, or a copy that gets its name when it is whole."""
    if out is None:
        yield folder
        return
    parent = out.absolute().parent
    with (
        writers.errors_about(out),
        tempfile.TemporaryDirectory(prefix=".stance-", dir=parent) as temporary,
    ):
        copy = Path(temporary) / "model"
        shutil.copytree(folder, copy)
        yield copy
        copy.replace(out)


def _weights(gold: Path, encoding: str) -> NDArray[np.float64] | None:
    """How many sentences each row stands for, where the file says how it was drawn."""
    table = readers.open_table(gold, encoding=encoding)
    if INCLUSION not in table.columns:
        return None
    weights = []
    for row in table.rows():
        if isinstance(row, Reject):
            raise InputError(f"{gold}: row {row.number}: {row.reason}.")
        weights.append(1 / inclusion_of(gold, row))
    return np.array(weights)


def _show(report: dict[str, Any], place: Path) -> None:
    """Scores before and after, and what the label sets cover."""
    table = plain_table()
    for name in ("", "before", "after"):
        table.add_column(name, justify="right" if name else "left")
    for name, title in _TITLES.items():
        table.add_row(title, *(f"{report[when][name]:.3f}" for when in ("before", "after")))
    sets = plain_table()
    for name in ("label sets", "coverage", "labels a set"):
        sets.add_column(name, justify="right" if name != "label sets" else "left")
    for asked, one in report["sets"].items():
        sets.add_row(f"{float(asked):.0%} asked", f"{one['coverage']:.1%}", f"{one['size']:.2f}")
    console = make_console()
    console.print(table)
    if report["sets"]:
        console.print()
        console.print(sets)
    print(
        f"{printable(str(place))}: calibrated on {report['n']} rows; the figures are of rows held "
        f"out in turn. They hold for text like this sample. {_REPORT} has the rest."
    )


def _warn(counts: Counter[str], labels: Sequence[str]) -> None:
    few = [f"{counts[label]} of {printable(label)}" for label in labels if counts[label] < _FEW]
    if few:
        print(
            f"stance: warning: few rows of a label ({', '.join(few)}; {_FEW} or more are needed to "
            "say something of one); the calibration rests on the others.",
            file=sys.stderr,
        )
