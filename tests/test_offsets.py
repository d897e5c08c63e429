import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.annotation.offsets import characters, from_utf16, to_utf16


@given(st.text(), st.integers(0, 50))
def test_there_and_back(text, offset):
    offset = min(offset, len(text))
    units = to_utf16(text, offset)
    assert units == len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2
    assert from_utf16(text, units) == offset


@pytest.mark.parametrize(
    ("offset", "unit"), [(-1, "utf16"), (1, "utf16"), (7, "utf16"), (-1, "characters"),
                         (6, "characters")]
)  # fmt: skip
def test_no_place_of_the_text(offset, unit):
    assert characters("😊 wij", offset, unit) is None


def test_the_issue_that_doccano_has_on_it():
    """github.com/doccano/doccano/issues/2290, a zero-width joiner put back in."""
    text = "👨🏻‍🚒 firemen drive firetrucks"
    start = characters(
        text, text.encode("utf-16-le").index("firet".encode("utf-16-le")) // 2, "utf16"
    )
    assert text[start:] == "firetrucks"
