"""Sentences go to every tool and come back from it with the same labels and holders."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stance.annotation.marks import Answer, read_mark
from stance.annotation.tasks import Task
from stance.annotation.tools import TOOLS
from stance.holders import Holder
from stance.labels import LABELS, SIDES

WORDS = st.sampled_from(
    [
        "Moskou",
        "Kiev😊",
        "👨🏻‍🚒",
        "a_b",
        "[x]",
        "c|d",
        "é",
        "->",
        "*",
        "\\",
        ";",
        "\t",
        "\n",
        "\\_",
        "'",
    ]
)


@st.composite
def tasks(draw):
    """A few sentences with characters that some tool escapes or counts twice, coded by a model."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        words = draw(st.lists(WORDS, min_size=1, max_size=6))
        text = draw(st.sampled_from(["", " ", "- "])) + " ".join([*words, "."])
        holders = [Holder("author", None, None, side) for side in SIDES if draw(st.booleans())][:1]
        for name in ("Moskou", "Kiev", "é"):  # whole words: a tool that marks tokens has no others
            if name in text and draw(st.booleans()):
                start = text.index(name)
                side = draw(st.sampled_from(SIDES))
                holders.append(Holder(name, start, start + len(name), side))
        holders.sort(key=lambda one: -1 if one.start is None else one.start)
        label = draw(st.sampled_from(LABELS))
        context = draw(st.sampled_from(["", "De zin ervoor."]))
        found.append(Task(f"{number}-0", text, context, label, 0.5, tuple(holders)))
    return found


def coded(tool, text):
    """The file that coders export if they leave everything as the model said it."""
    if tool == "labelstudio":
        records = json.loads(text)
        for number, one in enumerate(records, start=1):
            result = one.pop("predictions")[0]["result"]
            one |= {"id": number, "annotations": [{"completed_by": 7, "result": result}]}
        return json.dumps(records)
    if tool == "argilla":
        records = json.loads(text)
        for one in records:
            one["responses"] = {
                name: [{"value": said["value"], "user_id": "7"}]
                for name, said in one["suggestions"].items()
            }
        return json.dumps(records)
    return text


@pytest.mark.parametrize("name", TOOLS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_tasks=tasks())
def test_what_a_model_says_comes_back(name, given_tasks, tmp_path):
    tool = TOOLS[name]
    path = tmp_path / f"anna.{tool.suffixes[0]}"
    path.write_text(coded(name, tool.export_tasks(given_tasks, "model")), "utf-8")
    marks = [*tool.read_marks(path, "utf-8")]
    assert [mark.id for mark in marks] == [task.id for task in given_tasks]
    for mark, task in zip(marks, given_tasks, strict=True):
        if name != "inception":
            assert mark.context == task.context
        answer = read_mark(mark, task.text, LABELS)
        assert answer == Answer(task.label, tuple(one for one in task.holders)), (mark, task)


@pytest.mark.parametrize("name", TOOLS)
def test_sentences_that_no_model_labelled_come_back_empty(name, tmp_path):
    tool = TOOLS[name]
    path = tmp_path / f"anna.{tool.suffixes[0]}"
    text = tool.export_tasks([Task("1", "Kiev wil sancties.", "Wie wil wat?")], "")
    if name == "labelstudio":
        records = json.loads(text)
        assert "predictions" not in records[0]
        text = json.dumps([one | {"annotations": [{"result": []}]} for one in records])
    path.write_text(text, "utf-8")
    assert all(mark.is_empty for mark in tool.read_marks(path, "utf-8"))
