import io

from rich.console import Console
from test_agreement import CELLS, study

from stance.cli.agreement_tables import show_agreement


def shown(report, width=110):
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    show_agreement(report, console)
    return console.file.getvalue()


def test_labels_pairs_and_coders(tmp_path):
    text = shown(study(tmp_path, CELLS))
    assert text.startswith("coded.jsonl: 42 of 48 rows coded by two or more, 24 documents (group);")
    for part in ("Krippendorff's alpha", "by label", "by pair", "by coder", "a, b", "mean"):
        assert part in text
    assert "12 rows have two labels or more; --disagreements FILE lists them." in text
    assert "holders" not in text
    assert "too narrow" not in text


def test_holders_and_what_is_undefined(tmp_path):
    kiev = [{"text": "Kiev", "stance": "favor"}]
    report = study(
        tmp_path, [("favor", "favor")] * 3, text=["Kiev wil."] * 3, a_holders=[kiev] * 3,
        b_holders=[kiev, kiev, []],
    )  # fmt: skip
    report["coders"][0]["coder"] = "[b]\x1b[2J"
    text = shown(report)
    assert "holders with their side, by pair" in text
    assert "0.800" in text
    assert "2 documents, 20 needed for an interval: the intervals are too narrow." in text
    assert "nan" not in text
    assert "None" not in text
    assert "[b]\\x1b[2J" in text
    found = " ".join(text.split())
    assert "0 rows have two labels or more; --disagreements FILE lists them and those" in found
