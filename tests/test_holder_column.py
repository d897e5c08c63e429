import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.holder_column import read_holders

TEXT = "Polen is voor, en Polen blijft dat."


def test_a_list_or_json():
    value = [
        {"text": "Polen", "start": 18, "stance": "favor"},
        {"text": "author", "stance": "favor"},
    ]
    polen, writer = read_holders(value, TEXT)
    assert (polen.text, polen.start, polen.end, polen.stance) == ("Polen", 18, 23, "favor")
    assert (writer.text, writer.start, writer.end) == ("author", None, None)
    assert read_holders(json.dumps(value), TEXT) == (polen, writer)


@pytest.mark.parametrize("nothing", [None, "", "  ", [], "[]"])
def test_nobody(nothing):
    assert read_holders(nothing, TEXT) == ()


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("Polen", "is 'Polen', expected a JSON list"),
        ({"text": "Polen"}, "expected a list"),
        (["Polen"], "has 'Polen', expected an object with text and stance"),
        ([{"text": "Polen", "stance": "voor"}], "'voor', expected favor or against"),
        ([{"text": "Polen", "stance": "favor"}], "more than once in the text; give its start"),
        ([{"text": "Rome", "stance": "favor"}], "has 'Rome' at -1"),
        ([{"text": "Polen", "stance": "favor", "start": 3}], "has 'Polen' at 3"),
        ([{"text": "Polen", "stance": "favor", "start": True}], "has 'Polen' at True"),
        ([{"text": "", "stance": "favor"}], "expected an object with text"),
        ("[" * 100_000, "expected a JSON list"),
    ],
)
def test_faults_are_named(value, fault):
    assert fault in read_holders(value, TEXT)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)
       | st.dictionaries(st.sampled_from(["text", "stance", "start"]), inner)))  # fmt: skip
def test_any_value_is_read_or_refused(value):
    found = read_holders(value, TEXT)
    assert isinstance(found, str) or all(
        one.start is None or TEXT[one.start : one.end] == one.text for one in found
    )
