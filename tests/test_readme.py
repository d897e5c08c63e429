"""Every command and every line of Python in README gives the output that README shows."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


VARYING = re.findall(
    r"^<!-- digits vary with the machine -->\n```console\n(.*?)^```",
    README,
    re.DOTALL | re.MULTILINE,
)


def commands(varying=False):
    for block in VARYING if varying else [b for b in blocks("console") if b not in VARYING]:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkout in which commands may write."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("examples", "seeds", "configs", "stance", "training"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_python(monkeypatch):
    monkeypatch.chdir(ROOT)
    code = "\n".join(blocks("python"))
    test = doctest.DocTestParser().get_doctest(code, {}, "README", "README.md", 0)
    assert len(test.examples) >= 5
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)


def test_commands(folder):
    """In the order of the page: a later one may read what an earlier one wrote."""
    ran = [*commands()]
    assert len(ran) >= 5
    for command, shown in ran:
        # In a checkout that is set up, `make demo` runs this one command.
        command = command.replace("make demo", "stance label examples/artikel.txt")
        printed = run(command, folder)
        matches = doctest.OutputChecker().check_output(shown, printed, FLAGS)
        assert matches, f"{command}\n{printed}"


@pytest.mark.slow
def test_commands_whose_digits_vary(folder):
    """Trained weights differ from processor to processor, and so may the graph that is chosen."""

    def words(text):
        return [re.sub(r"[-+]?\d+(\.\d+)?", "0", word) for word in text.split()]

    ran = [*commands(varying=True)]
    assert len(ran) == 2
    for command, shown in ran:
        same = [a == b for a, b in zip(words(shown), words(run(command, folder)), strict=False)]
        assert sum(same) / len(same) > 0.9, command


def run(command, folder):
    """What a command prints that ends well."""
    bin_folder = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{bin_folder}:{os.environ['PATH']}", "COLUMNS": "80"}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    return printed


def test_make_demo_is_the_command_that_is_shown():
    assert "stance label examples/artikel.txt" in (ROOT / "Makefile").read_text("utf-8")


def test_links_lead_somewhere():
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("seeds/*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_example_article_is_what_the_demo_needs():
    from stance.sentences import split_sentences

    text = (ROOT / "examples" / "artikel.txt").read_text("utf-8")
    assert len(split_sentences(text)) >= 25
    assert any(not one.endswith((".", "”", '"')) for one in text.split("\n\n")[1:])
