"""The sample that people fill in, as a file: written to be coded, read back and checked."""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stance import readers, writers
from stance.errors import InputError
from stance.gold_holders import GOLD_HOLDERS
from stance.labelled import LabelledTable
from stance.labels import unknown
from stance.population import Gold
from stance.readers import Reject, Row
from stance.sampling import Drawn

_COUNTS: Final = ("stratum_rows", "stratum_drawn")
INCLUSION: Final = "inclusion_probability"
"""The column that says how probable it was that a sentence is in the sample."""


def sample_text(
    table: LabelledTable, drawn: Drawn, fmt: str, shown: Sequence[str], *, with_labels: bool
) -> str:
    """The file to be coded.

    Args:
        table: what was sampled.
        drawn: the sentences.
        fmt: csv, tsv or jsonl.
        shown: columns of the table that a coder sees.
        with_labels: the predicted label is shown too.
    """
    records = [
        _record(table, drawn, place, shown, with_labels=with_labels)
        for place in range(len(drawn.rows))
    ]
    return writers.sheet_text(records, fmt, [*records[0]])


def _record(
    table: LabelledTable, drawn: Drawn, place: int, shown: Sequence[str], *, with_labels: bool
) -> dict[str, Any]:
    index = int(drawn.rows[place])
    sentence = _text(table, "sentence", index)
    record: dict[str, Any] = (
        {"file": _text(table, "file", index)} if "file" in table.columns else {}
    )
    record |= {"row": int(table.ids[index, 1]), "sentence_index": int(table.ids[index, 2])}
    record |= {name: _text(table, name, index) for name in shown if name not in record}
    record |= {"context": _context(table, index), "sentence": sentence, "gold": ""}
    record |= {GOLD_HOLDERS: ""} if table.tells_holders else {}
    if with_labels:
        labelled = table.labelled
        record["label"] = labelled.labels[labelled.predicted[index]]
    rows, n = int(drawn.stratum_rows[place]), int(drawn.stratum_drawn[place])
    return record | {
        "check": check_of(sentence),
        "stratum_rows": rows,
        "stratum_drawn": n,
        INCLUSION: n / rows,
    }


def _text(table: LabelledTable, name: str, index: int) -> str:
    return table.columns[name][index].as_py() or ""


def _context(table: LabelledTable, index: int) -> str:
    """The sentence before in the same document, or what the table has as context."""
    before = table.ids[index] - [0, 0, 1]
    if index and (table.ids[index - 1] == before).all():
        return _text(table, "sentence", index - 1)
    return _text(table, "context", index) if "context" in table.columns else ""


def check_of(sentence: str) -> str:
    """A short digest that ties a sentence to its row; a letter first, or it becomes a number."""
    return f"s{zlib.crc32(sentence.encode()):08x}"


def read_gold(path: Path, table: LabelledTable, encoding: str = "utf-8") -> Gold:
    """Read a sample that was filled in.

    Raises:
        ConfigError: if there is no such encoding.
        InputError: if it cannot be read, a gold label is missing or unknown, a sentence stands
            twice, or it is no sample of this table.
    """
    file = readers.open_table(path, encoding=encoding)
    advice = "Give the file that `stance sample` wrote, filled in."
    counted = all(name in file.columns for name in _COUNTS)
    needed = ["row", "sentence_index", "gold", *(_COUNTS if counted else [INCLUSION])]
    if len(table.files) > 1 or "" not in table.files:
        needed.append("file")
    readers.require_columns(file, needed, advice)
    rows: list[Row] = []
    for row in file.rows():
        if isinstance(row, Reject):
            raise InputError(f"{path}: row {row.number}: {row.reason}.")
        rows.append(row)
    if not rows:
        raise InputError(f"{path}: there is a header, but there are no rows.")
    places = _places(path, rows, table)
    labels = _labels(path, rows, table.labelled.labels)
    inclusion = np.array([_inclusion(path, row, counted=counted) for row in rows])
    if counted:
        _check_whole(path, inclusion, table)
    return Gold(places, labels, inclusion)


