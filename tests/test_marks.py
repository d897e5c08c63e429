import pytest

from stance.annotation.marks import BOTH, UTF16, Answer, Mark, Span, read_mark
from stance.holders import Holder
from stance.labels import LABELS

TEXT = "😊 Kiev steunt de sancties, Moskou niet."


def mark(text=TEXT, labels=("favor",), author=(), spans=(), **more):
    return Mark("a.json: task 1", "anna", "1", text, labels, author, spans, **more)


def test_label_writer_and_spans_in_the_order_of_the_text():
    spans = (Span(27, 33, "against", "Moskou"), Span(2, 6, "favor", "Kiev"))
    found = read_mark(mark(author=("favor",), spans=spans), TEXT, LABELS)
    assert found == Answer(
        "favor",
        (
            Holder("author", None, None, "favor"),
            Holder("Kiev", 2, 6, "favor"),
            Holder("Moskou", 27, 33, "against"),
        ),
    )


@pytest.mark.parametrize("span", [
    Span(2, 6, "favor", "Kiev", BOTH),  # as Label Studio counts now
    Span(3, 7, "favor", "Kiev", BOTH),  # as it did before: the quotation tells
    Span(3, 7, "favor", None, UTF16),  # as doccano, Argilla and INCEpTION do
    Span(1, 7, "favor", " Kiev ", BOTH),  # spaces are left out
    Span(2, 8, "favor", None, UTF16),
])  # fmt: skip
def test_offsets_become_characters(span):
    assert read_mark(mark(spans=(span,)), TEXT, LABELS).holders == (Holder("Kiev", 2, 6, "favor"),)


def test_a_tool_may_have_dropped_spaces_around_the_sentence():
    found = read_mark(mark(spans=(Span(3, 7, "favor", None, UTF16),)), f"  {TEXT}\n", LABELS)
    assert found.holders == (Holder("Kiev", 4, 8, "favor"),)


def test_the_same_holder_twice_is_one():
    spans = (Span(2, 6, "favor", "Kiev"), Span(3, 7, "favor", "Kiev"))
    assert len(read_mark(mark(spans=spans), TEXT, LABELS).holders) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "Een andere zin."}, "the text was changed: 'Een andere zin.', expected '😊 Kiev"),
        ({"labels": ("favour",)}, "'favour' is none of favor, against, neutral, unrelated; did you "
         "mean favor?"),
        ({"labels": ("favor", "against")}, "expected one label, found favor, against"),
        ({"labels": (), "author": ("favor",)}, "expected one label, found none, but a holder"),
        ({"author": ("neutral",)}, "'neutral' is none of favor, against"),
        ({"spans": (Span(2, 6, "voor"),)}, "a holder's side 'voor' is none of favor, against"),
        ({"spans": (Span(2, 99, "favor"),)}, "the span 2 to 99 is none of the text"),
        ({"spans": (Span("2", 6, "favor"),)}, "the span '2' to 6 is none of the text"),
        ({"spans": (Span(6, 6, "favor"),)}, "the span 6 to 6 is none of the text"),
        ({"spans": (Span(1, 2, "favor"),)}, "the span 1 to 2 holds no letter"),
        ({"spans": (Span(1, 4, "favor", None, UTF16),)}, "the span 1 to 4 is none of the text"),
        ({"spans": (Span(9, 15, "favor", "Kiev"),)}, "is none of the text, where 'Kiev' should "
         "stand"),
        ({"fault": "broken"}, "broken"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(change, message):
    found = read_mark(mark(**change), TEXT, LABELS)
    assert isinstance(found, list)
    assert message in "; ".join(found)


def test_every_fault_is_found():
    spans = (Span(2, 99, "favor"), Span(2, 6, "voor"))
    assert len(read_mark(mark(labels=("x",), spans=spans), TEXT, LABELS)) == 3


def test_a_message_shows_where_a_long_text_was_changed():
    (fault,) = read_mark(mark(text="Lang " * 40 + "nee"), "Lang " * 40 + "ja", LABELS)
    assert fault.endswith("Lang nee', expected 'Lang Lang Lang Lang ja'")
