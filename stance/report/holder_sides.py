"""The column of holders of a labelled table -> how often each actor takes which side."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stance.errors import InputError
from stance.labels import SIDES
from stance.readers import Reject, Table

COLUMN: Final = "holders"
_IN_TEXT: Final = re.compile(rf"(.+?): ({'|'.join(SIDES)})(?:; |$)", re.DOTALL)
"""A holder as a csv tells it; a name may hold a semicolon."""
_BATCH: Final = 10_000
"""Rows of a text file in Python objects at once."""

Progress = Callable[[int], None]


@dataclass(frozen=True)
class ActorSides:
    """In how many sentences an actor takes which side."""

    actor: str
    favor: int
    against: int

    @property
    def total(self) -> int:
        """Sentences and sides."""
        return self.favor + self.against


def read_holders(table: Table, progress: Progress = lambda _: None) -> Any:
    """The holders of every sentence.

    Args:
        table: from `stance.labelled.open_labelled`.
        progress: called with the number of rows read since the last call.

    Returns:
        An arrow array of lists of structures with ``actor``, ``stance``, ``start`` and ``end``
        (null where the file does not tell them), (sentences,); None if there is no such column.

    Raises:
        InputError: if a row has something else there.
    """
    import pyarrow as pa

    if COLUMN not in table.columns:
        return None
    fields = [("actor", pa.string()), ("stance", pa.string())]
    fields += [("start", pa.int64()), ("end", pa.int64())]
    kind = pa.list_(pa.struct(fields))
    chunks: list[Any] = []
    rows: list[list[dict[str, Any]]] = []
    for number, value in enumerate(_values(table), start=1):
        found = _parse(value)
        if found is None:
            raise InputError(
                f"{table.path}: row {number}, column {COLUMN!r}: found {value!r:.60}, expected "
                "what `stance label` writes there; label again, or remove the column."
            )
        rows.append(found)
        if len(rows) == _BATCH:
            chunks.append(pa.array(rows, kind))
            progress(len(rows))
            rows.clear()
    progress(len(rows))
    return pa.chunked_array([*chunks, pa.array(rows, kind)], kind).combine_chunks()


def count_sides(holders: Any, counted: NDArray[np.bool_]) -> list[ActorSides]:
    """Count the sides of every actor, once a sentence and side, those of most sentences first.

    Args:
        holders: from `read_holders`.
        counted: which sentences count, (sentences,).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    flat, rows = pc.list_flatten(holders), pc.list_parent_indices(holders)
    columns = {"row": rows, "actor": flat.field("actor"), "stance": flat.field("stance")}
    told = pa.table(columns).filter(pa.array(counted[rows.to_numpy(zero_copy_only=False)]))
    once = told.group_by([*columns]).aggregate([])
    sides = once.group_by(["actor", "stance"]).aggregate([("row", "count")])
    counts: dict[str, dict[str, int]] = {}
    for one in sides.to_pylist():
        counts.setdefault(one["actor"], dict.fromkeys(SIDES, 0))[one["stance"]] = one["row_count"]
    found = [ActorSides(actor, **those) for actor, those in counts.items()]
    return sorted(found, key=lambda one: (-one.total, one.actor))


def _values(table: Table) -> Any:
    if table.format == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(table.path) as file:
                for batch in file.iter_batches(batch_size=_BATCH, columns=[COLUMN]):
                    yield from batch[COLUMN].to_pylist()
        except (pa.ArrowException, OSError) as error:
            line = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"{table.path}: cannot be read ({line}).") from None
        return
    for row in table.rows():
        if isinstance(row, Reject):
            raise InputError(f"{table.path}: row {row.number}: {row.reason}.")
        yield row.values.get(COLUMN)


def _parse(value: Any) -> list[dict[str, Any]] | None:
    """The holders of a sentence; None if they are not told as labelling does."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        found = [*_IN_TEXT.finditer(value)]
        if not found or "".join(one[0] for one in found) != value:
            return None
        return [{"actor": one[1], "stance": one[2], "start": None, "end": None} for one in found]
    if not isinstance(value, list):
        return None
    holders = []
    for one in value:
        if not isinstance(one, dict) or not isinstance(one.get("actor"), str):
            return None
        start, end = one.get("start"), one.get("end")
        if one.get("stance") not in SIDES or ((start, end) != (None, None) and not (
            type(start) is int and type(end) is int and 0 <= start < end < 2**31
        )):  # fmt: skip
            return None
        holders.append({name: one.get(name) for name in ("actor", "stance", "start", "end")})
    return holders
