"""Predictions and counts as coloured tables for a terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from rich.bar import Bar
from rich.style import Style
from rich.styled import Styled
from rich.table import Table
from rich.text import Text

from stance.predictions import HolderSides, Prediction
from stance.printable import printable

_COLOURS: Final = {"favor": "green", "against": "red", "neutral": "yellow", "unrelated": "dim"}


def plain_table() -> Table:
    """An empty table without lines, as all of ours are."""
    return Table(box=None, padding=(0, 1), header_style="bold")


def document_table(predictions: Sequence[Prediction]) -> Table:
    """One line a sentence: label, score, text."""
    table = plain_table()
    table.add_column("#", justify="right", style="dim")
    table.add_column("label", overflow="fold")  # on a narrow terminal nothing is left out
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("sentence", overflow="fold")
    for number, one in enumerate(predictions, start=1):
        sentence = _coloured(" ".join(one.text.splitlines()), one.label)
        if one.truncated:
            sentence.append(" (only its head was read)", style="dim")
        table.add_row(str(number), _coloured(one.label, one.label), f"{one.score:.2f}", sentence)
    return table


def holder_table(holders: Sequence[HolderSides]) -> Table:
    """One line a holder: its sides, with the interval of the share in favor."""
    table = plain_table()
    table.add_column("holder", overflow="fold")
    table.add_column("favor", justify="right", no_wrap=True)
    table.add_column("against", justify="right", no_wrap=True)
    table.add_column("share in favor", justify="right", no_wrap=True)
    for one in holders:
        low, high = one.interval
        share = f"{one.share:.0%} ({low:.0%} to {high:.0%})"
        side = "favor" if one.favor >= one.against else "against"
        table.add_row(_coloured(one.actor, side), str(one.favor), str(one.against), share)
    return table


def share_table(counts: Counter[str], labels: Sequence[str]) -> Table:
    """Sentences of each label, with their share and a bar."""
    total = max(sum(counts.values()), 1)
    table = plain_table()
    table.add_column("label", no_wrap=True)
    table.add_column("sentences", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    table.add_column("", max_width=30)
    for label in labels:
        share = counts[label] / total
        row = (_coloured(label, label), str(counts[label]), f"{share:.0%}", _bar(share, label))
        table.add_row(*row)
    return table


def _bar(share: float, label: str) -> Styled:
    """A bar in the colour of a label, as long as the terminal allows."""
    style = Style.parse(_COLOURS.get(label, "cyan"))
    return Styled(Bar(1, 0, share, color=style.color or "default"), style)


def _coloured(text: str, label: str) -> Text:
    """Text in the colour of a label; no markup, emoji code or control character acts in it."""
    return Text(printable(text), style=_COLOURS.get(label, "cyan"))


def record_table(records: Sequence[Mapping[str, str]]) -> Table:
    """Records as lines, each with the same keys, which head the columns; numbers to the right."""
    table = plain_table()
    for name in records[0] if records else ():
        numbers = all(not record[name] or record[name][:1] in "+-0123456789" for record in records)
        right = numbers and name not in ("from", "to", "flag")
        table.add_column(
            printable(name),
            justify="right" if right else "left",
            overflow="fold",
            no_wrap=name == "interval",
            min_width=len(name) if right else None,
        )
    for record in records:
        table.add_row(
            *(
                _coloured(value, record.get("label") or record.get("side", ""))
                for value in record.values()
            )
        )
    return table
