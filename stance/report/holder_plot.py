"""Who takes which side how often, as a figure."""

from collections.abc import Sequence

from stance.report import svg
from stance.report.drawing import EDGE, HEAD, WIDTH, color_of, make_axes, make_figure
from stance.report.holder_sides import ActorSides
from stance.report.words import Words, as_name


def sides(actors: Sequence[ActorSides], name: str, title: str, words: Words) -> str:
    """A bar for every actor, against to the left and in favor to the right."""
    row = 36
    most = max(max(one.favor, one.against) for one in actors)
    with svg.style():
        figure = make_figure(HEAD + row * len(actors) + 6)
        axes = make_axes(figure, EDGE, HEAD, WIDTH - 2 * EDGE, row * len(actors))
        axes.set(xlim=(-1.25 * most, 1.25 * most), ylim=(row * len(actors), 0))
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set_visible(False)
        for label, sign, align in (("against", -1, "right"), ("favor", 1, "left")):
            arrow = f"← {words.label(label)}" if sign < 0 else f"{words.label(label)} →"
            axes.text(
                0.03 * sign * most, -8, arrow, ha=align, color=color_of(label), fontweight="bold"
            )
            for place, one in enumerate(actors):
                n = getattr(one, label)
                axes.barh(place * row + 24, sign * n, 12, color=color_of(label))
                axes.text(
                    sign * (n + 0.03 * most), place * row + 24, words.count(n), ha=align,
                    va="center_baseline", fontsize=11,
                )  # fmt: skip
        for place, one in enumerate(actors):
            called = as_name(words.actor(one.actor), 40)
            axes.text(0, place * row + 13, called, ha="center")
    rows = (
        f"{words.actor(one.actor)}: {words.label('favor')} {words.count(one.favor)}, "
        f"{words.label('against')} {words.count(one.against)}"
        for one in actors
    )
    return svg.inline(figure, name, title, "; ".join(rows))
