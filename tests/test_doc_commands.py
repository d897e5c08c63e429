"""Every `stance` command on every page is one that the command line takes.

Pages that walk through a study are run, too (`test_docs.py`, `test_readme.py`).
"""

import re
import shlex

import pytest
import typer
from pages import ROOT

from stance.cli.commands import app

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`(stance [a-z][^`]*)`(?!`)", re.DOTALL)
_LEAST = 90
"""Commands on all pages, at the least: fewer, and this test reads them wrongly."""


def commands_of(text):
    """The commands of a page: (in a block or in a sentence, the command)."""
    for language, block in _FENCE.findall(text):
        if language == "console":
            lines = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
        elif language in ("text", "bash", "sh"):
            lines = re.sub(r"\\?\n {2,}(?=\S)", " ", block).splitlines()  # a line that goes on
        else:
            continue
        for line in lines:
            if found := re.match(r"(?:.* -m )?(stance .*)", line):
                yield "block", found[1]
    for command in _INLINE.findall(_FENCE.sub("", text)):
        yield "sentence", " ".join(command.split())


def words_of(command):
    """The arguments of a command; brackets, dots and all but the first choice mean nothing."""
    command = re.split(r" \||[^-]> |&&|;", command)[0]
    if re.search(r"\[(--|[A-Z@])", command):
        command = re.sub(r"[][]", " ", command.replace("[@", "@"))
    command = re.sub(r"(?<!\S)\.\.\.(?!\S)", " ", command)
    words = shlex.split(command, comments=True)[1:]
    return [word.partition("|")[0] if re.fullmatch(r"[\w|]+", word) else word for word in words]


def fault_of(where, command):
    """What is wrong with a command; None if nothing is."""
    name, *words = words_of(command)
    if name.startswith("-"):
        return None
    if name not in COMMANDS:
        return f"there is no command {name}"
    if where == "sentence" and not words:
        return None
    try:
        COMMANDS[name].make_context(name, [*words])
    except Exception as error:
        if where == "sentence" and type(error).__name__ in ("MissingParameter", "BadOptionUsage"):
            return None  # it names an option, not a whole command
        return f"{type(error).__name__}: {getattr(error, 'message', error)}"
    return None


FOUND = [
    (page.name, where, command)
    for page in PAGES
    for where, command in commands_of(page.read_text("utf-8"))
]


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_the_commands_of_a_page(name):
    faults = {
        command: fault
        for page, where, command in FOUND
        if page == name and (fault := fault_of(where, command))
    }
    assert not faults


def test_they_are_found():
    assert len(FOUND) >= _LEAST
    names = {words_of(command)[0] for _, _, command in FOUND}
    assert set(COMMANDS) <= names  # every command stands on a page


@pytest.mark.parametrize(
    ("where", "command"),
    [
        ("block", "stance label a.csv --out b.csv --modle m"),
        ("block", "stance lable a.csv"),
        ("block", "stance label"),
        ("block", "stance sample LABELLED --n many"),
        ("block", "stance label a.csv --abstain-below 2"),
        ("sentence", "stance label --abstain-under .5"),
        ("sentence", "stance labels"),
        ("block", "stance estimate LABELLED GOLD [--off stance|all]"),
    ],
)
def test_what_is_wrong_is_found(where, command):
    assert fault_of(where, command)
