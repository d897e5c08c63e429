"""What a model has learnt from, as far as its evaluation asks."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stance import readers
from stance.actors import ActorTable
from stance.errors import InputError
from stance.readers import Reject
from stance.rows import as_text


@dataclass(frozen=True)
class Seen:
    """Sentences that a model was trained on, or chosen by."""

    texts: tuple[str, ...]
    places: tuple[str, ...]
    """Where each stands, for messages."""
    documents: frozenset[str] | None = None
    """The documents that they are of; None if it is not known."""
    targets: frozenset[str] | None = None
    """The sanctioned parties that they are about, as `canonical`; None if it is not known."""
    newest: str | None = None
    """The date of the last, as 2024-03-31; None if it is not known."""


def read_seen(
    paths: Sequence[Path],
    text_column: str = "text",
    document_column: str | None = None,
    encoding: str = "utf-8",
) -> Seen:
    """Read the sentences that a model was trained on.

    Rows whose column `split` says ``test`` are no training data and left out.

    Args:
        paths: the files.
        text_column: column with the sentences.
        document_column: column that says which document a sentence is of.
        encoding: of text formats.

    Raises:
        InputError: if a file cannot be read, a row has no text, or all rows are of the test.
    """
    texts, places = [], []
    values: dict[str, list[str]] = {
        name: [] for name in (document_column, "target", "date") if name is not None
    }
    for path in paths:
        table = readers.open_table(path, encoding=encoding)
        readers.require_columns(table, [text_column], "Name another with --text-column.")
        values = {name: known for name, known in values.items() if name in table.columns}
        for row in table.rows():
            place = f"{path}: row {row.number}"
            if isinstance(row, Reject):
                raise InputError(f"{place} cannot be used: {row.reason}.")
            if row.values.get("split") == "test":
                continue
            text = row.values.get(text_column)
            if not isinstance(text, str):
                raise InputError(f"{place}: {text_column} is {text!r:.40}, expected text.")
            texts.append(text)
            places.append(place)
            for name, known in values.items():
                known.append(as_text(row.values.get(name)))
    if not texts:
        listed = ", ".join(map(str, paths))
        raise InputError(f"{listed}: no rows that a model was trained on (split is test in all).")
    return make_seen(
        texts, places, values.get(document_column or ""), values.get("target"), values.get("date")
    )


def make_seen(
    texts: Iterable[str],
    places: Iterable[str],
    documents: Iterable[str] | None = None,
    targets: Iterable[str] | None = None,
    dates: Sequence[str] | None = None,
) -> Seen:
    """Gather what is known of training sentences; None for a column that is not there."""
    known_dates = dates and all(is_date(date) for date in dates)
    return Seen(
        tuple(texts),
        tuple(places),
        None if documents is None else frozenset(documents) - {""},
        None if targets is None else frozenset(map(canonical, {*targets})) - {""},
        max(date[:10] for date in dates) if dates and known_dates else None,
    )


def canonical(target: str) -> str:
    """The one name of a sanctioned party; "" for none."""
    target = target.strip()
    return ActorTable.load().canonical(target) if target else ""


def is_date(value: str) -> bool:
    """Whether a text begins with a date as 2024-03-31."""
    try:
        return len(value) >= 10 and bool(datetime.datetime.strptime(value[:10], "%Y-%m-%d"))
    except ValueError:
        return False
