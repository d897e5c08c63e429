"""INCEpTION: one document of sentences as WebAnno TSV 3.3, to be coded in two custom layers.

A sentence is coded by a span of the layer `webanno.custom.Stance` over all of it, with the features
`label` and `author`; a holder by one of `webanno.custom.Holder` with the feature `side`. The
sentence before stands as one of its own, whose id ends in `CONTEXT`. Offsets are UTF-16 units.

Source: INCEpTION user guide, appendix "WebAnno TSV 3.3 File format".
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from stance import readers
from stance.annotation.marks import UTF16, Mark, Span
from stance.annotation.offsets import to_utf16
from stance.annotation.tasks import Task
from stance.errors import InputError
from stance.labels import AUTHOR, SIDES
from stance.readers import Reject

STANCE: Final = "webanno.custom.Stance"
HOLDER: Final = "webanno.custom.Holder"
CONTEXT: Final = ":context"
"""Ends the id of a sentence that is only there to be read."""
_FORMAT: Final = "#FORMAT=WebAnno TSV 3"
_HEAD: Final = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={STANCE}|{AUTHOR}|label\n#T_SP={HOLDER}|side\n\n"
_NONE, _NULL = "_", "*"
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_RESERVED: Final = re.compile(r"->|[\\\[\]|_;*\t\n]")
_ESCAPED: Final = re.compile(r"\\(->|.)")
_STACKED: Final = re.compile(r"(?<!\\)\|")
_SPAN: Final = re.compile(r"(\d{1,12})-(\d{1,12})")
_UNIT: Final = re.compile(r"(.*?)(?:(?<!\\)\[(\d+)\])?")

_Found = dict[tuple[str, str], dict[tuple[str, str], tuple[int, int]]]
"""By layer and feature the annotations: number and value, to where they begin and end."""


def export_tasks(tasks: Sequence[Task], model: str) -> str:  # noqa: ARG001  # it keeps no names
    """A document for INCEpTION; its two layers must be there before it is imported."""
    lines, number, begin = [_HEAD], 0, 0
    annotations = itertools.count(1)  # an annotation of many tokens is told by its number
    for task in tasks:
        for part in (_context_of(task), task):
            if part is not None:
                number += 1
                lines.append(_sentence(part, number, begin, annotations))
                begin += to_utf16(part.text.strip(), len(part.text.strip())) + 1
    return "\n".join(lines)


def _context_of(task: Task) -> Task | None:
    return Task(task.id + CONTEXT, task.context) if task.context.strip() else None


def _sentence(task: Task, number: int, begin: int, annotations: Iterator[int]) -> str:
    text = task.text.strip()
    shift = task.text.index(text)
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    author = next((one.stance for one in task.holders if one.start is None), _NULL)
    own = [_NONE, _NONE]
    if task.label is not None:
        unit = next(annotations)
        own = [f"{author}[{unit}]", f"{task.label}[{unit}]"]
    named = [
        (one.start - shift, one.end - shift, f"{one.stance}[{next(annotations)}]")
        for one in task.holders
        if one.start is not None and one.end is not None
    ]
    lines = [f"#Sentence.id={task.id}"]
    lines += [f"#Text={_escape(line)}" for line in text.split("\n")]
    for place, (start, end) in enumerate(tokens, start=1):
        holders = [value for first, last, value in named if first < end and start < last]
        span = f"{begin + to_utf16(text, start)}-{begin + to_utf16(text, end)}"
        cells = [f"{number}-{place}", span, _escape(text[start:end]), *own]
        lines.append("\t".join([*cells, "|".join(holders) or _NONE, ""]))
    return "\n".join(lines) + "\n"


def setup(labels: Sequence[str]) -> dict[str, str]:
    """What to set up in a project, to be read by people."""
    return {
        "layers.txt": f"""Set up these layers under Settings, Layers, before the document is
imported (format: WebAnno TSV v3.3). Their names in the files are {STANCE} and {HOLDER}.

Tagset "stance": {", ".join(labels)}
Tagset "side": {", ".join(SIDES)}

Layer "Stance", type span, granularity sentence-level, overlap none
  feature "label": string, tagset "stance"; every sentence gets one
  feature "{AUTHOR}": string, tagset "side"; where the writer himself takes the side

Layer "Holder", type span, granularity character-level, overlap any
  feature "side": string, tagset "side"; over the name of everybody who takes one

