"""Who takes which side in a sentence, as text that people read and write in a spreadsheet.

``Rusland: against; author: favor`` is what tables of labelled sentences have, and what coders
fill in.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from stance.actors import ActorTable
from stance.labels import SIDES

Side = tuple[str, str]
"""An actor, and ``favor`` or ``against``."""

EXAMPLE: Final = "Rusland: against; author: favor"
_PART: Final = re.compile(r"(.*\S)\s*[:=]\s*(\w*)", re.DOTALL)


def holder_text(sides: Iterable[Side]) -> str:
    """Actors with their sides as text; a semicolon in a name becomes a comma."""
    return "; ".join(f"{actor.replace(';', ',')}: {side}" for actor, side in sides)


def read_holder_text(text: str) -> frozenset[Side] | str:
    """Actors and their sides from text; an equals sign does for a colon.

    Returns:
        Actors as `ActorTable.identity` has them, each with its side, or what is wrong with
        the first part that cannot be used.
    """
    found = named_sides(text)
    if isinstance(found, str):
        return found
    table = ActorTable.load()
    return frozenset((table.identity(name), side) for name, side in found)


def named_sides(text: str) -> list[Side] | str:
    """As `read_holder_text`, with the names as they are written, in their order."""
    sides = []
    for part in filter(None, map(str.strip, text.split(";"))):
        found = _PART.fullmatch(part)
        if found is None:
            return f"has {part!r:.60}, expected actors with their sides, such as {EXAMPLE}"
        name, side = found[1], found[2].lower()
        if side not in SIDES:
            return f"gives {name!r:.40} the side {side!r:.40}, expected {' or '.join(SIDES)}"
        sides.append((name, side))
    return sides


def text_of(value: Any) -> str:
    """A value of a column of holders as text: a list of objects as in jsonl, or text already."""
    if not isinstance(value, list):
        return str(value)
    return holder_text(
        (str(one.get("actor") or one.get("text")), str(one.get("stance")))
        if isinstance(one, dict)
        else (str(one), "")
        for one in value
    )


def text_of_column(column: Any) -> Any:
    """An arrow column of holders as a column of text: a list of structures, or text already.

    Raises:
        pyarrow.ArrowException: if it is neither.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_list(column.type) or pa.types.is_large_list(column.type)):
        return column.cast(pa.string())
    lists = column.combine_chunks()
    inside = pc.list_flatten(lists)
    names, sides = (pc.struct_field(inside, name).cast(pa.string()) for name in ("actor", "stance"))
    names = pc.replace_substring(names, ";", ",")
    # A missing name or side must not be taken for a sentence without holders.
    parts = pc.binary_join_element_wise(names, sides, ": ", null_handling="replace")
    lengths = pc.fill_null(pc.list_value_length(lists), 0).cast(pa.int32())
    ends = pa.array([0], pa.int32()), pc.cumulative_sum(lengths)
    again = pa.ListArray.from_arrays(pa.concat_arrays(ends), parts)
    return pa.chunked_array([pc.binary_join(again, "; ")])
