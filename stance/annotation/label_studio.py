"""Label Studio: tasks with predictions, a labelling config, and the raw JSON export.

Source: labelstud.io/guide/task_format and /guide/predictions; on offsets
github.com/HumanSignal/label-studio/issues/1347 and /1008.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from stance.annotation.json_file import as_json, read_list
from stance.annotation.marks import BOTH, Mark, Span
from stance.annotation.tasks import ID, Task
from stance.labels import AUTHOR, SIDES

_COLOURS: Final = {"favor": "green", "against": "red"}
_LABEL, _HOLDERS = "label", "holders"
_WHAT: Final = "what Label Studio exports as JSON (not JSON-MIN)"


def export_tasks(tasks: Sequence[Task], model: str) -> str:
    """Tasks for Label Studio, a model's labels and holders as predictions.

    Offsets are in characters: the spans that it exports quote what was marked, so that they can
    be read in whichever way a version counts.
    """
    return as_json([_task(task, model) for task in tasks])


def _task(task: Task, model: str) -> dict[str, Any]:
    record: dict[str, Any] = {"data": {ID: task.id, "context": task.context, "text": task.text}}
    if task.label is not None:
        prediction = {"model_version": model, "score": task.score, "result": [*_results(task)]}
        record["predictions"] = [prediction]
    return record


def _results(task: Task) -> Iterator[dict[str, Any]]:
    yield _choice(_LABEL, str(task.label))
    for number, holder in enumerate(task.holders, start=1):
        if holder.start is None:
            yield _choice(AUTHOR, holder.stance)
            continue
        value = {"start": holder.start, "end": holder.end, "text": holder.text}
        yield {
            "id": f"holder-{number}",
            "from_name": _HOLDERS,
            "to_name": "text",
            "type": "labels",
            "value": value | {"labels": [holder.stance]},
        }


def _choice(name: str, value: str) -> dict[str, Any]:
    return {
        "id": name,
        "from_name": name,
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [value]},
    }


def setup(labels: Sequence[str]) -> dict[str, str]:
    """The labelling config, to be pasted under Settings, Labeling Interface, Code."""
    spans = "\n".join(
        f"    <Label value={quoteattr(side)} background={quoteattr(_COLOURS[side])}/>"
        for side in SIDES
    )
    return {
        "config.xml": f"""<View>
  <Text name="context" value="$context"/>
  <Labels name="{_HOLDERS}" toName="text">
{spans}
  </Labels>
  <Text name="text" value="$text"/>
  <Header value="The sentence is"/>
  <Choices name="{_LABEL}" toName="text" choice="single" required="true" showInLine="true">
{_choices(labels)}
  </Choices>
  <Header value="The writer himself takes the side (none: leave it empty)"/>
  <Choices name="{AUTHOR}" toName="text" choice="single" showInLine="true">
{_choices(SIDES)}
  </Choices>
</View>
"""
    }


def _choices(names: Sequence[str]) -> str:
    return "\n".join(f"    <Choice value={quoteattr(name)}/>" for name in names)


def read_marks(path: Path, encoding: str = "utf-8") -> Iterator[Mark]:
    """What coders did, from a raw JSON export; annotations that were cancelled are skipped ones.

    Raises:
        InputError: if it is something else.
    """
    for number, task in enumerate(read_list(path, _WHAT, encoding), start=1):
        place = f"{path}: task {task.get('id', number)}"
        data, annotations = task.get("data"), task.get("annotations")
        if not isinstance(data, dict) or not isinstance(annotations, list):
            yield Mark(place, "", "", "", (), fault=f"has no data and annotations; give {_WHAT}")
            continue
        for one in annotations:
            yield _mark(place, data, one if isinstance(one, dict) else {})


def _mark(place: str, data: Mapping[str, Any], annotation: Mapping[str, Any]) -> Mark:
    results = annotation.get("result")
    found: dict[str, list[str]] = {_LABEL: [], AUTHOR: []}
    spans: list[Span] = []
    fault = "" if isinstance(results, list) else "an annotation has no list of results"
    for result in results if isinstance(results, list) else ():
        name = result.get("from_name") if isinstance(result, dict) else None
        value = result.get("value") if isinstance(result, dict) else None
        if name not in (*found, _HOLDERS) or not isinstance(value, dict):
            fault = f"has a result {name!r:.40}, expected {_LABEL}, {AUTHOR} or {_HOLDERS}"
        elif name == _HOLDERS:
            quoted = value.get("text")
            quoted = quoted if isinstance(quoted, str) else None
            for side in _strings(value.get("labels")):
                spans.append(Span(value.get("start"), value.get("end"), side, quoted, BOTH))
        else:
            found[name] += _strings(value.get("choices"))
    return Mark(
        place,
        _coder(annotation.get("completed_by")),
        str(data.get(ID) or ""),
        str(data.get("text") or ""),
        tuple(found[_LABEL]),
        tuple(found[AUTHOR]),
        tuple(spans),
        str(data.get("context") or ""),
        skipped=bool(annotation.get("was_cancelled")),
        fault=fault,
    )


def _strings(values: Any) -> list[str]:
    return [str(one) for one in values] if isinstance(values, list) else []


def _coder(found: Any) -> str:
    """A number, or an object with the address of the coder."""
    if isinstance(found, dict):
        found = found.get("email") or found.get("id")
    return "" if found is None else str(found)
