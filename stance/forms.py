"""The ways to write an actor: a table that people can edit, read and checked."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from stance.errors import InputError

COLUMNS: Final = ("actor", "kind", "names", "adjectives", "people")
"""The columns of the table; the last three hold any number of forms, ``|`` between them."""

KINDS: Final = ("country", "organisation", "party", "person", "group")
"""What an actor can be."""

_INVISIBLE: Final = "\u0300-\u036f\u00ad\u200b-\u200d"
WORD: Final = re.compile(rf"[^\W_]+(?:[{_INVISIBLE}]+[^\W_]*)*")
"""Letters and digits, with loose accents and soft hyphens between them."""

_NOT_LETTERS: Final = re.compile(f"[{_INVISIBLE}]")
_UNACCENTED: Final = str.maketrans("øØłŁđĐıß", "oOlLdDis")
"""Letters that Unicode does not take apart into a letter and an accent."""

_LONGEST_WORD: Final = 80
"""Characters; no name is longer, and taking apart endless accents is quadratic."""


class Form(NamedTuple):
    """One way to write an actor."""

    actor: str
    """The canonical name."""
    kind: str
    """One of `KINDS`."""
    adjective: bool
    """Whether it stands beside a noun: *Russisch*."""
    exact: str
    """Its words in their own case if in another they mean something else (*Groen*), else ``""``."""
    line: int
    """Where the table has it."""


def plain(word: str) -> str:
    """A word without its accents."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFKD", word[:_LONGEST_WORD])
    return _NOT_LETTERS.sub("", apart).translate(_UNACCENTED)


def key_of(text: str) -> str:
    """Words without accents, apostrophes and hyphens: ``Côte d'Ivoire`` -> ``Cote d Ivoire``."""
    return " ".join(map(plain, WORD.findall(text)))


def read_forms(path: Path) -> tuple[dict[str, list[Form]], dict[str, Form]]:
    """Read a table of actors.

    Returns:
        Forms by their key in lower case, and those that begin a solid compound
        (``Rusland-``) likewise. Several forms share a key only if case tells them apart.

    Raises:
        InputError: if the file cannot be read, a row is not of this form, or one form is
            given to two actors.
    """
    forms: dict[str, list[Form]] = {}
    compounds: dict[str, list[Form]] = {}
    derived: list[tuple[str, Form]] = []
    lines: dict[str, int] = {}
    for line, (first, kind, names, adjectives, people) in _rows(path):
        actor = first.removeprefix("=")
        if lines.setdefault(actor, line) != line:
            raise InputError(f"{path}:{line}: {actor!r} stands in line {lines[actor]} already.")
        for column, cell in enumerate((f"{first}|{names}", adjectives, people)):
            for written in filter(None, map(str.strip, cell.split("|"))):
                where = f"{path}:{line}: {written!r}"
                key = key_of(written)
                form = Form(actor, kind, column == 1, key if written[0] == "=" else "", line)
                if not key:
                    raise InputError(f"{where} has no letter; write a name or leave it out.")
                _add(compounds if written[-1] == "-" else forms, key.lower(), form, where)
                derived += ((one, form) for one in _derived(written, column))
    for key, form in derived:
        forms.setdefault(key.lower(), [form._replace(exact=key if form.exact else "")])
    for those in forms.values():
        those.sort(key=lambda form: not form.exact)  # the right case first
    return forms, {key: those[0] for key, those in compounds.items()}


def _derived(written: str, column: int) -> Iterator[str]:
    """Keys that the table need not list: *Ruslands*, *Russische*, *Chinese*, *Zuidafrikaans*."""
    keys = {key_of(written), key_of(written.replace("-", ""))}
    for key in keys:
        yield key
        if column == 1:
            yield key[:-3] + "ese" if key.endswith("ees") else key + "e"
        elif column == 0 and key[0].isupper() and key[-1].islower() and key[-1] not in "sxz":
            yield key + "s"


def _add(forms: dict[str, list[Form]], key: str, form: Form, where: str) -> None:
    """Add a form, unless it is another actor's."""
    others = forms.setdefault(key, [])
    for other in others:
        if other.exact == form.exact and other.actor != form.actor:
            raise InputError(
                f"{where} is given to {form.actor!r} here and to {other.actor!r} in line "
                f"{other.line}; a form belongs to one actor."
            )
    others.append(form)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row below the header."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: is not UTF-8; save the table as UTF-8.") from None
    head, *rows = ([cell.strip() for cell in line.split("\t")] for line in text.split("\n"))
    if tuple(head) != COLUMNS:
        raise InputError(
            f"{path}:1: the header is {' '.join(head)!r}, expected {' '.join(COLUMNS)!r} "
            "with a tab between."
        )
    for line, cells in enumerate(rows, start=2):
        if not any(cells):
            continue
        if len(cells) != len(COLUMNS):
            raise InputError(
                f"{path}:{line}: {len(cells)} cells, expected {len(COLUMNS)} with a tab between "
                f"({', '.join(COLUMNS)}); a cell may be empty."
            )
        if not cells[0]:
            raise InputError(f"{path}:{line}: the actor has no name.")
        if cells[1] not in KINDS:
            raise InputError(
                f"{path}:{line}: the kind is {cells[1]!r}, expected one of {', '.join(KINDS)}."
            )
        yield line, cells
