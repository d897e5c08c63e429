"""The command that shows what the words of a sentence do to its label."""

import dataclasses
import json
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stance.cli.guard import errors_for_people
from stance.cli.options import ModelOption
from stance.cli.terminal import make_console, working
from stance.errors import ConfigError
from stance.explanation import Explanation, Word
from stance.printable import printable

_MOST_SHOWN: Final = 10
"""Words of a table; the sentence above shows them all."""
_FAINT, _STRONG = 1 / 6, 2 / 3
"""Of the strongest word: from here on words are marked, and marked as strong."""
_LITTLE: Final = 0.1
"""Log-odds that are not worth a mark: they change no score by more than .025."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(explain)


def explain(
    sentence: Annotated[str, typer.Argument(help="One sentence, in quotes.")],
    context: Annotated[str, typer.Option(help="The sentence before it.")] = "",
    label: Annotated[
        str | None, typer.Option(help="The label to explain; default: the one that is given.")
    ] = None,
    model: ModelOption = None,
    method: Annotated[
        str | None,
        typer.Option(help="gradients (of torch weights; their default) or occlusion."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all words as JSON, not as tables.")
    ] = False,
) -> None:
    """Show what each word of a sentence does to the score of its label.

    Which words a model reacts to is not why a person would choose the label.
    """
    with errors_for_people():
        from stance.explainer import Explainer

        if not sentence.strip():
            raise ConfigError("the sentence is empty; write it in quotes behind `stance explain`.")
        with working("explaining"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what they say is said below
            explainer = Explainer.from_pretrained(model, method=method)  # type: ignore[arg-type]
            explanation = explainer.explain(sentence, context, label)
        if context.strip() and not explainer.uses_context:
            print("stance: this model reads no context; --context is not used.", file=sys.stderr)
        if explanation.caveat:
            print(f"stance: {explanation.caveat}", file=sys.stderr)
        if as_json:
            sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # data, as in files
            print(json.dumps(dataclasses.asdict(explanation), indent=2, ensure_ascii=False))
        else:
            show(explanation, make_console())


def show(explanation: Explanation, console: Console) -> None:
    """Show an explanation: the sentence with its words marked, and the strongest as numbers."""
    words, before = explanation.words, explanation.context_words
    strongest = max(abs(one.attribution) for one in words + before)
    console.print(
        f"{explanation.label}: score {explanation.score:.2f}, log-odds {explanation.log_odds:+.2f}"
    )
    console.print(_how(explanation) + "\n")
    parts = [("sentence", explanation.text, words)]
    if before:
        parts.append(("context", explanation.context, before))
    for name, text, those in parts:
        scale = max(strongest, _LITTLE / _FAINT)
        console.print(Text(f"{name}: ") + _marked(text, those, scale))
        console.print(_table(those))
        console.print()
    if console.is_terminal:
        console.print(_legend(explanation.label))
    console.print(_sum(explanation, strongest))


def _how(explanation: Explanation) -> str:
    if explanation.baseline_log_odds is None:
        return "occlusion: by how much the log-odds are higher with a word than without it"
    return (
        "integrated gradients: how far each word moves the log-odds from "
        f"{explanation.baseline_log_odds:+.2f}, where every word is masked"
    )


def _sum(explanation: Explanation, strongest: float) -> str:
    own, before = (
        sum(one.attribution for one in those)
        for those in (explanation.words, explanation.context_words)
    )
    if explanation.baseline_log_odds is None or explanation.gap is None:
        if strongest < _LITTLE:
            return "no word does much alone: where several say the same, each can be missed"
        return "each word alone: words that say the same hide each other, so these do not add up"
    both = f"sentence {own:+.2f}, context {before:+.2f}; " if explanation.context_words else ""
    return (
        f"{both}all words {own + before:+.2f}, to share out "
        f"{explanation.log_odds - explanation.baseline_log_odds:+.2f}; gap {explanation.gap:.3f} "
        f"after {explanation.steps} steps"
    )


def _style(attribution: float, scale: float) -> str:
    """Sign and strength by colour, and without colours too."""
    share = abs(attribution) / scale
    if share < _FAINT:
        return ""
    sign = "cyan underline" if attribution > 0 else "magenta italic"
    return f"bold {sign}" if share >= _STRONG else sign


def _marked(text: str, words: Sequence[Word], scale: float) -> Text:
    marked, at = Text(), 0
    for one in words:
        marked.append(printable(" ".join(text[at : one.start].splitlines())))
        marked.append(printable(one.text), style=_style(one.attribution, scale))
        at = one.end
    return marked


def _table(words: Sequence[Word]) -> Table:
    """The strongest words, with the offset of each, which tells two of one form apart."""
    from stance.display import plain_table

    table = plain_table()
    table.add_column("word", overflow="fold")
    table.add_column("at", justify="right", style="dim")
    table.add_column("log-odds", justify="right", no_wrap=True)
    for one in sorted(words, key=lambda one: -abs(one.attribution))[:_MOST_SHOWN]:
        table.add_row(Text(printable(one.text)), str(one.start), f"{one.attribution:+z.2f}")
    return table


def _legend(label: str) -> Text:
    legend = Text("for ") + Text(label, style="cyan underline")
    legend += Text(", ") + Text(f"against {label}", style="magenta italic")
    return legend + Text("; ") + Text("bold", style="bold") + Text(": strongly")
