import pytest
from pydantic import TypeAdapter, ValidationError

from training.values import Count, Files, Fraction, Labels, Name, Seed, Seeds, Share


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        (Files, "a.csv", ["a.csv"]),
        (Seeds, 3, [3]),
        (Seeds, [1, 2], [1, 2]),
        (Labels, [0, "b"], ["0", "b"]),
        (Name, "één\nnaam", "één\nnaam"),
    ],
)
def test_what_may_stand_for_a_value(kind, value, found):
    assert TypeAdapter(kind).validate_python(value, strict=True) == found


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (Share, 0.5, "less than 0.5"),
        (Fraction, 1.0, "less than 1"),
        (Count, 0, "greater than or equal to 1"),
        (Seed, 2**32, "less than 4294967296"),
        (Name, "", "at least 1 character"),
        (Name, "a\0", "holds a NUL character"),
        (Files, [], "at least 1 item"),
        (Files, ["a\0"], "holds a NUL character"),
        (Seeds, [1, 2, 1, 2], "1, 2 is given twice"),
        (Labels, ["1", 1], "1 is given twice"),
        (Labels, ["a"], "at least 2 items"),
        (Labels, "ab", "valid list"),
    ],
)
def test_what_may_not(kind, value, message):
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(kind).validate_python(value, strict=True)
