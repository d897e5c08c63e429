"""Argilla 2: records with suggestions, a script with the settings, and what `to_json` writes.

Its interface counts offsets in UTF-16 units, as browsers do.

Source: docs.argilla.io, rg.Record, rg.Settings, records.to_json;
github.com/argilla-io/argilla/issues/5729.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from stance.annotation.json_file import as_json, read_list
from stance.annotation.marks import UTF16, Mark, Span
from stance.annotation.offsets import to_utf16
from stance.annotation.tasks import Task
from stance.labels import AUTHOR, SIDES

_LABEL, _HOLDERS = "label", "holders"
_QUESTIONS: Final = (_LABEL, AUTHOR, _HOLDERS)
_WHAT: Final = "what dataset.records.to_json of Argilla 2 writes"


def export_tasks(tasks: Sequence[Task], model: str) -> str:
    """Records for Argilla, whose ids are those of the sentences; see `setup`."""
    return as_json([_record(task, model) for task in tasks])


def _record(task: Task, model: str) -> dict[str, Any]:
    suggestions = {}
    if task.label is not None:
        answers: dict[str, Any] = {_LABEL: task.label}
        sides = [one.stance for one in task.holders if one.start is None]
        answers |= {AUTHOR: sides[0]} if sides else {}
        answers |= {_HOLDERS: spans} if (spans := [*_spans(task)]) else {}
        suggestions = {
            name: {"value": value, "score": task.score if name == _LABEL else None, "agent": model}
            for name, value in answers.items()
        }
    fields = {"text": task.text} | ({"context": task.context} if task.context else {})
    return {
        "id": task.id,
        "fields": fields,
        "metadata": {},
        "suggestions": suggestions,
        "responses": {},
        "vectors": {},
    }


def _spans(task: Task) -> Iterator[dict[str, Any]]:
    for one in task.holders:
        if one.start is not None and one.end is not None:
            start, end = (to_utf16(task.text, offset) for offset in (one.start, one.end))
            yield {"start": start, "end": end, "label": one.stance}


def setup(labels: Sequence[str]) -> dict[str, str]:
    """A script that makes the dataset and uploads the records."""
    return {
        "upload.py": f'''"""Make the dataset in Argilla: python THIS RECORDS.json URL KEY"""

import sys

import argilla as rg

records, url, key = sys.argv[1:]
client = rg.Argilla(api_url=url, api_key=key)
settings = rg.Settings(
    guidelines="The codebook says what the labels mean.",
    fields=[
        rg.TextField(name="context", title="The sentence before", required=False),
        rg.TextField(name="text", title="The sentence"),
    ],
    questions=[
        rg.LabelQuestion(name="{_LABEL}", labels={[*labels]!r}),
        rg.LabelQuestion(
            name="{AUTHOR}", title="The side of the writer himself", labels={[*SIDES]!r},
            required=False,
        ),
        rg.SpanQuestion(name="{_HOLDERS}", field="text", labels={[*SIDES]!r}, required=False),
    ],
    distribution=rg.TaskDistribution(min_submitted=3),  # as many as there are coders
)
dataset = rg.Dataset(name="stance", settings=settings, client=client)
dataset.create()
dataset.records.from_json(records)
# When the coders are done, dataset.records.to_json("answers.json") writes what stance reads.
'''
    }


def read_marks(path: Path, encoding: str = "utf-8") -> Iterator[Mark]:
    """What coders did, from the records of a dataset.

    Raises:
        InputError: if it is something else.
    """
    for number, record in enumerate(read_list(path, _WHAT, encoding), start=1):
        place = f"{path}: record {record.get('id', number)}"
        fields, responses = record.get("fields"), record.get("responses")
        if not isinstance(fields, dict) or not isinstance(responses, dict):
            yield Mark(place, "", "", "", (), fault=f"has no fields and responses; give {_WHAT}")
            continue
        yield from _marks(place, str(record.get("id") or ""), fields, responses)


def _marks(
    place: str, key: str, fields: Mapping[str, Any], responses: Mapping[str, Any]
) -> Iterator[Mark]:
    given: dict[str, dict[str, list[Any]]] = {}
    faults: dict[str, str] = {}
    for question, answers in responses.items():
        for answer in answers if isinstance(answers, list) else ():
            user = str(answer.get("user_id") or "") if isinstance(answer, dict) else ""
            given.setdefault(user, {}).setdefault(question, []).append(
                answer.get("value") if isinstance(answer, dict) else answer
            )
            if question not in _QUESTIONS:
                faults[user] = f"answers {question!r:.40}, expected {', '.join(_QUESTIONS)}"
    for user, answers in given.items():
        yield Mark(
            place,
            user,
            key,
            str(fields.get("text") or ""),
            tuple(str(one) for one in answers.get(_LABEL, ()) if one is not None),
            tuple(str(one) for one in answers.get(AUTHOR, ()) if one is not None),
            tuple(_span(one) for those in answers.get(_HOLDERS, ()) for one in _list(those)),
            str(fields.get("context") or ""),
            fault=faults.get(user, ""),
        )


def _list(found: Any) -> list[Any]:
    """The spans of an answer; what is no list is kept, to be found wrong."""
    return found if isinstance(found, list) else [] if found is None else [found]


def _span(found: Any) -> Span:
    values = found if isinstance(found, dict) else {}
    start, end = values.get("start"), values.get("end")
    return Span(start, end, str(values.get("label")), None, UTF16)
