"""Names of actors and sanctioned parties -> one canonical name, by a table that people can edit."""

import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from stance.forms import WORD, Form, key_of, plain, read_forms

_CARRIED: Final = Path(__file__).parent / "actors.tsv"

_JOINT: Final = re.compile(r"\s+|[-\u2010-\u2013'\u2018\u2019\u02bc`\u00b4&./+*]")
"""What may stand between two words of one name; one is as good as another."""

_ENDING: Final = re.compile(r"['\u2018\u2019\u02bc`\u00b4](?:s|ers?)(?![^\W_])", re.IGNORECASE)
"""What an apostrophe ties to a name and names the same actor: Poetin's, PVV'ers."""

_HEAD: Final = 3
"""Letters by which a word is known not to begin with any name, before longer ones are tried."""

_FEWEST_BEHIND: Final = 3
"""Letters behind a name in a solid compound (Irantop); fewer are an inflection."""

_OFFICES: Final = frozenset(
    """
    regering regeringen regeringsleider regeringsleiders regeringschef autoriteiten overheid
    overheden regime bewind junta kabinet ministerraad gouvernement machthebber machthebbers
    leiding leiders leider leger legertop parlement president presidente staatshoofd premier
    premiers minister ministers ministerie ministeries vicepresident vicepremier viceminister
    onderminister staatssecretaris buitenlandminister defensieminister kanselier bondskanselier
    koning koningin kroonprins emir sultan dictator ambassadeur ambassade diplomaten diplomatie
    gezant afgezant delegatie onderhandelaar onderhandelaars regeringswoordvoerder
    """.split()
)
"""With its adjective they are the state: *de Russische regering*, unlike *Russische banken*."""

_ROLES: Final = frozenset(
    """
    buitenlandse zaken heer mevrouw collega woordvoerder woordvoerster woordvoerders chef topman
    baas secretaris generaal commissaris bestuur directeur voorzitter voorzitster vertegenwoordiger
    vertegenwoordigers hoge speciale partij partijleider fractie fracties fractieleider
    fractievoorzitter leden lid lijsttrekker kamerlid kamerleden senator senatoren parlementslid
    parlementsleden europarlementarier europarlementariers politicus politica politici
    """.split()
)
"""Beside a name they change nothing: *de fractie van de PVV*, *VN-gezant Pedersen*."""

_PREPOSITIONS: Final = frozenset("van in uit te voor namens bij".split())
_ARTICLES: Final = ("de ", "het ", "een ")
_SMALL_WORDS: Final = frozenset("de het een der den des dit deze die dat".split()) | _PREPOSITIONS


class Mention(NamedTuple):
    """One place where a text names a known actor."""

    actor: str
    """Its canonical name."""
    kind: str
    """country, organisation, party, person or group."""
    start: int
    """Offset of the first character in the text."""
    end: int
    """Offset behind the last one."""
    adjective: bool
    """Whether it is an adjective alone, as in *Russische banken*: those are not Russia."""


