"""doccano: a project of the kind "Intent Detection and Slot Filling", whose files are JSONL.

Categories (`cats`) are the label and the writer's side, spans (`entities`) are holders. It counts
offsets in UTF-16 units, as browsers do.

Source: the data_import and data_export of doccano; github.com/doccano/doccano/issues/2290.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from stance import readers, writers
from stance.annotation.marks import UTF16, Mark, Span
from stance.annotation.offsets import to_utf16
from stance.annotation.tasks import ID, Task
from stance.labels import AUTHOR, SIDES
from stance.readers import Reject

_AUTHOR: Final = f"{AUTHOR}-"
"""Begins the categories that say which side the writer takes."""
_COLOURS: Final = ("#2e7d32", "#c62828", "#f9a825", "#757575", "#00695c", "#ad1457")


def export_tasks(tasks: Sequence[Task], model: str) -> str:  # noqa: ARG001  # it keeps no names
    """Lines for doccano; what it does not know, such as the id, it keeps and gives back."""
    return writers.table_text([_line(task) for task in tasks], "jsonl", ())


def _line(task: Task) -> dict[str, Any]:
    named = [one for one in task.holders if one.start is not None and one.end is not None]
    cats = [] if task.label is None else [task.label]
    cats += [_AUTHOR + one.stance for one in task.holders if one.start is None]
    spans = [
        [to_utf16(task.text, int(one.start or 0)), to_utf16(task.text, int(one.end or 0)),
         one.stance]
        for one in named
    ]  # fmt: skip
    return {
        "text": task.text,
        "cats": cats,
        "entities": spans,
        ID: task.id,
        "context": task.context,
    }


def setup(labels: Sequence[str]) -> dict[str, str]:
    """The label types, to be imported under Labels: categories, and spans."""
    categories = [*labels, *(_AUTHOR + side for side in SIDES)]
    return {
        "categories.json": _label_types(categories),
        "spans.json": _label_types(SIDES),
    }


def _label_types(names: Sequence[str]) -> str:
    keys = "123456789"
    return (
        json.dumps(
            [
                {
                    "text": name,
                    "suffixKey": keys[i] if i < len(keys) else None,
                    "backgroundColor": _COLOURS[i % len(_COLOURS)],
                    "textColor": "#ffffff",
                }
                for i, name in enumerate(names)
            ],
            indent=1,
        )
        + "\n"
    )


def read_marks(path: Path, encoding: str = "utf-8") -> Iterator[Mark]:
    """What the coder of a file did; the name of the file is that of the coder.

    Raises:
        InputError: if it is no file of JSON lines.
    """
    for row in readers.open_table(path, "jsonl", encoding).rows():
        place = f"{path}: row {row.number}"
        if isinstance(row, Reject):
            yield Mark(place, path.stem, "", "", (), fault=row.reason)
        else:
            yield _mark(place, path.stem, row.values)


def _mark(place: str, coder: str, values: Mapping[str, Any]) -> Mark:
    meta = values["meta"] if isinstance(values.get("meta"), dict) else values
    fault = ""
    if not isinstance(values.get("cats"), list) or not isinstance(values.get("entities"), list):
        fault = (
            "has no lists cats and entities; make the project an intent detection and slot "
            "filling one, and export JSONL"
        )
    cats = [str(one) for one in values.get("cats") or ()] if not fault else []
    spans = [] if fault else [_span(one) for one in values["entities"]]
    return Mark(
        place,
        coder,
        str(meta.get(ID) or ""),
        str(values.get("text") or ""),
        tuple(one for one in cats if not one.startswith(_AUTHOR)),
        tuple(one.removeprefix(_AUTHOR) for one in cats if one.startswith(_AUTHOR)),
        tuple(spans),
        str(meta.get("context") or ""),
        fault=fault,
    )


def _span(found: Any) -> Span:
    """A triple, or an object where the project has relations."""
    if isinstance(found, dict):
        found = [found.get(name) for name in ("start_offset", "end_offset", "label")]
    start, end, side = found if isinstance(found, list) and len(found) == 3 else (None, None, "")
    return Span(start, end, str(side), None, UTF16)
