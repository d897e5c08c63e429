"""The sanctioned party of a sentence: on which of the actors that it names sanctions are put."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from stance.actors import ActorTable
from stance.target_cues import CUES, cues_at


def _names(lines: str) -> frozenset[str]:
    return frozenset(name for line in lines.split("\n") for name in line.strip().split("|") if name)


_SELDOM: Final = _names(
    """
    Europese Unie|Europese Commissie|Europees Parlement|Raad van de Europese Unie|Europese Raad
    EU-lidstaten|West-Europese landen|het Westen|Verenigde Staten|Verenigd Koninkrijk|Canada
    Australië|Nieuw-Zeeland|Japan|Zuid-Korea|Noorwegen|Zwitserland|IJsland|Liechtenstein|België
    Vlaanderen|Wallonië|Brussels Gewest|Nederland|Duitsland|Frankrijk|Luxemburg|Ierland|Italië
    Spanje|Portugal|Denemarken|Zweden|Finland|Estland|Letland|Litouwen|Tsjechië|Slowakije
    Slovenië|Kroatië|Bulgarije|Roemenië|Griekenland|Malta|Cyprus|Oekraïne|Palestina|M23
    """
)
"""Who imposes sanctions or is the reason for them: sanctioned only where a sentence says so."""

_EUROPE: Final = _names(
    "Europese Commissie|Europees Parlement|Raad van de Europese Unie|Europese Raad|EU-lidstaten"
)

_APART: Final = _names(
    """
    UNITA|Taliban|Houthi's|Hezbollah|Hamas|Wagner|Islamitische Staat|Al-Qaida|Al-Shabaab|PKK|FARC
    Rode Khmer|HTS|Boko Haram|Volksmujahedin|Kataib Hezbollah|Palestijnse Autoriteit
    Internationaal Strafhof|UNRWA|Huawei|Francesca Albanese
    """
)
"""Sanctioned themselves, rather than the country they are in; other organisations hardly ever."""

_PARTS: Final = {
    part: whole
    for whole, parts in {
        "Rusland": """
            Gazprom|Gazprombank|Rosneft|Lukoil|Novatek|Rosatom|Rostec|Alrosa|Sberbank|VTB
            Nord Stream|Sovcomflot|Roesal|RT|Spoetnik|Kaspersky|Aeroflot|Volga-Dnepr|NLMK|Severstal
            schaduwvloot|oligarchen|Krim|Volksrepubliek Donetsk|Tsjetsjenië|Navalny
            Russisch-Orthodoxe Kerk|Patriarch Kirill|Verenigd Rusland|Abramovitsj|Deripaska
            Oesmanov|Fridman|Mordasjov|Timtsjenko|Rotenberg|Setsjin|Malofejev|Doegin|Kadyrov|Prigozjin
            """,
        "Israël": """
            Israëlische kolonisten|Israëlische nederzettingen|Gaza|Westelijke Jordaanoever
            Ben-Gvir|Smotrich|NSO Group
            """,
        "China": "Xinjiang|Tibet|ZTE",
        "Soedan": "Darfur|Rapid Support Forces",
        "Venezuela": "PDVSA",
        "Belarus": "Belavia",
        "Servische Republiek": "Dodik",
        "Ethiopië": "Tigray",
    }.items()
    for part in _names(parts)
}
"""What is named for the party that it stands for: *sancties tegen Gazprom*."""
_CANDIDATES: Final = _SELDOM | _APART | _PARTS.keys()
"""Those that may be meant beside all countries; other parties, companies and groups are not."""

_STRIKES_BACK: Final = re.compile(
    r"tegensancti|tegenmaatregel|vergeld|represaille|als (?:reactie|antwoord)|op zijn beurt|"
    r"(?:antwoordt|reageert|reageerde|antwoordde) (?:met|door)",
    re.IGNORECASE,
)
_FAR: Final = 30
"""Sentences of a document that are looked at before one that names no party itself."""

_LONGEST: Final = 5000
"""Characters of a sentence that are looked at; what is longer is none, and names by the thousand
would each be weighed."""

_TRAITS: Final = {"apart": 3, "part": 1, "before": 1, "struck back": -2, "seldom": -3}
"""Of `_APART`, of `_PARTS`, in the sentence before, the one who strikes back, of `_SELDOM`."""
_POINTS: Final = _TRAITS | {name: cue.points for name, cue in CUES.items()}
_AGAIN: Final = 3
"""Points for being named a second and a third time."""

_SAID: Final = frozenset({"toward", "against", "struck"})
"""Cues that make a target of one that seldom is."""
_NAMED: Final = _SAID | {"goods", "suffers", "dealings"}
"""Cues that name the sanctioned party for the sentences that follow."""


def find_target(text: str, context: str = "", earlier: Sequence[str] = ()) -> str:
    """The sanctioned party of a sentence that is about sanctions.

    The actors that the sentence or the one before it names are weighed by what stands beside
    them. If neither names one that could be meant, it is the one last named as sanctioned in the
    sentences before those, or else the one that more than half of their mentions are of.

    Args:
        text: the sentence; whether it is about sanctions is not asked. Of one that is longer than
            5,000 characters only so many are looked at.
        context: the sentence before it, "" for none.
        earlier: the sentences of the document before that, in order.

    Returns:
        The canonical name of the actor; "" if undetermined.

    >>> find_target("De Europese sancties tegen Moskou treffen de Nederlandse tuinders.")
    'Rusland'
    >>> find_target("Het embargo werkt niet.", context="Syrische banken klagen.")
    'Syrië'
    """
    if found := _best(_traits(text, context)):
        return found
    before = [_traits(sentence) for sentence in earlier[-_FAR:]]
    for traits in reversed(before):
        found = _best(traits)
        if found and traits[found][0] & _NAMED:
            return found
    counts: Counter[str] = Counter()
    for traits in before:
        counts.update({actor: n for actor, (_, n) in traits.items()})
    found, n = max(counts.items(), key=lambda item: item[1], default=("", 0))
    return found if 2 * n > counts.total() else ""


def find_in_document(sentences: Sequence[str], index: int, context: str = "") -> str:
    """The sanctioned party of one sentence of a document; see `find_target`.

    Args:
        sentences: those of the document, in order.
        index: which of them.
        context: what stands before the document, "" for nothing.
    """
    start = max(index - _FAR - 1, 0)
    before = [*([context] if context and not start else []), *sentences[start:index]]
    return find_target(sentences[index], before[-1] if before else "", before[:-1])


def _best(traits: dict[str, tuple[frozenset[str], int]]) -> str:
    """The actor with most points, the first of several; "" if there is none."""

    def points(actor: str) -> int:
        names, n = traits[actor]
        return sum(_POINTS[name] for name in names) + _AGAIN * min(n - 1, 2)

    return max(traits, key=points, default="")


@lru_cache(maxsize=4096)  # a document asks for the same sentences again and again
def _traits(text: str, context: str = "") -> dict[str, tuple[frozenset[str], int]]:
    """Traits of the actors that may be meant, and how often each is named, in their order."""
    table = ActorTable.load()
    text, context = text[:_LONGEST], context[-_LONGEST:]
    mentions = [
        (one, cues_at(one, part) | place)
        for part, place in ((context, {"before"}), (text, set[str]()))
        for one in table.mentions(part)
        if one.kind == "country" or one.actor in _CANDIDATES
    ]
    strikes_back = _STRIKES_BACK.search(f"{context} {text}") is not None or any(
        "sends" in at and one.kind == "country" and one.actor not in _SELDOM for one, at in mentions
    )
    found: dict[str, tuple[frozenset[str], int]] = {}
    for mention, at in mentions:
        actor, seldom = _PARTS.get(mention.actor, mention.actor), mention.actor in _SELDOM
        if seldom and not strikes_back and not at & _SAID:
            continue
        if seldom:
            at.add("seldom")
        elif strikes_back:
            at.add("struck back")
        if strikes_back and actor in _EUROPE:
            actor = "Europese Unie"
        if actor in _APART:
            at.add("apart")
        elif actor != mention.actor:
            at.add("part")
        before, n = found.get(actor, (frozenset[str](), 0))
        found[actor] = before | at, n + 1
    return found
