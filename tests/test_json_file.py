import pytest

from stance.annotation.json_file import read_list
from stance.errors import InputError


def test_a_list_of_objects(tmp_path):
    (tmp_path / "a.json").write_text('\ufeff[{"a": "é"}]', "utf-8")
    assert read_list(tmp_path / "a.json", "x") == [{"a": "é"}]
    (tmp_path / "a.json").write_text(r'[{"a": "\ud83d\ude00"}]', "utf-8")
    assert read_list(tmp_path / "a.json", "x") == [{"a": "😀"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not JSON (Expecting property name"),
        (b'{"a": 1}', "a dict, expected a list of objects, what a tool exports"),
        (b"[1]", "a list, expected a list of objects"),
        (b"[]", "an empty list, expected what a tool exports"),
        (b"[" * 100_000, "not JSON"),
        (b'["\xff"]', "not UTF-8"),
        (b"", "the file is empty"),
        (rb'[{"a": "\uD83D"}]', "holds half a character (such as"),
    ],
)
def test_what_cannot_be_read(tmp_path, content, message):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_list(tmp_path / "a.json", "what a tool exports")
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "a.json"))
