import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.actors import ActorTable
from stance.holder_text import holder_text, read_holder_text, text_of, text_of_column
from stance.labels import SIDES

ACTORS = ("Rusland", "author", "Verenigde Staten", "Groen", "Hongarije", "de senatoren")


@given(st.lists(st.tuples(st.sampled_from(ACTORS), st.sampled_from(SIDES)), max_size=5))
@settings(max_examples=50, deadline=None)
def test_what_was_written_is_read_back(sides):
    identity = ActorTable.load().identity
    expected = {(identity(actor), side) for actor, side in sides}
    assert read_holder_text(holder_text(sides)) == expected


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("", set()),
        (" ; ", set()),
        ("Moskou: against", {("Rusland", "against")}),
        ("Moskou=against; author=favor;", {("Rusland", "against"), ("author", "favor")}),
        (" De Senatoren :Favor", {("senatoren", "favor")}),
        ("het Kremlin: against; Poetin: against", {("Rusland", "against")}),
        ("de minister: Jansen: favor", {("minister jansen", "favor")}),
    ],
)
def test_names_are_actors(text, sides):
    assert read_holder_text(text) == sides


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Moskou", "has 'Moskou', expected actors with their sides, such as Rusland: against"),
        ("Moskou: tegen", "gives 'Moskou' the side 'tegen', expected favor or against"),
        ("author: favor; Moskou:", "gives 'Moskou' the side '', expected favor or against"),
        ("Moskou, Kiev: against favor", "'Moskou, Kiev: against favor'"),
        (": favor", "has ': favor'"),
    ],
)
def test_a_fault_is_told(text, message):
    found = read_holder_text(text)
    assert isinstance(found, str)
    assert message in found


def test_a_semicolon_in_a_name_does_not_end_it():
    assert holder_text([("A; B", "favor")]) == "A, B: favor"


def test_objects_are_text_too():
    objects = [{"actor": "Rusland", "stance": "against"}, {"text": "author", "stance": "favor"}]
    assert text_of(objects) == "Rusland: against; author: favor"
    assert text_of([]) == ""
    assert text_of("x: favor") == "x: favor"
    for broken in (["Moskou"], [{"actor": "Moskou"}], [None]):
        assert isinstance(read_holder_text(text_of(broken)), str)


def test_a_column_of_structures_is_text():
    one = {"actor": "A; B", "stance": "favor", "score": 0.5}
    two = {"actor": "author", "stance": "against", "score": 0.9}
    lists = [[one, two], [], None, [two], [{"actor": None, "stance": "favor", "score": 1.0}]]
    column = pa.chunked_array([pa.array([[one]]), pa.array(lists)]).slice(1)
    texts = text_of_column(column).to_pylist()
    assert texts[:2] == ["A, B: favor; author: against", ""]
    assert not texts[2]
    assert texts[3] == "author: against"
    assert isinstance(read_holder_text(texts[4]), str)
    large = column.cast(pa.large_list(column.type.value_type))  # as polars writes it
    assert text_of_column(large).to_pylist() == texts
    with pytest.raises(pa.ArrowException):
        text_of_column(pa.chunked_array([pa.array([{"a": 1}])]))
    with pytest.raises(pa.ArrowException):
        text_of_column(pa.chunked_array([pa.array([[{"name": "x"}]])]))
