import signal
import threading

import pytest
from rich.console import Console
from rich.table import Table

from stance.cli import guard, terminal


def test_names_and_labels_of_others_mean_nothing_to_the_terminal(monkeypatch, capsys):
    monkeypatch.setattr(Console, "is_terminal", True)
    with terminal.working("checking [/red] :smile: \x1b[31m.csv"):
        pass
    assert r"checking [/red] :smile: \x1b[31m.csv" in capsys.readouterr().err
    with terminal.progress(1, "[/red] :smile:") as advance:
        advance(1)
    assert "[/red] :smile:" in capsys.readouterr().err
    table = Table("[/red]", title=":smile:")
    table.add_row("[bold]x")
    terminal.make_console().print(table)
    shown = capsys.readouterr().out
    assert all(one in shown for one in ("[/red]", ":smile:", "[bold]x"))


def test_an_interrupt_that_compiled_code_swallowed_comes_again(monkeypatch):
    event = threading.Event()
    monkeypatch.setattr(guard, "INTERRUPTED", event)
    monkeypatch.setattr(terminal, "INTERRUPTED", event)
    with pytest.raises(KeyboardInterrupt):
        guard.interrupt(signal.SIGINT, None)
    with terminal.progress(2, "rows") as advance, pytest.raises(KeyboardInterrupt):
        advance(1)
