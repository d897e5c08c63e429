from collections import Counter

import pytest
from rich.console import Console

from stance import Prediction
from stance.display import document_table, record_table, share_table


def shown(table, width=100):
    console = Console(width=width, record=True, file=None, force_terminal=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def prediction(text, label="favor", truncated=False):
    return Prediction(text, label, 0.75, {label: 0.75}, truncated, 0, len(text))


def test_a_document_shows_its_sentences():
    text = shown(document_table([prediction("Een zin."), prediction("[red]Twee.[/red]", "eigen")]))
    lines = text.splitlines()
    assert "label" in lines[0]
    assert "favor" in lines[1]
    assert "0.75" in lines[1]
    assert "Een zin." in lines[1]
    assert "eigen" in lines[2]
    assert "[red]Twee.[/red]" in lines[2]


@pytest.mark.parametrize("text", ["[/red]", "[link=x]y[/link]", ":smile:", "{0}", "\\[red]"])
def test_text_is_shown_as_it_is(text):
    assert text in shown(document_table([prediction(text)]))
    assert text in shown(document_table([prediction("x", label=text)]))
    assert text in shown(share_table(Counter({text: 1}), (text,)))


def test_control_characters_do_nothing():
    text = shown(document_table([prediction("\x1b[31mrood\x07 \x9b0m\r\nin twee regels")]))
    assert r"\x1b[31mrood\x07 \x9b0m in twee regels" in text


@pytest.mark.parametrize("width", [40, 60])
def test_a_narrow_terminal_shows_everything(width):
    text = "De ministerpresidentsverkiezingencommissie wil de sancties tegen Mali verlengen."
    words = shown(document_table([prediction(text, "unrelated")]), width).split()
    assert "".join(words).endswith(text.replace(" ", ""))
    assert "unrelated" in words
    shares = shown(share_table(Counter(unrelated=1), ("unrelated", "against")), width)
    assert shares.splitlines()[1].split()[:3] == ["unrelated", "1", "100%"]


def test_a_cut_sentence_says_so():
    assert "only its head was read" in shown(document_table([prediction("x", truncated=True)]))
    assert "only its head was read" not in shown(document_table([prediction("x")]))


def test_shares():
    text = shown(share_table(Counter(favor=3, against=1), ("favor", "against", "neutral")))
    favor, against, neutral = text.splitlines()[1:]
    assert favor.split()[:3] == ["favor", "3", "75%"]
    assert against.split()[:3] == ["against", "1", "25%"]
    assert favor.count("█") > against.count("█") > 0
    assert neutral.split() == ["neutral", "0", "0%"]


def test_shares_of_nothing():
    assert "0%" in shown(share_table(Counter(), ("favor",)))


def test_records_are_lines_under_their_keys():
    text = shown(record_table([{"outlet": "[b]x[/b]", "n": "1,200"}, {"outlet": "y", "n": ""}]))
    assert [line.split() for line in text.splitlines()] == [
        ["outlet", "n"],
        ["[b]x[/b]", "1,200"],
        ["y"],
    ]
    assert shown(record_table([])).strip() == ""
