"""Shares of labels, as figures: by group, and over time.

A share is filled where it is corrected, open where it is of predicted labels. Labels differ by
marker, by place and by name, not by colour alone.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from stance.report import svg
from stance.report.cuts import Cut, Line
from stance.report.drawing import (
    EDGE,
    HEAD,
    SIZE,
    WIDTH,
    color_of,
    make_axes,
    make_figure,
    marker_of,
)
from stance.report.words import Words, as_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LONGEST: Final = 34
"""Characters of a group's name."""
_FOOT: Final = 26
"""Height of the scale below."""
_MOST_TICKS: Final = 5
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_YEARS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
"""Between two ticks."""


def by_group(cut: Cut, name: str, title: str, words: Words) -> str:
    """A row of dots for every group of which a share is shown, with intervals where corrected.

    Returns:
        An svg element; "" if there is no such group.
    """
    groups = cut.told
    if not groups:
        return ""
    labels = [line.label for line in groups[0].lines]
    row = 22 + 13 * len(labels)
    with svg.style():
        figure = make_figure(HEAD + row * len(groups) + _FOOT)
        axes = make_axes(figure, EDGE, HEAD, WIDTH - 2 * EDGE, row * len(groups))
        axes.set(xlim=(0, _top(cut)), ylim=(row * len(groups), 0), yticks=[])
        _percents(axes.xaxis, words)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        for place, group in enumerate(groups):
            y = place * row + 14
            axes.text(0, y, as_name(group.name, _LONGEST), fontweight="bold")
            told = words("n_sentences", n=group.n)
            axes.text(_top(cut), y, told, color=svg.MUTED, ha="right", fontsize=11)
            for number, line in enumerate(group.lines):
                _dot(axes, line, y + 11 + 13 * number, cut.corrected, labels, words)
        _legend(figure, labels, words)
        _warn(figure, cut, words)
    return svg.inline(figure, name, title, _told(cut, words))


def over_time(cut: Cut, name: str, title: str, words: Words) -> str:
    """A panel for every label, time from left to right."""
    labels = [line.label for line in cut.groups[0].lines]
    places, ticks = time_scale([group.name for group in cut.groups])
    panel, gap = 84, 44
    with svg.style():
        figure = make_figure((panel + gap) * len(labels) + 16)
        for number, label in enumerate(labels):
            top = gap - 18 + number * (panel + gap)
            axes = make_axes(figure, 46, top, WIDTH - 46 - EDGE, panel)
            pad = 0.04 * max(places[-1] - places[0], 1)
            axes.set(xlim=(places[0] - pad, places[-1] + pad), ylim=(0, _top(cut)))
            axes.set_xticks([at for at, _ in ticks], [as_name(one, 12) for _, one in ticks])
            axes.tick_params(labelsize=11, length=3)
            _percents(axes.yaxis, words)
            axes.grid(axis="y")
            lines = [group.lines[number] for group in cut.groups]
            _course(axes, places, lines, cut.corrected, marker_of(label, labels))
            axes.plot(
                [0.012], [1.13], transform=axes.transAxes, clip_on=False, color=color_of(label),
                marker=marker_of(label, labels), markersize=SIZE,
            )  # fmt: skip
            axes.text(0.035, 1.08, words.label(label), transform=axes.transAxes, fontweight="bold")
        _warn(figure, cut, words)
    return svg.inline(figure, name, title, _told(cut, words))


def time_scale(names: Sequence[str]) -> tuple[list[int], list[tuple[int, str]]]:
    """Where months or years stand on a scale, and its ticks.

    Returns:
        A place for each name, apart as far as they are in time where all are months (2024-03) or
        years, else one behind the other; and the places and names of a few ticks.
    """
    places, steps = [*range(len(names))], _YEARS
    write: Callable[[int], str] = names.__getitem__
    if all(re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", one) for one in names):
        places, steps = [12 * int(one[:4]) + int(one[5:]) - 1 for one in names], _MONTHS
        write = _month
    elif all(re.fullmatch(r"\d{4}", one) for one in names):
        places, write = [int(one) for one in names], "{:04d}".format
    low, high = min(places), max(places)
    step = next((one for one in steps if (high - low) / one < _MOST_TICKS), steps[-1])
    first = -(-low // step) * step
    at = [*range(first, high + 1, step)] or [low]
    return places, [(one, write(one)) for one in at]


def _warn(figure: "Figure", cut: Cut, words: Words) -> None:
    """A figure that is cut out of its page still says that it is not corrected."""
    if not cut.corrected:
        down = 1 - 16 / (72 * figure.get_figheight())
        at = 1 - EDGE / WIDTH
        figure.text(at, down, words("uncorrected"), ha="right", color=svg.MUTED, fontsize=11)


def _month(place: int) -> str:
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def _legend(figure: "Figure", labels: Sequence[str], words: Words) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [], [], linestyle="none", color=color_of(one), marker=marker_of(one, labels),
            markersize=SIZE, label=as_name(words.label(one), 18),
        )
        for one in labels
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc="upper left", ncols=4, frameon=False, borderpad=0.2,
        handletextpad=0.1, columnspacing=1.0, fontsize=11, bbox_to_anchor=(0.01, 1),
    )  # fmt: skip


