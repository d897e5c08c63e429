"""What stands beside the name of an actor and tells whether sanctions are put on it."""

import re
from typing import Final, NamedTuple

from stance.actors import Mention

_SANCTION: Final = (
    r"(?:sancti|embargo|boycot|blokkade|maatregel|verbod|restrictie|beperking|bevriez|"
    r"prijsplafond|opschort|stopzett|uitsluit|isolement|pakket|stop\b)\w*"
)
_THE: Final = (
    r"(?:(?:de|het|een|die|dat|deze|dit|heel|zowel|vooral|ook|\w+e|\w+[nt]ig|twee|drie)\s+){0,3}"
)
_TO: Final = (
    r"(?:tegen|jegens|tegenover|aan|voor|op|over|inzake|betreffende|rond|richting|"
    r"ten aanzien van|met betrekking tot|ten opzichte van|in verband met)"
)
_GOODS: Final = (
    r"(?:olie|gas|tegoed\w*|bank|banken|schepen|schip|tankers?|oligarch\w*|bedrijven|bedrijf|"
    r"producten|goud|diamant\w*|staal|kolen|vermogens?|activa|vloot|vlag|geld\w*|goederen|"
    r"miljar\w+|functionarissen|generaals?|officieren|militairen|leger|strijdkrachten|bevolking|"
    r"volk|zakenlui|zakenman|rechters|luchtvaart\w*|export|uitvoer|invoer|import|reserves?|"
    r"atleten|sporters|elftal|ploeg|kopstukken|leiders?|bewind|regime|junta|economie)\b"
)
_IMPOSES: Final = (
    r"(?:legt|legde|leggen|stelt|stelde|neemt|nam|kondigt|kondigde|zet|zette|dreigt|dreigde|"
    r"bevriest|bevroor|verlengt|verlengde|verbiedt|verbood|trekt|trok|plaatst|plaatste|schort|"
    r"schortte|heft|hief|scherpt|steunt|pleit|besluit|besloot|stemt|stemde|sluit|sloot|"
    r"verdedigt|vraagt|houdt)\b"
)
_STRUCK: Final = r"(?:sanctioneer\w*|straf\w*|boycot\w*|isole\w+|treffen|raken|afgesneden|dreig\w*)"
_SUFFERS: Final = (
    rf"(?:onder (?:\w+ )?[\w-]*{_SANCTION}|op (?:de|een|haar|zijn) [\w-]*lijst|"
    r"gesanctioneerd|gestraft|geschorst|uitgesloten|getroffen|afgesneden|geïsoleerd|bestraf\w+|"
    r"aangepakt|straffen|sanctioneren)"
)
_DEALINGS: Final = r"(?:handel|zaken|betrekkingen|banden|verkeer|akkoord|verdrag|overeenkomst)"
_MEETING: Final = (
    r"(?:akkoord|akkoorden|verdrag|overeenkomst|\btop|golf|spelen|statuut|conferentie|"
    r"besprekingen|gesprekken|dialoog|mis)"
)
_REASON: Final = (
    r"(?:wegens|vanwege|steun aan|oorlog (?:in|tegen|met)|inval (?:in|van)|geweld (?:in|tegen)|"
    r"bombardementen op|aanval(?:len)? op|gevechten in|agressie tegen|bezetting van|"
    r"annexatie van|onderdrukking van|situatie in|mensenrechten in|kust van)"
)
_REACH: Final = 110
"""Characters beside a mention in which its cues may lie."""


class Cue(NamedTuple):
    """A pattern beside a name, and how much it tells."""

    points: int
    """More than 0 if it tells of the sanctioned party, less if of another."""
    pattern: re.Pattern[str]
    adjective: bool | None
    """Whether the name must be an adjective (*Russische*) or must not; None for either."""
    ahead: bool
    """Whether it stands ahead of the name, else behind it."""


def _ahead(points: int, pattern: str) -> Cue:
    return Cue(points, re.compile(rf"(?:{pattern})$", re.IGNORECASE), None, True)


def _behind(points: int, pattern: str, adjective: bool | None = None) -> Cue:
    return Cue(points, re.compile(pattern, re.IGNORECASE), adjective, False)


CUES: Final = {
    # het wapenembargo van 2014 tegen Rusland, sancties voor Darfur
    "toward": _ahead(2, rf"{_SANCTION}\b[^.;:!?]{{0,60}}?\b{_TO}\s+(?:leden van\s+)?{_THE}"),
    "against": _ahead(3, rf"\b(?:tegen|jegens)\s+{_THE}"),
    "struck": _ahead(1, rf"\b{_STRUCK}\s+(?:van\s+)?{_THE}"),
    # handel met Iran, het associatieakkoord met Israël
    "dealings": _ahead(2, rf"{_DEALINGS}\s+(?:drijven\s+|doen\s+)?(?:met|op)\s+{_THE}"),
    # olie uit Rusland, de tegoeden van Iran, hulp aan Mali
    "near": _ahead(1, rf"\b(?:uit|vanuit|naar|aan|van|met)\s+{_THE}"),
    "goods": _behind(2, rf"\s+(?:\w+e\s+){{0,2}}\w*{_GOODS}", adjective=True),
    "suffers": _behind(2, rf"[^.;:!?]{{0,60}}\b{_SUFFERS}", adjective=False),
    # Chinese tegenmaatregelen, de Hongaarse blokkering
    "sends": _behind(
        -1,
        rf"\s+(?:\w+e\s+){{0,2}}(?:[\w-]*{_SANCTION}|veto\b|tegen\w+|blokker\w+)",
        adjective=True,
    ),
    "imposes": _behind(-1, rf"\s+(?:\w+\s+){{0,2}}?{_IMPOSES}", adjective=False),
    "speaks": _ahead(-1, rf"\b(?:door|volgens|namens|vanwege|bij|tussen)\s+{_THE}"),
    # chips die via Turkije gaan, de Poolse grens, het akkoord van Minsk
    "via": _ahead(-2, rf"\b(?:via|naast|buurland)\s+{_THE}"),
    "border": _behind(-1, r"\s+(?:\S+\s+){0,3}(?:grens|wateren|kust|havens)\b"),
    "meeting": _ahead(-2, rf"{_MEETING}\s+(?:van|in|te)\s+"),
    # wegens de gevechten in Tigray
    "reason": _ahead(-1, rf"\b{_REASON}\s+{_THE}"),
    # of several, the first
    "listed": _ahead(-4, r"(?:\b(?:en|of|noch)|,)\s+(?:de\s+)?"),
}
"""Weights of a conditional logit over the actors of a training sentence, doubled and rounded."""


def cues_at(mention: Mention, text: str) -> set[str]:
    """Names of the cues that stand beside a mention in a text."""
    ahead = text[max(0, mention.start - _REACH) : mention.start]
    behind = text[mention.end : mention.end + _REACH]
    return {
        name
        for name, cue in CUES.items()
        if cue.adjective in (None, mention.adjective)
        and (cue.pattern.search(ahead) if cue.ahead else cue.pattern.match(behind))
    }
