"""A matplotlib figure -> an svg element that stands in a page and takes its colours and type."""

import io
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from stance.report.words import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK: Final = "#010101"
MUTED: Final = "#020202"
GRID: Final = "#030303"
PAPER: Final = "#040404"
VARIABLES: Final = {INK: "ink", MUTED: "muted", GRID: "line", PAPER: "paper"}
"""Colours to draw with, and the CSS variables that take their place: light or dark, as the page."""
LABELS: Final = {
    "favor": "#050505",
    "against": "#060606",
    "neutral": "#070707",
    "unrelated": "#080808",
}
OTHER_LABEL: Final = "#090909"
_STAND_INS: Final = VARIABLES | {color: name for name, color in LABELS.items()} | {
    OTHER_LABEL: "other"
}  # fmt: skip
_FONT: Final = re.compile(r"font: (?:(bold) )?([\d.]+)px [^;]*")
_FAMILY: Final = re.compile(r"font-family: [^;]*(?:; )?")
_REFERENCE: Final = re.compile(r"url\(#|^#")


@contextmanager
def style() -> Iterator[None]:
    """Draw as the page wants it, whatever the user's own settings of matplotlib are."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        # Text is set by the browser, which has more letters than the font that is measured with.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "svg.fonttype": "none",
                "svg.hashsalt": "stance",
                "text.parse_math": False,
                "font.size": 12,
                "text.color": INK,
                "xtick.color": MUTED,
                "ytick.color": MUTED,
                "axes.edgecolor": GRID,
                "axes.labelcolor": MUTED,
                "grid.color": GRID,
                "grid.linewidth": 0.8,
                "axes.spines.top": False,
                "axes.spines.right": False,
            }
        )
        yield


def inline(figure: "Figure", name: str, title: str, description: str) -> str:
    """The figure as an svg element of a page.

    Args:
        figure: drawn within `style`, with the colours of this module.
        name: unique in the page; ids begin with it.
        title: the name of the figure, read to those who do not see it.
        description: what it shows.
    """
    file = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with style():
        figure.savefig(file, format="svg", metadata=nothing)
    root = ET.fromstring(file.getvalue())
    used = {value for one in root.iter() for value in _references(one)}
    for parent in root.iter():
        for child in [*parent]:
            if child.tag.endswith(("}style", "}metadata")):
                parent.remove(child)
    for one in root.iter():
        one.tag = one.tag.rpartition("}")[2]
        one.attrib = {key: value for key, value in _attributes(one, name, used) if value}
        one.tail = None
        if one.tag != "text":
            one.text = None
    box = root.attrib["viewBox"]
    root.attrib = {"viewBox": box, "role": "img", "aria-labelledby": f"{name}-t {name}-d"}
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(tag, {"id": f"{name}-{tag[0]}"})
        element.text = legible(text)
        root.insert(place, element)
    return ET.tostring(root, encoding="unicode")


def _references(one: ET.Element) -> Iterator[str]:
    for key, value in one.attrib.items():
        if key.endswith("href"):
            yield value.removeprefix("#")
        yield from re.findall(r"url\(#([^)]+)\)", value)


def _attributes(one: ET.Element, name: str, used: set[str]) -> Iterator[tuple[str, Any]]:
    """The attributes of an element: ids that nothing refers to are dropped, the others renamed."""
    for key, value in one.attrib.items():
        key = key.rpartition("}")[2]
        if key == "id":
            yield key, f"{name}-{value}" if value in used else None
        elif key in ("href", "clip-path"):
            yield key, _REFERENCE.sub(lambda found: f"{found[0]}{name}-", value)
        elif key == "style":
            yield key, _styled(value)
        else:
            yield key, value


def _styled(value: str) -> str:
    """Inline style with the page's font and colours."""
    value = _FONT.sub(
        lambda m: f"font-size: {m[2]}px" + ("; font-weight: bold" if m[1] else ""), value
    )
    value = _FAMILY.sub("", value)
    for color, variable in _STAND_INS.items():
        value = value.replace(color, f"var(--{variable})")
    return value.replace(": ", ":").replace("; ", ";")
