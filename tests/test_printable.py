import pytest

from stance.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Één café, “goed” 🙂\n\tja", "Één café, “goed” 🙂\n\tja"),
        ("\x1b]0;titel\x07", r"\x1b]0;titel\x07"),
        ("\x9b31m\x7f\0\r", r"\x9b31m\x7f\x00\r"),
        ("naam\u202etxt.exe", r"naam\u202etxt.exe"),
    ],
)
def test_control_characters_are_shown_as_escapes(text, shown):
    assert printable(text) == shown
