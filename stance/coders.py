"""Several coders of the same rows: what the others say, and how near each one comes to them.

A coder is held against the majority of the other coders, and so is a model, on the same rows: what
people reach against each other is as much as a model can be asked for.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from stance.errors import ConfigError, InputError
from stance.labels import unknown
from stance.metrics import interval, macro_f1, resample

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

MISSING: Final = -1
"""The code of a row that a coder left empty."""
TIES: Final = "a tie among the others counts for each of the tied labels in equal parts"


class CodedRow(Protocol):
    """A row with what coders said of it."""

    @property
    def place(self) -> str:
        """File and row, for messages."""

    @property
    def others(self) -> Mapping[str, str]:
        """The columns of the coders."""


def read_codes(rows: Sequence[CodedRow], coders: Sequence[str], labels: Sequence[str]) -> Codes:
    """Labels of several coders as codes.

    Args:
        rows: read with the columns of the coders as `others`.
        coders: the columns.
        labels: the labels that may occur.

    Returns:
        Places in `labels`, `MISSING` where a cell is empty, (rows, coders).

    Raises:
        ConfigError: if there are fewer than two coders.
        InputError: if a label is unknown, or a coder shares no row with another.
    """
    if len(coders) < 2:
        raise ConfigError(
            f"--coders {','.join(coders)}: expected two columns or more, such as a,b."
        )
    place = {label: code for code, label in enumerate(labels)} | {"": MISSING}
    codes = np.empty((len(rows), len(coders)), np.int64)
    for i, row in enumerate(rows):
        for j, coder in enumerate(coders):
            found = row.others[coder].strip()
            if found not in place:
                raise InputError(f"{row.place}, column {coder!r}: {unknown(found, labels)}")
            codes[i, j] = place[found]
    for j, coder in enumerate(coders):
        if not (others_say(codes, j, len(labels)).any(axis=1) & (codes[:, j] != MISSING)).any():
            raise InputError(
                f"{rows[0].place.rsplit(': ', 1)[0]}: {coder} has coded no row that another of "
                f"{', '.join(coders)} has coded too, so nothing can be compared."
            )
    return codes


def others_say(codes: Codes, coder: int, n_labels: int) -> Floats:
    """The majority of all coders but one.

    Where the others tie, each of the tied labels counts in equal parts: leaving such rows out
    would leave out the hard ones, and any rule that picks a label would favour somebody.

    Args:
        codes: (rows, coders), `MISSING` for none.
        coder: which one is left out.
        n_labels: how many labels there are.

    Returns:
        Shares of the labels, (rows, n_labels); a row sums to 1, or to 0 where no other coded it.
    """
    others = np.delete(codes, coder, axis=1)
    votes = (others[:, :, None] == np.arange(n_labels)).sum(axis=1)
    most = votes.max(axis=1, keepdims=True)
    top = (votes == most) & (most > 0)
    return np.asarray(top / np.maximum(top.sum(axis=1, keepdims=True), 1), np.float64)


def ceiling(
    codes: Codes,
    predicted: Codes | None,
    names: Sequence[str],
    n_labels: int,
    documents: Sequence[str],
) -> dict[str, Any]:
    """How near each coder, and a model, comes to the majority of the other coders.

    Args:
        codes: (rows, coders), from `read_codes`.
        predicted: what the model says, (rows,); None if there is no model.
        names: of the coders.
        n_labels: how many labels there are.
        documents: which document each row is of; the bootstrap draws whole documents.

    Returns:
        ``ties`` (how they are settled); ``coders``, for each the rows that it shares with another
        (``n``), how many of those tie, and macro-F1 with 95 % interval of ``human`` and ``model``
        against the majority of the others; and the ``mean`` over the coders, with the
        ``difference`` (model less human). Without a model there is ``human`` alone.
    """
    told = [others_say(codes, coder, n_labels) for coder in range(len(names))]
    told = [one * (codes[:, i, None] != MISSING) for i, one in enumerate(told)]
    models = [] if predicted is None else [predicted]
    counts = np.stack(
        [
            [_cells(one, said) for said in (codes[:, coder], *models)]
            for coder, one in enumerate(told)
        ]
    )  # coders, human and model, rows, labels, labels
    occurs = np.stack([one.any(axis=0) for one in told])[:, None, :]
    draws = macro_f1(resample(np.moveaxis(counts, 2, 0), documents), occurs)
    values = macro_f1(counts.sum(axis=2), occurs)
    coders = [
        {
            "coder": name,
            "n": int(told[i].any(axis=1).sum()),
            "ties": int(((told[i] > 0).sum(axis=1) > 1).sum()),
        }
        | _beside(values[i], draws[:, i])
        for i, name in enumerate(names)
    ]
    mean, drawn = values.mean(axis=0), draws.mean(axis=1)
    difference = (
        {
            "difference": float(mean[1] - mean[0]),
            "difference_interval": interval(drawn[:, 1] - drawn[:, 0]),
        }
        if models
        else {}
    )
    return {"ties": TIES, "coders": coders, "mean": _beside(mean, drawn) | difference}


def _cells(told: Floats, codes: Codes) -> Floats:
    """The confusion of every row by itself, (rows, labels, labels), in shares of its gold."""
    given = codes[:, None] == np.arange(told.shape[1])
    return np.asarray(told[:, :, None] * given[:, None, :], np.float64)


def _beside(values: Floats, draws: Floats) -> dict[str, Any]:
    """Human and, if there is one, model: the last axis."""
    return {
        name: {"macro_f1": float(values[i]), "interval": interval(draws[:, i])}
        for i, name in enumerate(("human", "model")[: len(values)])
    }
