"""Files as labelstud.io/guide/task_format and /guide/export document them, written by hand."""

import json
import xml.etree.ElementTree as ElementTree

from stance.annotation.label_studio import export_tasks, read_marks, setup
from stance.annotation.marks import BOTH, Span
from stance.annotation.tasks import Task
from stance.holders import Holder
from stance.labels import LABELS

EXPORT = """[{
 "id": 12,
 "annotations": [
  {"id": 31, "completed_by": 1, "was_cancelled": false, "ground_truth": false,
   "created_at": "2026-03-09T22:16:08.728353Z", "updated_at": "2026-03-09T22:16:08.728378Z",
   "lead_time": 4.288, "result_count": 0, "task": 12, "draft_created_at": null,
   "result": [
    {"value": {"choices": ["against"]}, "id": "Dx_aB91ISN", "from_name": "label",
     "to_name": "text", "type": "choices", "origin": "manual"},
    {"value": {"start": 0, "end": 6, "text": "Moskou", "labels": ["against"]},
     "id": "t5sp3TyXPo", "from_name": "holders", "to_name": "text", "type": "labels",
     "origin": "manual"}]},
  {"id": 32, "completed_by": {"id": 2, "email": "bert@uni.example", "first_name": "", "last_name": ""},
   "was_cancelled": false, "task": 12,
   "result": [
    {"value": {"choices": ["favor"]}, "id": "a", "from_name": "label", "to_name": "text",
     "type": "choices"},
    {"value": {"choices": ["favor"]}, "id": "b", "from_name": "author", "to_name": "text",
     "type": "choices"}]},
  {"id": 33, "completed_by": 3, "was_cancelled": true, "task": 12, "result": []}],
 "drafts": [], "predictions": [],
 "data": {"sentence_id": "4-0", "context": "Gisteren.", "text": "Moskou weigert."},
 "meta": {}, "created_at": "2026-03-09T21:52:49.513742Z", "updated_at": "2026-03-09T22:16:08Z",
 "inner_id": 1, "total_annotations": 2, "cancelled_annotations": 1, "project": 83}]"""  # noqa: E501


def marks(tmp_path, text):
    (tmp_path / "export.json").write_text(text, "utf-8")
    return [*read_marks(tmp_path / "export.json")]


def test_the_raw_json_export(tmp_path):
    anna, bert, carla = marks(tmp_path, EXPORT)
    assert (anna.coder, anna.id, anna.text, anna.context) == (
        "1", "4-0", "Moskou weigert.", "Gisteren.",
    )  # fmt: skip
    assert anna.labels == ("against",)
    assert anna.spans == (Span(0, 6, "against", "Moskou", BOTH),)
    assert anna.place.endswith("export.json: task 12")
    assert (bert.coder, bert.labels, bert.author) == ("bert@uni.example", ("favor",), ("favor",))
    assert carla.skipped


def test_what_a_project_of_another_kind_exports(tmp_path):
    (one,) = marks(tmp_path, json.dumps([{"id": 1, "text": "Zin.", "label": "favor"}]))  # JSON-MIN
    assert "has no data and annotations; give what Label Studio exports as JSON" in one.fault
    result = [{"from_name": "sentiment", "value": {"choices": ["favor"]}}]
    task = {"data": {}, "annotations": [{"result": result}, {"result": None}, 3]}
    first, *others = marks(tmp_path, json.dumps([task]))
    assert first.fault == "has a result 'sentiment', expected label, author or holders"
    assert [one.fault for one in others] == ["an annotation has no list of results"] * 2


def test_tasks_with_predictions():
    holders = (Holder("author", None, None, "favor"), Holder("Kiev", 2, 6, "favor"))
    task = Task("1", "😊 Kiev", "Wie?", "favor", 0.91, holders)
    (record,) = json.loads(export_tasks([task], "small"))
    assert record["data"] == {"sentence_id": "1", "context": "Wie?", "text": "😊 Kiev"}
    (prediction,) = record["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("small", 0.91)
    label, author, span = prediction["result"]
    assert (label["type"], label["value"]) == ("choices", {"choices": ["favor"]})
    assert (author["from_name"], author["value"]) == ("author", {"choices": ["favor"]})
    assert span["value"] == {"start": 2, "end": 6, "text": "Kiev", "labels": ["favor"]}


def test_the_labelling_config_names_what_the_files_name():
    (config,) = setup([*LABELS, 'a "b" <c>']).values()
    root = ElementTree.fromstring(config)
    controls = {one.get("name"): one for one in root if one.get("toName") == "text"}
    assert {*controls} == {"label", "author", "holders"}
    values = [one.get("value") for one in controls["label"]]
    assert values == [*LABELS, 'a "b" <c>']
    assert [one.get("value") for one in controls["holders"]] == ["favor", "against"]
    assert {one.get("value") for one in root.iter("Text")} == {"$context", "$text"}
