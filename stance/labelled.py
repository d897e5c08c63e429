"""A table that `stance label` wrote, as arrays: a million sentences take little memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stance import readers
from stance.errors import InputError
from stance.groups import encode, source_of
from stance.holder_text import text_of, text_of_column
from stance.population import Labelled
from stance.readers import Reject, Table

Progress = Callable[[int], None]

HOLDERS: Final = "holders"
"""The column that says who takes which side."""
_KEYS: Final = ("row", "sentence_index")
_LONG_HOLDERS: Final = ("holder_actor", "holder_stance", "holder_text", "holder_score")
_BATCH: Final = 10_000
"""Rows of a text file between two steps of the progress, and in Python objects at once."""
_ADVICE: Final = "Give a table that `stance label` wrote."


@dataclass(frozen=True)
class LabelledTable:
    """Labelled sentences with the columns that are asked of them."""

    path: Path
    labelled: Labelled
    columns: dict[str, Any]
    """Column name to an arrow array of text, (sentences,)."""
    ids: NDArray[np.int64]
    """Row and place of every sentence, and its file as a code, (sentences, 3)."""
    files: dict[str, int]
    """The codes of the files; one empty name if there is no such column."""
    tells_holders: bool = False
    """Whether the model told holders; `columns` has them as text if they were asked for."""


def open_labelled(path: Path, encoding: str = "utf-8") -> Table:
    """Check a labelled table and prepare to read it.

    Raises:
        ConfigError: if there is no such encoding.
        InputError: if it cannot be read, or is none that `stance label` writes.
    """
    if path.is_dir():
        raise InputError(
            f"{path}: is a folder, expected one table; label with --out FILE.parquet instead."
        )
    table = readers.open_table(path, encoding=encoding)
    if table.n_rows == 0:
        raise InputError(f"{path}: there is a header, but there are no rows.")
    readers.require_columns(table, [*_KEYS, "sentence", "label", "score"], _ADVICE)
    if "holders" not in table.columns and all(name in table.columns for name in _LONG_HOLDERS):
        raise InputError(
            f"{path}: has a row a holder, expected a row a sentence; label without --long-holders."
        )
    if not labels_of(table):
        raise InputError(f"{path}: no column with probabilities, such as p_favor. {_ADVICE}")
    return table


def labels_of(table: Table) -> tuple[str, ...]:
    """The labels of the model: of the columns p_... right behind `score`."""
    labels = []
    for name in _behind_score(table):
        if not name.startswith("p_"):
            break
        labels.append(name.removeprefix("p_"))
    return tuple(labels)


def _behind_score(table: Table) -> list[str]:
    """Columns that labelling wrote; those of the input come first and may have any name."""
    names = [*table.columns]
    return names[names.index("score") + 1 :]


def read_labelled(
    table: Table,
    by: Sequence[str] = (),
    document: str | None = None,
    progress: Progress = lambda _: None,
    *,
    holders: bool = False,
) -> LabelledTable:
    """Read a table that was checked.

    Args:
        table: from `open_labelled`.
        by: columns to group by; `year` and `month` need a column `date` instead.
        document: the column that says which document a row is of; None takes file and row.
        progress: called with the number of rows read since the last call.
        holders: read the column `holders` too, as text.

    Raises:
        InputError: if a column is missing or a row cannot be used.
    """
    known = [*table.columns]
    tells_holders = HOLDERS in _behind_score(table)
    if holders and not tells_holders:
        raise InputError(
            f"{table.path}: no column {HOLDERS!r}; label with a model that tells holders, as the "
            "shipped one does, without --long-holders."
        )
    sources = [source_of(name, known) for name in by]
    for name, source in zip(by, sources, strict=True):
        advice = "It gives the month and year." if source != name else "Name others with --by."
        readers.require_columns(table, [source], advice)
    extra = [name for name in known if name in ("file", "context")]
    if document is not None:
        readers.require_columns(table, [document], "Name the right one with --document.")
        extra.append(document)
    if holders:
        extra.append(HOLDERS)
    labels = labels_of(table)
    numbers = [*_KEYS, *(f"p_{label}" for label in labels)]
    names = [*dict.fromkeys([*numbers, "sentence", "label", *sources, *extra])]
    columns = _parquet(table, names) if table.format == "parquet" else _text(table, names, progress)
    kept = {"sentence", *sources, *extra}
    checked = _checked(table, labels, columns, document)
    columns = {name: columns[name] for name in names if name in kept}
    return replace(checked, columns=columns, tells_holders=tells_holders)


def _checked(
    table: Table, labels: tuple[str, ...], columns: dict[str, Any], document: str | None
) -> LabelledTable:
    path = table.path
    row, place = (_numbers(columns[name], name, path).astype(np.int64) for name in _KEYS)
    probabilities = np.stack(
        [_numbers(columns[f"p_{label}"], f"p_{label}", path) for label in labels], axis=1
    )
    wrong = np.flatnonzero(~(abs(probabilities.sum(axis=1) - 1) < 0.01))
    if len(wrong):
        raise InputError(
            f"{path}: row {wrong[0] + 1}: the probabilities {', '.join(f'p_{x}' for x in labels)} "
            f"add up to {probabilities[wrong[0]].sum():.3f}, expected 1. {_ADVICE}"
        )
    files, file_codes = _codes(columns.get("file"), len(row))
    ids = np.stack([file_codes, row, place], axis=1)
    _check_unique(ids, path)
    if document is None:
        documents = np.unique(ids[:, :2], axis=0, return_inverse=True)[1].reshape(-1)
    else:
        names, documents = _codes(columns[document], len(row))
        if "" in names:
            empty = int(np.flatnonzero(documents == names[""])[0]) + 1
            raise InputError(
                f"{path}: row {empty}, column {document!r}: is empty, expected which document the "
                "sentence is of."
            )
    found, codes = _codes(columns["label"], len(row))
    for name, code in found.items():
        if name not in labels:
            place_of = int(np.flatnonzero(codes == code)[0]) + 1
            raise InputError(
                f"{path}: row {place_of}, column 'label': {name!r:.40} is none of "
                f"{', '.join(labels)}."
            )
    order = np.array([labels.index(name) for name in found])
    labelled = Labelled(labels, probabilities, order[codes], documents.astype(np.int64))
    return LabelledTable(path, labelled, columns, ids, files)


def _parquet(table: Table, names: list[str]) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        read = pq.read_table(table.path, columns=names)
        return {
            name: text_of_column(read[name]) if name == HOLDERS else read[name].cast(pa.string())
            for name in names
        }
    except (pa.ArrowException, OSError) as error:
        line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{table.path}: cannot be read ({line}).") from None


def _text(table: Table, names: list[str], progress: Progress) -> dict[str, Any]:
    import pyarrow as pa

    chunks: dict[str, list[Any]] = {name: [] for name in names}
    values: list[list[str | None]] = []

    def put() -> None:
        for index, name in enumerate(names):
            chunks[name].append(pa.array([one[index] for one in values], pa.string()))
        progress(len(values))
        values.clear()

    for row in table.rows():
        if isinstance(row, Reject):
            raise InputError(f"{table.path}: row {row.number}: {row.reason}. {_ADVICE}")
        found = ((name, row.values.get(name)) for name in names)
        values.append([None if one is None else _text_value(name, one) for name, one in found])
        if len(values) >= _BATCH:
            put()
    put()
    return {name: pa.chunked_array(chunks[name]) for name in names}


def _text_value(name: str, value: Any) -> str:
    return text_of(value) if name == HOLDERS else str(value)


def _numbers(column: Any, name: str, path: Path) -> NDArray[np.float64]:
    import pyarrow as pa

    try:
        numbers = column.cast(pa.float64()).to_numpy()
    except pa.ArrowException:
        numbers = np.array([_number(value) for value in column.to_pylist()])
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong):
        raise InputError(
            f"{path}: row {wrong[0] + 1}, column {name!r}: found "
            f"{column[int(wrong[0])].as_py()!r:.40}, expected a number. {_ADVICE}"
        )
    return np.asarray(numbers, np.float64)


def _number(value: str | None) -> float:
    try:
        return float(value or "nan")
    except ValueError:
        return float("nan")


def _codes(column: Any, n: int) -> tuple[dict[str, int], NDArray[np.int64]]:
    """Distinct values with their codes, and the code of every row."""
    if column is None:
        return {"": 0}, np.zeros(n, np.int64)
    names, codes = encode(column)
    return {name: code for code, name in enumerate(names)}, codes


def _check_unique(ids: NDArray[np.int64], path: Path) -> None:
    order = np.lexsort(ids.T[::-1])
    same = np.flatnonzero((np.diff(ids[order], axis=0) == 0).all(axis=1))
    if len(same):
        one, two = sorted(int(place) + 1 for place in order[same[0] : same[0] + 2])
        raise InputError(
            f"{path}: rows {one} and {two} have the same row and sentence_index; were two tables "
            "joined? Label their texts together: `stance label FOLDER`."
        )
