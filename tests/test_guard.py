import errno

import pytest
from typer import Exit

from stance.cli.guard import _errors_for_people
from stance.errors import ConfigError, InputError, ModelError, OutputError


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigError("a"), 2, "stance: a\n"),
        (InputError("a"), 3, "stance: a\n"),
        (ModelError("a"), 4, "stance: a\n"),
        (OutputError("a"), 5, "stance: a\n"),
        (KeyboardInterrupt(), 130, "stance: interrupted; no half-written file was left.\n"),
        (KeyError("a"), 1, "stance: unexpected KeyError: 'a'. This is a fault of stance-nl;"),
        (OSError(errno.EPERM, "a"), 1, "stance: unexpected PermissionError"),
    ],
)
def test_every_end_is_one_line_and_a_code(capsys, error, code, said):
    with pytest.raises(Exit) as done, _errors_for_people():
        raise error
    assert code == done.value.exit_code
    shown = capsys.readouterr().err
    assert shown.startswith(said)
    assert shown.count("\n") == 1


def test_a_developer_gets_the_traceback(monkeypatch):
    monkeypatch.setenv("STANCE_DEBUG", "1")
    with pytest.raises(KeyError), _errors_for_people():
        raise KeyError