Sentences whose id ends in {CONTEXT} are only there to be read.
Export the project with the format WebAnno TSV v3.3: annotation/DOCUMENT/CODER.tsv is what stance
reads.
"""
    }


def _escape(text: str) -> str:
    return _RESERVED.sub(lambda match: "\\" + {"\t": "t"}.get(match[0], match[0]), text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: {"t": "\t", "r": "\r"}.get(match[1], match[1]), text)


@dataclass
class _Sentence:
    """A sentence as it is read, line by line."""

    line: int
    id: str = ""
    texts: list[str] = field(default_factory=list)
    begin: int | None = None
    found: _Found = field(default_factory=dict)
    fault: str = ""


def read_marks(path: Path, encoding: str = "utf-8") -> Iterator[Mark]:
    """What the coder of a file did; the name of the file is that of the coder.

    Raises:
        InputError: if it is no WebAnno TSV 3 file.
    """
    columns: list[tuple[str, str]] = []
    sentence: _Sentence | None = None
    for number, line in enumerate(_lines(path, encoding), start=1):
        if number == 1 and not line.startswith(_FORMAT):
            raise InputError(f"{path}:1: {line!r:.40}, expected {_FORMAT}.3.")
        if line.startswith(("#T_SP=", "#T_CH=", "#T_RL=")):
            layer, *features = line[6:].split("|")
            columns += [(layer, name) for name in features or [""]]
        elif line.startswith(("#Sentence.id=", "#Text=")):
            if sentence is None or sentence.begin is not None:
                if sentence is not None:
                    yield from _marks(path, sentence, columns)
                sentence = _Sentence(number)
            if line.startswith("#Text="):
                sentence.texts.append(_unescape(line.removeprefix("#Text=")))
            else:
                sentence.id = line.removeprefix("#Sentence.id=")
        elif line.strip() and sentence is not None and not line.startswith("#"):
            _read_token(line, number, sentence, columns)
    if sentence is not None:
        yield from _marks(path, sentence, columns)


def _lines(path: Path, encoding: str) -> list[str]:
    for row in readers.open_table(path, "txt", encoding).rows():
        if isinstance(row, Reject):
            raise InputError(f"{path}: {row.reason}.")
        return str(row.values["text"]).replace("\r\n", "\n").split("\n")
    return []


def _read_token(
    line: str, number: int, sentence: _Sentence, columns: Sequence[tuple[str, str]]
) -> None:
    _, span, _, *cells = [*line.split("\t"), "", ""][: 3 + len(columns)]
    found = _SPAN.fullmatch(span)
    if found is None:
        sentence.fault = f"line {number}: the place of the token is {span!r:.40}, expected 0-4"
        return
    begin, stop = int(found[1]), int(found[2])
    if sentence.begin is None:
        sentence.begin = begin
    for column, cell in zip(columns, cells, strict=False):
        if cell in ("", _NONE):
            continue
        for value, unit in _units(cell):
            known = sentence.found.setdefault(column, {})
            name = unit or f"line {number}", value
            first, last = known.get(name, (begin, stop))
            known[name] = min(first, begin), max(last, stop)


def _units(cell: str) -> list[tuple[str, str]]:
    """The annotations of a cell: the value of each, and the number that ties it to others."""
    units = (_UNIT.fullmatch(part) for part in _STACKED.split(cell))
    return [(_unescape(one[1]), one[2] or "") for one in units if one]


def _marks(path: Path, sentence: _Sentence, columns: Sequence[tuple[str, str]]) -> Iterator[Mark]:
    place = f"{path}:{sentence.line}"
    text = "\n".join(sentence.texts)
    found = sentence.found
    begin = sentence.begin or 0
    fault = sentence.fault
    needed = {(STANCE, "label"), (HOLDER, "side")} - {*columns}
    if needed:
        named = " and ".join(f"{layer} with the feature {name}" for layer, name in sorted(needed))
        fault = f"the file has no layer {named}"
    if sentence.id.endswith(CONTEXT):
        if not any(layer in (STANCE, HOLDER) for layer, _ in found):
            return
        fault = "a sentence that is only there to be read was coded; code the one below it"
    if not sentence.id:
        fault = "the sentence has no id; import the document that stance wrote, not its text alone"
    yield Mark(
        place,
        path.stem,
        sentence.id.removesuffix(CONTEXT),
        text,
        _values(found, (STANCE, "label")),
        _values(found, (STANCE, AUTHOR)),
        tuple(
            Span(start - begin, end - begin, _value(name), None, UTF16)
            for name, (start, end) in found.get((HOLDER, "side"), {}).items()
        ),
        fault=fault,
    )


def _value(name: tuple[str, str]) -> str:
    return "" if name[1] == _NULL else name[1]


def _values(found: _Found, column: tuple[str, str]) -> tuple[str, ...]:
    return tuple(value for name in found.get(column, {}) if (value := _value(name)))
