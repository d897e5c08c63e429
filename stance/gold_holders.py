"""The column of a coded sample that says who takes which side in a sentence."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from stance import readers
from stance.errors import InputError
from stance.holder_column import NOBODY
from stance.holder_text import EXAMPLE, read_holder_text, text_of
from stance.labels import SIDES, UNRELATED
from stance.population import Gold
from stance.readers import Row
from stance.sides import Sides

GOLD_HOLDERS: Final = "gold_holders"


def read_gold_holders(
    path: Path, gold: Gold, labels: tuple[str, ...], encoding: str = "utf-8"
) -> Sides:
    """Read who takes which side in the sentences of a coded sample.

    An empty cell says that nobody does. One of a sentence that has a side itself says that it
    was not coded, since a side has somebody who takes it, as good as always.

    Args:
        path: the file.
        gold: what `stance.gold.read_gold` read from it.
        labels: those of the labelled table.
        encoding: of the file.

    Raises:
        InputError: if the column is missing or empty, or a row cannot be used.
    """
    file = readers.open_table(path, encoding=encoding)
    advice = (
        "`stance sample` writes it where the labelled table has holders; add it, and name in it "
        f"who takes which side, such as {EXAMPLE}."
    )
    readers.require_columns(file, [GOLD_HOLDERS], advice)
    rows = [row for row in file.rows() if isinstance(row, Row)]
    texts = ["" if (value := row.values.get(GOLD_HOLDERS)) is None else text_of(value).strip()
             for row in rows]  # fmt: skip
    given = [labels[code] for code in gold.labels]
    _check_coded(path, rows, texts, given)
    found = []
    for row, text, label in zip(rows, texts, given, strict=True):
        sides = read_holder_text("" if text.lower() == NOBODY else text)
        if not isinstance(sides, str) and sides and label == UNRELATED:
            sides = f"has {text!r:.60}, but gold is {UNRELATED}, where nobody takes a side"
        if isinstance(sides, str):
            raise InputError(f"{path}: row {row.number}, column {GOLD_HOLDERS!r}: {sides}.")
        found.append(sides)
    return Sides.of(found)


def _check_coded(
    path: Path, rows: Sequence[Row], texts: Sequence[str], given: Sequence[str]
) -> None:
    if not any(texts):
        raise InputError(
            f"{path}: column {GOLD_HOLDERS!r}: is empty in every row; name in it who takes which "
            f"side, such as {EXAMPLE}, or leave out --holders."
        )
    empty = [
        (row.number, label)
        for row, text, label in zip(rows, texts, given, strict=True)
        if label in SIDES and not text
    ]
    if empty:
        (number, label), more = empty[0], len(empty) - 1
        raise InputError(
            f"{path}: row {number}, column {GOLD_HOLDERS!r}: is empty, but gold is {label}"
            f"{f', as in {more:,} more' if more else ''}; name who takes a side, such as "
            f"{EXAMPLE}, or write {NOBODY}."
        )
