from collections import Counter

from rich.console import Console

from stance import Prediction
from stance.display import document_table, share_table


def shown(table):
    console = Console(width=100, record=True, file=None, force_terminal=False)
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
