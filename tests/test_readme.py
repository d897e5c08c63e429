"""Every command and every line of Python in README gives the output that README shows."""

import doctest
import re

import pytest
from pages import FLAGS, ROOT, check, commands, make_checkout, run

README = ROOT / "README.md"


def blocks(language):
    text = README.read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_checkout(tmp_path_factory.mktemp("readme"))


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
    assert check(README, folder) >= 5


@pytest.mark.slow
def test_commands_whose_digits_vary(folder):
    """Trained weights differ from processor to processor, and so may the graph that is chosen."""

    def words(text):
        return [re.sub(r"[-+]?\d+(\.\d+)?", "0", word) for word in text.split()]

    ran = commands(README, varying=True)
    assert len(ran) == 2
    for command, shown in ran:
        same = [a == b for a, b in zip(words(shown), words(run(command, folder)), strict=False)]
        assert sum(same) / len(same) > 0.9, command


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