def _course(
    axes: "Axes", places: Sequence[int], lines: Sequence[Line], corrected: bool, marker: str
) -> None:
    """One label over time: intervals, and a line through neighbours that can be reported."""
    color = color_of(lines[0].label)
    drawn = [(at, line) for at, line in zip(places, lines, strict=True)]
    shares = [line.shown(corrected) for line in lines]
    holes = [float("nan") if one is None else one for one in shares]
    axes.plot(places, holes, color=color, linewidth=1, alpha=0.6)
    face = color if corrected else svg.PAPER
    axes.plot(
        places, holes, color=color, linestyle="none", marker=marker, markersize=SIZE,
        markerfacecolor=face, clip_on=False, zorder=3,
    )  # fmt: skip
    if not corrected:
        return
    for at, line in drawn:
        if line.naive is not None:
            _open(axes, at, line.naive, marker, color)
        if line.shown(corrected) is None:
            axes.plot([at], [0], marker="x", color=svg.MUTED, markersize=5, clip_on=False)
        elif line.low is not None and line.high is not None:
            axes.plot([at, at], [line.low, line.high], color=color, linewidth=1.6)


def _dot(
    axes: "Axes", line: Line, y: float, corrected: bool, labels: Sequence[str], words: Words
) -> None:
    color, marker = color_of(line.label), marker_of(line.label, labels)
    share = line.shown(corrected)
    if corrected and line.naive is not None:
        _open(axes, line.naive, y, marker, color)
    if share is None:
        axes.text(0.005, y + 4, words("too_thin"), color=svg.MUTED, fontsize=10)
        return
    if corrected and line.low is not None and line.high is not None:
        axes.plot([line.low, line.high], [y, y], color=color, linewidth=1.6)
    face = color if corrected else svg.PAPER
    axes.plot(
        [share], [y], marker=marker, color=color, markersize=SIZE, markerfacecolor=face,
        clip_on=False, zorder=3,
    )  # fmt: skip


def _open(axes: "Axes", x: float, y: float, marker: str, color: str) -> None:
    axes.plot(
        [x], [y], marker=marker, markersize=SIZE - 2, color=color, markerfacecolor=svg.PAPER,
        markeredgewidth=0.8, clip_on=False, zorder=2.5,
    )  # fmt: skip


def _top(cut: Cut) -> float:
    """The end of the scale: the next tenth above everything drawn."""
    drawn = [one for group in cut.groups for line in group.lines for one in _ends(line, cut)]
    most = max(drawn, default=1.0)
    return next((i / 10 for i in range(2, 10) if most < i / 10), 1.0)


def _ends(line: Line, cut: Cut) -> Iterable[float]:
    ends = [line.naive, line.shown(cut.corrected)]
    if cut.corrected and not line.thin:
        ends.append(line.high)
    return [one for one in ends if one is not None]


def _percents(axis: Any, words: Words) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda share, _: words.percent(share, 0)))
    axis.set_tick_params(labelsize=11, length=0)


def _told(cut: Cut, words: Words) -> str:
    """What a figure shows, in words; the table beside it has the rest."""
    told = []
    for group in cut.told:
        lines = []
        for line in group.lines:
            share = line.shown(cut.corrected)
            text = words("too_thin") if share is None else words.percent(share)
            if share is not None and cut.corrected and line.low is not None:
                text += f" ({interval(line, words)})"
            lines.append(f"{words.label(line.label)} {text}")
        told.append(f"{as_name(group.name, 60)}: {', '.join(lines)}")
    return "; ".join(told)


def interval(line: Line, words: Words) -> str:
    """The interval of a share, in percent."""
    low, high = (words.decimal(100 * (one or 0), 1) for one in (line.low, line.high))
    return words("to", low=low, high=high)