def _places(path: Path, rows: Sequence[Row], table: LabelledTable) -> NDArray[Any]:
    wanted: dict[tuple[int, int, int], Row] = {}
    for row in rows:
        name = str(row.values.get("file") or "") if "file" in table.columns else ""
        if name not in table.files:
            raise InputError(f"{path}: row {row.number}: {table.path} has no file {name!r:.60}.")
        number, place = (_whole(path, row, one) for one in ("row", "sentence_index"))
        key = (table.files[name], number, place)
        if key in wanted:
            raise InputError(
                f"{path}: rows {wanted[key].number} and {row.number} are the same sentence "
                f"(row {key[1]}, sentence_index {key[2]}); remove one of them."
            )
        wanted[key] = row
    near = np.flatnonzero(np.isin(table.ids[:, 1], [key[1] for key in wanted]))
    at = {tuple(key): int(place) for key, place in zip(table.ids[near].tolist(), near, strict=True)}
    for key, row in wanted.items():
        where = f"row {key[1]}, sentence_index {key[2]}"
        if key not in at:
            raise InputError(
                f"{path}: row {row.number}: {table.path} has no sentence with {where}; give the "
                "table that was sampled."
            )
        found = row.values.get("check")
        if found and found != check_of(_text(table, "sentence", at[key])):
            raise InputError(
                f"{path}: row {row.number}: the sentence with {where} is another one in "
                f"{table.path}; give the table that was sampled."
            )
    return np.array([at[key] for key in wanted], np.int64)


def _labels(path: Path, rows: Sequence[Row], labels: tuple[str, ...]) -> NDArray[Any]:
    codes = []
    empty = [row.number for row in rows if not str(row.values.get("gold") or "").strip()]
    if empty:
        more = f", as in {len(empty) - 1:,} more" if len(empty) > 1 else ""
        raise InputError(
            f"{path}: row {empty[0]}, column 'gold': is empty{more}; code every sentence of the "
            "sample, or its shares are not those of the table."
        )
    for row in rows:
        label = str(row.values["gold"]).strip().lower()
        if label not in labels:
            raise InputError(f"{path}: row {row.number}, column 'gold': {unknown(label, labels)}")
        codes.append(labels.index(label))
    return np.array(codes, np.int64)


def _inclusion(path: Path, row: Row, *, counted: bool) -> float:
    if counted:
        rows, drawn = (_whole(path, row, name) for name in _COUNTS)
        if 0 < drawn <= rows:
            return drawn / rows
        raise InputError(f"{path}: row {row.number}: {drawn} of {rows} sentences were drawn?")
    return inclusion_of(path, row)


def inclusion_of(path: Path, row: Row) -> float:
    """The inclusion probability of a row of a sample, above 0, at most 1.

    Args:
        path: of the sample, for messages.
        row: a row with the column `INCLUSION`; a comma does for the point.

    Raises:
        InputError: if it is something else.
    """
    found = str(row.values[INCLUSION])
    try:
        value = float(found.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not 0 < value <= 1:
        raise InputError(
            f"{path}: row {row.number}, column {INCLUSION!r}: found {found!r:.40}, expected a "
            "number above 0, at most 1; did a spreadsheet take the point for one of thousands?"
        )
    return value


def _whole(path: Path, row: Row, name: str) -> int:
    value = row.values.get(name)
    try:
        number = float(str(value))
        if number == int(number) >= 0:
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise InputError(
        f"{path}: row {row.number}, column {name!r}: found {value!r:.40}, expected a whole number."
    )


def _check_whole(path: Path, inclusion: NDArray[Any], table: LabelledTable) -> None:
    stands_for, n = float((1 / inclusion).sum()), len(table.ids)
    if abs(stands_for - n) > 0.5:
        raise InputError(
            f"{path}: its rows stand for {stands_for:,.0f} sentences, {table.path} has {n:,}; rows "
            "of the sample are missing, or it was drawn from another table."
        )
