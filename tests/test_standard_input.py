import io
import sys

import pytest

from stance.errors import InputError
from stance.standard_input import spooled_stdin


def test_standard_input_can_be_read_twice_and_is_removed(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9")))
    with spooled_stdin() as path:
        assert path.read_bytes() == path.read_bytes() == b"caf\xe9"
    assert not path.exists()


def test_errors_speak_of_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    with pytest.raises(InputError, match=r"^standard input: is empty"), spooled_stdin() as path:
        raise InputError(f"{path}: is empty.")
