"""What the figures have in common: their width, and how a label is drawn.

Figures are drawn narrow, so that a phone shows them in full size.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from stance.report import svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 360
"""Of a figure, in pixels; all lengths are."""
EDGE: Final = 14
"""Left and right of a scale."""
HEAD: Final = 28
"""Height of what stands above the first row."""
SIZE: Final = 6.5
"""Of a marker."""
_MARKERS: Final = {"favor": "^", "against": "v", "neutral": "o", "unrelated": "s"}
_OTHER_MARKERS: Final = "DPXphd"


def marker_of(label: str, labels: Sequence[str]) -> str:
    """The matplotlib marker of a label."""
    if label in _MARKERS:
        return _MARKERS[label]
    others = [one for one in labels if one not in _MARKERS]
    return _OTHER_MARKERS[others.index(label) % len(_OTHER_MARKERS)]


def color_of(label: str) -> str:
    """The colour that stands for that of a label."""
    return svg.LABELS.get(label, svg.OTHER_LABEL)


def make_figure(height: float) -> "Figure":
    """An empty figure without a background."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")


def make_axes(figure: "Figure", left: float, top: float, width: float, height: float) -> "Axes":
    """Axes at a place of a figure, in pixels from its upper left corner."""
    whole = figure.get_figheight() * 72
    place = (left / WIDTH, 1 - (top + height) / whole, width / WIDTH, height / whole)
    return figure.add_axes(place, facecolor="none")
