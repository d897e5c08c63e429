"""Accuracy by score, as a figure."""

from stance.report import svg
from stance.report.drawing import color_of, make_axes, make_figure
from stance.report.reliability import Reliability
from stance.report.words import Words


def curve(found: Reliability, name: str, title: str, words: Words) -> str:
    """Accuracy by score; on the diagonal both are alike."""
    side = 250
    with svg.style():
        figure = make_figure(side + 62)
        axes = make_axes(figure, 60, 12, side, side)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.set_xlabel(words("score"))
        axes.set_ylabel(words("accuracy"))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks([0, 0.25, 0.5, 0.75, 1], [words.decimal(i / 4) for i in range(5)])
        axes.grid()
        axes.plot([0, 1], [0, 1], color=svg.MUTED, linestyle="--", linewidth=1)
        xs, ys = [one.score for one in found.bins], [one.accuracy for one in found.bins]
        axes.plot(xs, ys, color=svg.INK, linewidth=1, alpha=0.5)
        areas = [18 + 400 * one.share for one in found.bins]
        axes.scatter(xs, ys, areas, color=color_of("favor"), zorder=3, clip_on=False)
    rows = (
        words(
            "bin_told",
            score=words.decimal(one.score),
            accuracy=words.decimal(one.accuracy),
            n=one.n,
        )
        for one in found.bins
    )
    return svg.inline(figure, name, title, "; ".join(rows))
