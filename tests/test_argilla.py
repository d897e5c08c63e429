"""Records as `dataset.records.to_json` of Argilla 2 writes them, by hand."""

import ast
import json

from stance.annotation.argilla import export_tasks, read_marks, setup
from stance.annotation.marks import UTF16, Span
from stance.annotation.tasks import Task
from stance.holders import Holder

ANNA, BERT = "0b9c9f2e-8a2e-4c1e-9d25-1f4b3a0c77aa", "7c1d5c52-0f0e-4f2b-8a43-5f1f2b1f9d10"
EXPORT = [
    {
        "id": "3-1",
        "fields": {"text": "😊 Kiev", "context": "Wie?"},
        "metadata": {},
        "suggestions": {"label": {"value": "neutral", "score": 0.5, "agent": "small-dutch"}},
        "responses": {
            "label": [{"value": "favor", "user_id": ANNA}, {"value": "against", "user_id": BERT}],
            "author": [{"value": "favor", "user_id": ANNA}],
            "holders": [{"value": [{"label": "favor", "start": 3, "end": 7}], "user_id": BERT}],
        },
        "vectors": {},
        "_server_id": "f2a4e4b8-58a7-4d55-bb4c-27c2c5c8d2a1",
    },
    {"id": "3-2", "fields": {"text": "Zin."}, "responses": {}, "suggestions": {}},
]


def marks(tmp_path, records):
    (tmp_path / "answers.json").write_text(json.dumps(records), "utf-8")
    return [*read_marks(tmp_path / "answers.json")]


def test_the_responses_of_several_users(tmp_path):
    anna, bert = marks(tmp_path, EXPORT)
    assert (anna.coder, anna.id, anna.text, anna.context) == (ANNA, "3-1", "😊 Kiev", "Wie?")
    assert (anna.labels, anna.author, anna.spans) == (("favor",), ("favor",), ())
    assert (bert.labels, bert.author) == (("against",), ())
    assert bert.spans == (Span(3, 7, "favor", None, UTF16),)


def test_what_another_dataset_has(tmp_path):
    record = {"id": "1", "fields": {"text": "Zin."}}
    (one,) = marks(tmp_path, [record | {"responses": {"toon": [{"value": 1, "user_id": ANNA}]}}])
    assert one.fault == "answers 'toon', expected label, author, holders"
    (one,) = marks(tmp_path, [record])
    assert "has no fields and responses; give what dataset.records.to_json" in one.fault
    answers = {"label": [{"value": "favor", "user_id": ANNA}], "holders": [3, {"value": None}]}
    first, second = marks(tmp_path, [record | {"responses": answers}])
    assert first.labels == ("favor",)
    assert second.coder == ""


def test_records_with_suggestions():
    holders = (Holder("author", None, None, "favor"), Holder("Kiev", 2, 6, "favor"))
    (record,) = json.loads(export_tasks([Task("1", "😊 Kiev", "", "favor", 0.9, holders)], "small"))
    assert record["id"] == "1"
    assert record["fields"] == {"text": "😊 Kiev"}
    assert record["suggestions"] == {
        "label": {"value": "favor", "score": 0.9, "agent": "small"},
        "author": {"value": "favor", "score": None, "agent": "small"},
        "holders": {
            "value": [{"start": 3, "end": 7, "label": "favor"}], "score": None, "agent": "small",
        },
    }  # fmt: skip


def test_the_script_is_python_and_names_the_labels():
    (script,) = setup(["pro", "it's"]).values()
    tree = ast.parse(script)
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
    lists = [ast.literal_eval(word.value) for call in calls for word in call.keywords
             if word.arg == "labels"]  # fmt: skip
    assert lists == [["pro", "it's"], ["favor", "against"], ["favor", "against"]]
