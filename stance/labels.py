"""The four labels of the codebook, and the tags of holders, in the order that models use."""

import difflib
from collections.abc import Sequence
from typing import Final

LABELS: Final = ("favor", "against", "neutral", "unrelated")
"""Label names in model order: column i of the probabilities belongs to ``LABELS[i]``."""

UNRELATED: Final = "unrelated"
"""The label of a sentence that is not about sanctions; nobody holds a stance in it."""

AUTHOR: Final = "author"
"""The holder of a stance that the writer takes himself."""

SIDES: Final = ("favor", "against")
"""What a holder can be."""

TAGS: Final = ("O", "B-favor", "I-favor", "B-against", "I-against")
"""What a token can be, in the order of the logits; B begins the name of a holder, I goes on."""

DUTCH: Final = {
    "favor": "voor",
    "against": "tegen",
    "neutral": "neutraal",
    "unrelated": "niet gerelateerd",
}
"""The Dutch name of each label, for tables that Dutch readers look at."""

DEFINITIONS: Final = {
    "favor": "wants sanctions imposed, kept, extended, tightened or enforced",
    "against": "wants sanctions refused, eased or lifted, or says that they fail",
    "neutral": "speaks of the sanctions and takes no side",
    "unrelated": "is not about international sanctions",
}
"""What each label means, in a line; the codebook has the rules."""


def unknown(label: str, known: Sequence[str]) -> str:
    """Say that a label is none of those that may occur, and which may have been meant."""
    near = difflib.get_close_matches(label, known, 1)
    return f"{label!r:.40} is none of {', '.join(known)}" + (
        f"; did you mean {near[0]}?" if near else ""
    )
