import errno
import signal
import threading

import pytest

from stance.cli import guard
from stance.cli.guard import errors_for_people, needs_training
from stance.errors import ConfigError, InputError, MissingExtraError, ModelError, OutputError


@pytest.fixture(autouse=True)
def _own_process(monkeypatch):
    """Leave signals and standard output of the test run alone."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(guard, "_abandon_standard_output", lambda: None)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigError("a"), 2, "stance: a\n"),
        (InputError("a"), 3, "stance: a\n"),
        (ModelError("a"), 4, "stance: a\n"),
        (OutputError("a"), 5, "stance: a\n"),
        (InputError("x\x1b[31m.csv: a"), 3, "stance: x\\x1b[31m.csv: a\n"),
        (BrokenPipeError(), 0, ""),
        (OSError(errno.ENOSPC, "No space"), 5, "stance: the output cannot be written (No space)."),
        (KeyboardInterrupt(), 130, "stance: interrupted; no half-written file was left.\n"),
        (KeyError("a"), 1, "stance: unexpected KeyError: 'a'. This is a fault of stance-nl;"),
        (OSError(errno.EPERM, "a"), 1, "stance: unexpected PermissionError"),
    ],
)
def test_every_end_is_one_line_and_a_code(capsys, error, code, said):
    with pytest.raises(SystemExit) as done, errors_for_people():
        raise error
    assert code == done.value.code
    shown = capsys.readouterr().err
    assert shown.startswith(said)
    assert shown.count("\n") == (code != 0)


def test_an_error_that_came_of_an_interrupt_is_an_interrupt(monkeypatch, capsys):
    monkeypatch.setattr(guard, "INTERRUPTED", threading.Event())
    guard.INTERRUPTED.set()
    with pytest.raises(SystemExit, match="130"), guard.errors_for_people("interrupted."):
        raise ImportError("initialization failed")
    assert capsys.readouterr().err == "stance: interrupted.\n"


def test_a_developer_gets_the_traceback(monkeypatch):
    monkeypatch.setenv("STANCE_DEBUG", "1")
    with pytest.raises(KeyError), errors_for_people():
        raise KeyError


def test_a_package_that_training_needs_is_named():
    message = r"yaml is not installed.*stance-nl\[train\]"
    with pytest.raises(MissingExtraError, match=message), needs_training():
        raise ModuleNotFoundError(name="yaml")
