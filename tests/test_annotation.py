"""Sentences go to every tool and come back from it with the same labels and holders."""

import contextlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stance.annotation.marks import Answer, read_mark
from stance.annotation.merging import merge
from stance.annotation.tasks import Task
from stance.annotation.tools import TOOLS
from stance.errors import StanceError
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
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def places(value, path=()):
    """The ways to every value within a value."""
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def replaced(value, path, new):
    """A copy of a value with another one at a place within it."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("name", ["labelstudio", "doccano", "argilla"])
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_tasks=tasks(), new=JSON, data=st.data())
def test_a_file_that_was_tampered_with_is_no_crash(name, given_tasks, new, data, tmp_path):
    tool = TOOLS[name]
    text = coded(name, tool.export_tasks(given_tasks, "model"))
    value = (
        [json.loads(line) for line in text.splitlines()] if name == "doccano" else json.loads(text)
    )
    value = replaced(value, data.draw(st.sampled_from([*places(value)])), new)
    path = tmp_path / f"anna.{tool.suffixes[0]}"
    lines = value if name == "doccano" and isinstance(value, list) else [value]
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    with contextlib.suppress(StanceError):
        merge(tool.read_marks(path, "utf-8"), LABELS)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_tasks=tasks(), junk=st.text(max_size=8), data=st.data())
def test_a_document_that_was_tampered_with_is_no_crash(given_tasks, junk, data, tmp_path):
    text = TOOLS["inception"].export_tasks(given_tasks, "model")
    start, end = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2)))
    path = tmp_path / "anna.tsv"
    path.write_text(text[:start] + junk + text[min(end, start + 20) :], "utf-8")
    with contextlib.suppress(StanceError):
        merge(TOOLS["inception"].read_marks(path, "utf-8"), LABELS)
