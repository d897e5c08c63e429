"""Lines as doccano's intent detection and slot filling projects take and give them, by hand."""

import json

import pytest

from stance.annotation.doccano import export_tasks, read_marks, setup
from stance.annotation.marks import UTF16, Span
from stance.annotation.tasks import Task
from stance.holders import Holder
from stance.labels import LABELS


def marks(tmp_path, *lines):
    (tmp_path / "anna.jsonl").write_text("".join(f"{one}\n" for one in lines), "utf-8")
    return [*read_marks(tmp_path / "anna.jsonl")]


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 5, "text": "😊 Kiev", "sentence_id": "3-1", "context": "Wie?", "Comments": [], '
        '"entities": [[3, 7, "favor"]], "cats": ["author-favor", "favor"]}',
        '{"id": 5, "text": "😊 Kiev", "meta": {"sentence_id": "3-1", "context": "Wie?"}, '
        '"entities": [{"id": 9, "label": "favor", "start_offset": 3, "end_offset": 7}], '
        '"relations": [], "cats": ["author-favor", "favor"]}',
    ],
)
def test_a_line_of_an_export(tmp_path, line):
    (one,) = marks(tmp_path, line)
    assert (one.coder, one.id, one.text, one.context) == ("anna", "3-1", "😊 Kiev", "Wie?")
    assert (one.labels, one.author) == (("favor",), ("favor",))
    assert one.spans == (Span(3, 7, "favor", None, UTF16),)
    assert not one.fault


def test_a_sentence_that_was_not_coded(tmp_path):
    (one,) = marks(
        tmp_path, '{"id": 5, "text": "Zin.", "sentence_id": "1", "entities": [], "cats": []}'
    )
    assert one.is_empty


def test_what_another_kind_of_project_exports(tmp_path):
    found = marks(
        tmp_path, '{"id": 1, "text": "Zin.", "label": ["favor"]}', "{", '{"text": "Zin."}'
    )
    assert "has no lists cats and entities; make the project an intent detection" in found[0].fault
    assert "line 2: not JSON" in found[1].fault
    (one,) = marks(tmp_path, '{"text": "Zin.", "cats": [], "entities": ["x"]}')
    assert one.spans == (Span(None, None, "", None, UTF16),)


def test_tasks_count_as_a_browser_does():
    holders = (Holder("author", None, None, "against"), Holder("Kiev", 2, 6, "favor"))
    line = json.loads(export_tasks([Task("1", "😊 Kiev", "Wie?", "favor", 0.9, holders)], "small"))
    assert line == {
        "text": "😊 Kiev",
        "cats": ["favor", "author-against"],
        "entities": [[3, 7, "favor"]],
        "sentence_id": "1",
        "context": "Wie?",
    }


def test_label_types_for_categories_and_spans():
    files = {name: json.loads(text) for name, text in setup(LABELS).items()}
    names = [one["text"] for one in files["categories.json"]]
    assert names == [*LABELS, "author-favor", "author-against"]
    assert [one["suffixKey"] for one in files["categories.json"]] == [*"123456"]
    assert [one["text"] for one in files["spans.json"]] == ["favor", "against"]
