import pytest

from stance.documents import read_document
from stance.readers import Reject, Row

TEXT = "De sancties blijven. Dat klopt."


def test_a_document_and_its_sentences():
    row = Row(3, {"body": TEXT, "before": None})
    document = read_document(row, "body", "before", sentence=False)
    assert [document.text[a:b] for a, b in document.spans] == [
        "De sancties blijven.",
        "Dat klopt.",
    ]
    assert document.context == ""
    assert read_document(row, "body", None, sentence=True).spans == [(0, len(TEXT))]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "column text is missing"),
        ({"text": 7}, "column text is int (7), expected text"),
        ({"text": " "}, "column text is empty"),
        ({"text": "a\0"}, "column text holds a NUL byte"),
        ({"text": "a", "before": 1}, "column before is int, expected text"),
    ],
)
def test_a_row_without_a_document(values, reason):
    assert read_document(Row(2, values), "text", "before", sentence=True) == Reject(2, reason)
