"""The four labels of the codebook, in the order that every model of ours uses."""

from typing import Final

LABELS: Final = ("favor", "against", "neutral", "unrelated")
"""Label names in model order: column i of the probabilities belongs to ``LABELS[i]``."""

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