class ActorTable:
    """Known actors and the ways to write them.

    >>> table = ActorTable.load()
    >>> [mention.actor for mention in table.mentions("Trump prijst Poetins regering")]
    ['Verenigde Staten', 'Rusland']
    >>> table.canonical("de Russische regering")
    'Rusland'
    """

    def __init__(self, forms: dict[str, list[Form]], compounds: dict[str, Form]) -> None:
        """Use `load`, which checks what it reads."""
        self.actors = frozenset(form.actor for those in forms.values() for form in those)
        """The canonical names."""
        self._forms = forms
        self._begun = {key[: space.start()] for key in forms for space in re.finditer(" ", key)}
        self._first = {key.partition(" ")[0] for key in forms}
        self._compounds = compounds
        self._heads = {key[:_HEAD] for key in compounds}
        self._lengths = sorted({len(key) for key in compounds}, reverse=True)

    @classmethod
    def load(cls, path: Path | str | None = None) -> "ActorTable":
        """Read a table of actors.

        Args:
            path: a tab-separated file with the columns of `COLUMNS`; None for the one that
                the library carries.

        Raises:
            InputError: if the file cannot be read, a row is not of this form, or one form is
                given to two actors.
        """
        return _carried() if path is None else cls(*read_forms(Path(path)))

    def mentions(self, text: str) -> list[Mention]:
        """Every place where a text names a known actor.

        The longest form wins; mentions never overlap. Accents, kinds of apostrophe and hyphen,
        and case do not matter, but a form marked ``=`` must have its own case unless the whole
        text is in capitals or in lower case.

        Returns:
            The mentions, in the order of the text.
        """
        any_case = text.isupper() or text.islower()
        found: list[Mention] = []
        done = 0
        for word in WORD.finditer(text):
            if word.start() < done:
                continue
            key = _fold(word[0])
            mention = self._name(text, word, key, any_case) if key in self._first else None
            if mention is None and key[:_HEAD] in self._heads:
                mention = self._compound(word, key)
            if mention:
                found.append(mention)
                done = mention.end
        return found

    def canonical(self, name: str) -> str:
        """The actor that a name stands for.

        Args:
            name: how a text names a holder, such as ``de Hongaarse premier Orbán``.

        Returns:
            The actor, if the name is one of its forms, alone or with an office or a person;
            else the name itself with its white space made plain, as for ``Russische banken``.
        """
        name = " ".join(name.split())
        mentions = self.mentions(name)
        found = list(_without_modifiers(name, mentions))
        if not found:
            return name
        rest = _words_outside(name, mentions)
        if found[0].adjective and not rest <= _SMALL_WORDS:
            return name
        if len({one.actor for one in found}) > 1 and (
            found[0].kind == "group" or not rest & _PREPOSITIONS
        ):
            return name  # companies from Russia; Germany and France
        return found[0].actor if rest <= _SMALL_WORDS | _ROLES | _OFFICES else name

    def identity(self, name: str) -> str:
        """What two names of one actor have in common.

        Returns:
            The canonical name; of an actor that the table lacks the name in plain lower-case
            letters without its article: ``De Senatoren`` and ``senatoren`` are one.
        """
        actor = self.canonical(name)
        if actor in self.actors:
            return actor
        actor = actor.lower()
        for article in _ARTICLES:
            actor = actor.removeprefix(article)
        return key_of(actor) or actor

    def _name(self, text: str, word: re.Match[str], key: str, any_case: bool) -> Mention | None:
        """The longest form that begins with a word, if one does."""
        start, end = word.span()
        found: tuple[Form, int] | None = None
        following: re.Match[str] | None = None
        while True:
            if form := self._form(key, text[start:end], any_case):
                found = form, end
            following = _next_word(text, end) if key in self._begun else None
            if following is None:
                break
            key, end = f"{key} {_fold(following[0])}", following.end()
        if found is None:
            return None
        form, end = found
        if form.adjective:
            office = _next_word(text, end)
            if office is None or _fold(office[0]) not in _OFFICES:
                return Mention(form.actor, form.kind, start, end, True)
            end = office.end()
        ending = _ENDING.match(text, end)
        return Mention(form.actor, form.kind, start, ending.end() if ending else end, False)

    def _form(self, key: str, written: str, any_case: bool) -> Form | None:
        """The form that is written, or with any case the first of those with its letters."""
        forms = self._forms.get(key)
        if forms is None:
            return None
        right = (one for one in forms if not one.exact or _has_case(written, one.exact))
        return next(right, forms[0] if any_case else None)

    def _compound(self, word: re.Match[str], key: str) -> Mention | None:
        """The name that a solid compound begins with: *Rusland* in *Ruslandsancties*."""
        for length in self._lengths:
            form = self._compounds.get(key[:length])
            if form and len(key) >= length + _FEWEST_BEHIND:
                end = word.start() + _offset(word[0], length)
                return Mention(form.actor, form.kind, word.start(), end, False)
        return None


def _without_modifiers(name: str, mentions: list[Mention]) -> Iterator[Mention]:
    """Mentions less the adjectives before another name: *Nederlandse* in *Nederlandse PVV*."""
    for one, following in itertools.pairwise(mentions):
        modifies = one.adjective and following.kind != "group"
        if not modifies or name[one.end : following.start].strip(" -"):
            yield one
    yield from mentions[-1:]


def _words_outside(name: str, mentions: list[Mention]) -> set[str]:
    """Folded words of a name that no mention covers, less the names of persons.

    A person's name is known by its capitals; the first word may have one for other reasons.
    """
    starts = [0, *(one.end for one in mentions)]
    ends = [*(one.start for one in mentions), len(name)]
    return {
        _fold(word[0])
        for start, end in zip(starts, ends, strict=True)
        for word in WORD.finditer(name, start, end)
        if word.start() == 0 or name.isupper() or not word[0][0].isupper()
    }


def _fold(word: str) -> str:
    return word.lower() if word.isascii() else plain(word).lower()


def _next_word(text: str, end: int) -> re.Match[str] | None:
    """The word behind an offset if no more than a space, hyphen or the like stands between."""
    joint = _JOINT.match(text, end)
    return WORD.match(text, joint.end()) if joint else None


def _has_case(text: str, exact: str) -> bool:
    """Whether a text is written as the table has it; a sentence may begin with a capital."""
    key = key_of(text)
    return exact in (key, key[0].lower() + key[1:])


def _offset(word: str, n_letters: int) -> int:
    """Where in a word its first letters end, whatever accents stand between them."""
    return next(i for i in range(1, len(word) + 1) if len(_fold(word[:i])) >= n_letters)


@cache
def _carried() -> ActorTable:
    return ActorTable(*read_forms(_CARRIED))
