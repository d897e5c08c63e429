import pytest

from stance.json_lines import parse


def test_an_object_is_a_row():
    assert parse('{"text": "é", "n": 1.5, "m": [{"a": 1}, {"a": 2}]}') == {
        "text": "é",
        "n": 1.5,
        "m": [{"a": 1}, {"a": 2}],
    }
    assert parse("{}") == {}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "not JSON (Expecting property name enclosed in double quotes, column 2)"),
        ("[1]", "a list, expected an object with columns"),
        ('{"text": "a", "text": "b"}', "the key 'text' stands twice in one object"),
        ('{"m": [{"a": 1, "a": 1}]}', "the key 'a' stands twice in one object"),
        ('{"n": NaN}', "NaN is no number in JSON, expected null"),
        ('{"n": [-Infinity]}', "-Infinity is no number in JSON, expected null"),
        ('{"n": 1e999}', "1e999 is too large a number"),
        ('{"n": ' + "9" * 10_000 + "}", "not usable JSON (nested too deep or too long)"),
        ("[" * 100_000, "not usable JSON (nested too deep or too long)"),
        ('{"n": ' + "[" * 200 + "]" * 200 + "}", "not usable JSON (nested deeper than 100)"),
    ],
)
def test_what_is_no_row_is_told_why(line, reason):
    assert parse(line) == reason


def test_many_brackets_side_by_side_are_not_deep():
    assert isinstance(parse('{"n": [' + ", ".join(["[]"] * 500) + "]}"), dict)
