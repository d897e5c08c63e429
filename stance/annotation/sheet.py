"""A spreadsheet for coders: one csv or tsv file each, with the columns label and holders."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from stance import readers, writers
from stance.annotation.marks import BOTH, Mark, Span
from stance.annotation.tasks import ID, Task, id_of
from stance.errors import InputError
from stance.holder_column import holders_in_text
from stance.holder_text import holder_text
from stance.labels import AUTHOR
from stance.readers import Reject, Table
from stance.writers import plain_cell

_COLUMNS: Final = (ID, "context", "text", "label", "holders")
_LABELS: Final = ("gold", "label")
_HOLDERS: Final = ("gold_holders", "holders")
_TEXTS: Final = ("sentence", "text")
_CODER: Final = "coder"


def export_tasks(tasks: Sequence[Task], model: str) -> str:  # noqa: ARG001  # it keeps no names
    """The sheet; every coder gets a copy with his name."""
    records = [
        {
            ID: task.id,
            "context": task.context,
            "text": task.text,
            "label": task.label or "",
            "holders": holder_text((one.text, one.stance) for one in task.holders),
        }
        for task in tasks
    ]
    return writers.sheet_text(records, "csv", _COLUMNS)


def setup(labels: Sequence[str]) -> dict[str, str]:  # noqa: ARG001  # the codebook names them
    """A spreadsheet needs none."""
    return {}


def read_marks(path: Path, encoding: str = "utf-8") -> Iterator[Mark]:
    """What coders did in a sheet; the name of the file is the coder's, if no column `coder` is.

    Raises:
        InputError: if it cannot be read or lacks a column.
    """
    table = readers.open_table(path, encoding=encoding)
    label = _first(table, _LABELS)
    # A sample may show the coders a column text, such as that of the article.
    key = ID if ID in table.columns else None
    text = _first(table, _TEXTS if key is None else _TEXTS[::-1])
    holders = next((name for name in _HOLDERS if name in table.columns), None)
    for row in table.rows():
        place = f"{path}: row {row.number}"
        if isinstance(row, Reject):
            yield Mark(place, path.stem, "", "", (), fault=row.reason)
            continue
        values = {name: plain_cell("" if one is None else one) for name, one in row.values.items()}
        coder = str(values.get(_CODER) or "").strip() if _CODER in table.columns else path.stem
        given, sentence = str(values.get(label) or "").strip(), str(values.get(text) or "")
        sides = _sides(values.get(holders) if holders else "", sentence)
        fault = sides if isinstance(sides, str) else ""
        author, spans = ((), ()) if isinstance(sides, str) else sides
        yield Mark(
            place,
            coder,
            id_of(row, key).strip(),
            sentence,
            (given,) if given else (),
            author,
            spans,
            str(values.get("context") or ""),
            fault=fault,
        )


def _first(table: Table, names: Sequence[str]) -> str:
    for name in names:
        if name in table.columns:
            return name
    listed = " or ".join(names)
    raise InputError(
        f"{table.path}: no column {listed}; it has {', '.join(table.columns)}. Give the sheet "
        "that `stance annotate export` wrote, filled in."
    )


def _sides(value: Any, text: str) -> tuple[tuple[str, ...], tuple[Span, ...]] | str:
    """The sides of the writer and the spans of the others, from names in a cell or a list."""
    if isinstance(value, list):
        return _listed(value)
    holders = holders_in_text(str(value or ""), text)
    if isinstance(holders, str):
        return f"holders {holders}"
    return (
        tuple(one.stance for one in holders if one.start is None),
        tuple(
            Span(one.start, one.end, one.stance, one.text, BOTH)
            for one in holders
            if one.start is not None
        ),
    )


def _listed(value: Sequence[Any]) -> tuple[tuple[str, ...], tuple[Span, ...]] | str:
    """From objects with text, stance and start, as in jsonl."""
    author, spans = [], []
    for one in value:
        found: Mapping[str, Any] = one if isinstance(one, dict) else {}
        name, side, start = found.get("text"), str(found.get("stance")), found.get("start")
        if not isinstance(name, str):
            return f"holders has {one!r:.60}, expected an object with text, stance and start"
        if name == AUTHOR and start is None:
            author.append(side)
        else:
            end = start + len(name) if type(start) is int else None
            spans.append(Span(start, end, side, name, BOTH))
    return tuple(author), tuple(spans)
