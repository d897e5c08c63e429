"""What a model says of sentences, and of a document: who takes which side in it."""

from collections import defaultdict
from dataclasses import dataclass, field

from stance.holders import Holder
from stance.intervals import wilson


@dataclass(frozen=True)
class Prediction:
    """What the model says about one text."""

    text: str
    """The text that was labelled."""
    label: str
    """The most probable label."""
    score: float
    """Probability of that label, 0 to 1."""
    probabilities: dict[str, float]
    """Probability of every label, in the model's order; they sum to 1."""
    truncated: bool
    """Whether only the head of the text was read, because it is longer than the model takes."""
    start: int
    """Offset of the first character in the document; 0 if the text is the document."""
    end: int
    """Offset behind the last character, so that ``document[start:end] == text``."""
    holders: list[Holder] = field(default_factory=list)
    """Who takes which side, the writer (``author``) included; offsets are within `text`."""
    target: str = ""
    """The sanctioned party, by its canonical name; "" if undetermined or `unrelated`."""
    abstained: bool = False
    """Whether the score is below the one that was asked for: the label is a guess."""


@dataclass(frozen=True)
class HolderSides:
    """The sides that one actor takes in a document."""

    actor: str
    """Its canonical name, or the name as it stands; ``author`` for the writer."""
    favor: int
    """Sentences in which it is in favor."""
    against: int
    """Sentences in which it is against."""
    interval: tuple[float, float]
    """95 % interval of `share`, as if its sentences were drawn at random from many alike; it
    does not count the errors of the model."""
    sentences: list[Prediction]
    """Those sentences, in their order."""

    @property
    def share(self) -> float:
        """Share of its sides that are in favor, 0 to 1."""
        return self.favor / (self.favor + self.against)


class LabelledDocument(list[Prediction]):
    """The labelled sentences of a document, in its order."""

    def by_holder(self) -> list[HolderSides]:
        """Who takes which side, those of most sentences first.

        An actor counts once a sentence and side, under its canonical name; sentences on which the
        model abstained do not count.
        """
        sides: defaultdict[str, dict[tuple[int, str], None]] = defaultdict(dict)
        for i, one in enumerate(self):
            for holder in () if one.abstained else one.holders:
                sides[holder.actor][i, holder.stance] = None
        found = []
        for actor, those in sides.items():
            favor = sum(side == "favor" for _, side in those)
            sentences = [self[i] for i in dict.fromkeys(i for i, _ in those)]
            interval = wilson(favor, len(those))
            found.append(HolderSides(actor, favor, len(those) - favor, interval, sentences))
        return sorted(found, key=lambda one: -(one.favor + one.against))
