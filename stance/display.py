"""Predictions and counts as coloured tables for a terminal."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.markup import escape
from rich.table import Table

from stance.classifier import Prediction

_COLOURS: Final = {"favor": "green", "against": "red", "neutral": "yellow", "unrelated": "dim"}


def document_table(predictions: Sequence[Prediction]) -> Table:
    """One line a sentence: label, score, text."""
    table = Table(box=None, padding=(0, 1), header_style="bold")
    table.add_column("#", justify="right", style="dim")
    table.add_column("label", no_wrap=True)
    table.add_column("score", justify="right")
    table.add_column("sentence")
    for number, one in enumerate(predictions, start=1):
        colour = _COLOURS.get(one.label, "cyan")
        cut = " [dim](only its head was read)[/dim]" if one.truncated else ""
        table.add_row(
            str(number),
            f"[{colour}]{escape(one.label)}[/{colour}]",
            f"{one.score:.2f}",
            f"[{colour}]{escape(one.text)}[/{colour}]{cut}",
        )
    return table


def share_table(counts: Counter[str], labels: Sequence[str]) -> Table:
    """Sentences of each label, with their share and a bar."""
    total = max(sum(counts.values()), 1)
    table = Table(box=None, padding=(0, 1), header_style="bold")
    table.add_column("label")
    table.add_column("sentences", justify="right")
    table.add_column("share", justify="right")
    table.add_column("")
    for label in labels:
        colour = _COLOURS.get(label, "cyan")
        share = counts[label] / total
        bar = "█" * round(30 * share)
        table.add_row(
            f"[{colour}]{escape(label)}[/{colour}]",
            str(counts[label]),
            f"{share:.0%}",
            f"[{colour}]{bar}[/{colour}]",
        )
    return table
