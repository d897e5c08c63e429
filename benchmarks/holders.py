"""Holders with their sides: a model beside simple rules; docs/holders.md.

    python benchmarks/holders.py [--model DIR] [--dev labelled.jsonl]

On the test of our corpus, and with `--dev` on a file of real sentences with the fields text,
context, label and holders, a list of objects with text and stance. The rules get the side from
the gold label of the sentence, then from the label that the model gives it. Writes
`benchmarks/results/holders.json`, prints a table a set.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from stance import LABELS, StanceClassifier, readers
from stance.actors import ActorTable
from stance.errors import InputError, StanceError
from stance.holder_metrics import MATCHES, ROLES, score_holders
from stance.holders import Holder
from stance.labels import AUTHOR, SIDES
from stance.readers import Reject
from stance.rows import RowColumns, labelled_row
from training.corpus import UNSEEN, load_seeds

_RESULT = Path(__file__).parent / "results" / "holders.json"

_VERBS = (
    r"wil|wilde|willen|wilden|eist|eiste|eisen|vraagt|vroeg|vragen|pleit|pleitte|pleiten|steunt|"
    r"steunde|steunen|verwerpt|verwierp|verwerpen|noemt|noemde|noemen|vindt|vond|vinden|zegt|zei|"
    r"zeggen|roept|riep|roepen|dringt|drong|dringen|weigert|weigerde|weigeren|verzet|verzette|"
    r"verzetten|stemt|stemde|stemmen|legt|legde|leggen|neemt|nam|nemen|stelt|stelde|stellen|zet|"
    r"zette|zetten|kondigt|kondigde|kondigen|dreigt|dreigde|dreigen|bevriest|bevroor|bevriezen|"
    r"verlengt|verlengde|verlengen|verbiedt|verbood|verbieden|heft|hief|heffen|schort|schortte|"
    r"veroordeelt|veroordeelde|veroordelen|betreurt|betreurde|betreuren|waarschuwt|waarschuwde|"
    r"houdt|hield|houden|omzeilt|omzeilde|omzeilen|ontwijkt|schendt|schenden|blokkeert|blokkeerde|"
    r"heeft|hebben|had|hadden|is|zijn|was|waren|gaat|gaan|blijft|blijven|ziet|zien|zou|zouden|zal|"
    r"moet|moeten|kan|kunnen|mag|trekt|trok|haalt|haalde|verdedigt|verdedigde|bepleit|bepleitte|"
    r"prijst|prees|hekelt|hekelde|hoopt|hoopte|acht|achten|beschouwt|sluit|sloot|levert|leverde"
)
_CAPITAL = r"[A-ZÀ-Þ][\w'’&-]*"
_NO_NAME = (
    r"(?!(?:In|Voor|Op|Bij|Na|Met|Door|Als|Uit|Om|Sinds|Tot|Tegen|Over|Onder|Een|De|Het|Maar|En|"
    r"Of|Want|Ook|Toch|Nu|Toen|Elke?|Geen|Onze?)\b)"
)
_NAME = rf"{_NO_NAME}{_CAPITAL}(?:\s+(?:(?:van|de|der|den|von|ten|voor|al)\s+){{0,2}}{_CAPITAL})*"
_NOUN = r"[Dd]e\s+(?:\w+e\s+)?\w+|[Hh]et\s+(?:kabinet|kremlin|parlement|regime|land|bestuur)"
_TITLES = r"(?:(?:[Dd]e|[Hh]et|heer|[Mm]evrouw|[Pp]remier|[Mm]inister|[Pp]resident)\s+)*"
_HOLDER = rf"({_TITLES}{_NAME}|{_NOUN})"
_NO_OBJECT = r"(?<![\w-])" + "".join(
    rf"(?<!\b{word}\s)"
    for word in ("aan", "door", "in", "met", "op", "tegen", "uit", "van", "voor")
)
_PATTERNS = (
    re.compile(rf"\b(?:[Vv]olgens|aldus|zegt|zei|zeggen)\s+{_HOLDER}"),  # the source
    re.compile(rf"^{_HOLDER}(?:\s+\([^)]*\))?\s+[a-z]+(?:t|[dt]en?|en)\b"),  # any verb
    re.compile(rf"{_NO_OBJECT}{_HOLDER}(?:\s+\([^)]*\))?\s+(?:{_VERBS})\b"),
)
_NOBODY = re.compile(
    r"(?:(?:de|het|een) )?[\w-]*(?:sancti|embargo|maatregel|boycot|verbod|lijst|vraag|deur)\w*|"
    r"d[ai]t|die|deze|er|wie|wat|men|ik|wij|we|het|hij|zij|ze|u|hier|daar\w*|waar\w*|zo|de \w{1,3}",
    re.IGNORECASE,
)


class Row(NamedTuple):
    """A sentence with its gold holders."""

    text: str
    context: str
    label: str
    holders: Sequence[Holder]
    group: str


Rule = Callable[[str, str], list[Holder]]
"""From a sentence and the side of its label to holders."""


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a model folder; without it the shipped model")
    parser.add_argument("--dev", type=Path, help="a jsonl file of real sentences with holders")
    options = parser.parse_args()
    try:
        sets = _sets(options.dev)
        model = StanceClassifier.from_pretrained(options.model)
    except StanceError as error:
        sys.exit(str(error))
    result = {title: _measure(rows, model) for title, rows in sets.items()}
    _RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for title, found in result.items():
        print(_table(title, found))


def _sets(dev: Path | None) -> dict[str, list[Row]]:
    test = load_seeds("test")
    rows = [Row(one.text, one.context, one.label, one.holders, one.group) for one in test]
    seen = [row for row, one in zip(rows, test, strict=True) if one.slice != UNSEEN]
    unseen = [row for row, one in zip(rows, test, strict=True) if one.slice == UNSEEN]
    sets = {"our test, seen parties": seen, "our test, unseen parties": unseen}
    return sets if dev is None else sets | {f"real sentences ({dev.stem})": read_rows(dev)}


def read_rows(path: Path) -> list[Row]:
    """Read sentences whose holders have no offsets; they are looked up in the text.

    Raises:
        InputError: if the file cannot be read, a row lacks a field, or a holder's text does not
            stand in its sentence.
    """
    table = readers.open_table(path)
    readers.require_columns(table, ["text", "label", "holders"])
    optional = {name: name for name in ("context", "group") if name in table.columns}
    rows = []
    for row in table.rows():
        place = f"{path}: row {row.number}"
        if isinstance(row, Reject):
            raise InputError(f"{place} cannot be used: {row.reason}.")
        found = labelled_row(place, row.values, RowColumns(**optional), LABELS)
        if isinstance(found, list):
            raise InputError(f"{place}: {'; '.join(found)}.")
        holders = _holders(found.text, row.values["holders"], place)
        rows.append(Row(found.text, found.context, found.label, holders, found.group or place))
    if not rows:
        raise InputError(f"{path}: no rows to measure on.")
    return rows


def _holders(text: str, values: Any, place: str) -> list[Holder]:
    try:
        return [_place(text, one["text"], one["stance"], place) for one in values]
    except (KeyError, TypeError):
        raise InputError(
            f"{place}: holders is {values!r:.60}, expected a list of objects with text and stance."
        ) from None


def _place(text: str, span: str, stance: str, place: str) -> Holder:
    """A holder with its offsets: where it stands as whole words, else where it stands at all."""
    if span == AUTHOR:
        return Holder(span, None, None, stance)
    match = re.search(rf"(?<!\w){re.escape(span)}(?!\w)", text) if span else None
    start = match.start() if match else text.find(span) if span else -1
    if start < 0:
        raise InputError(f"{place}: the holder {span!r:.60} does not stand in the text, verbatim.")
    return Holder(span, start, start + len(span), stance)


def _measure(rows: Sequence[Row], model: StanceClassifier) -> dict[str, Any]:
    """The scores of every rule and of the model."""
    contexts = [row.context for row in rows] if model.uses_context else None
    predictions = model.predict([row.text for row in rows], contexts)
    labels = {
        "gold labels": [row.label for row in rows],
        "model's labels": [one.label for one in predictions],
    }
    predicted: dict[str, list[Sequence[Holder]]] = {"no holders": [[] for _ in rows]}
    for source, given in labels.items():
        for name, rule in _RULES.items():
            predicted[f"{name}, {source}"] = [
                rule(row.text, label) if label in SIDES else []
                for row, label in zip(rows, given, strict=True)
            ]
    predicted["model"] = [one.holders for one in predictions]
    gold, groups = [row.holders for row in rows], [row.group for row in rows]
    return {name: score_holders(gold, found, groups) for name, found in predicted.items()}


def _author(_text: str, side: str) -> list[Holder]:
    return [Holder(AUTHOR, None, None, side)]


def _subject(text: str, side: str) -> list[Holder]:
    """The source that a sentence names, else what stands before its first verb, else the writer."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not _NOBODY.fullmatch(match[1]):
                return [Holder(match[1], match.start(1), match.end(1), side)]
    return _author(text, side)


def _actors(text: str, side: str) -> list[Holder]:
    """Every known actor, its article included; an adjective names none."""
    found = []
    for one in ActorTable.load().mentions(text):
        if not one.adjective:
            article = re.search(r"(?<!\w)(?:de|het)\s+$", text[: one.start], re.IGNORECASE)
            start = article.start() if article else one.start
            found.append(Holder(text[start : one.end], start, one.end, side))
    return found


_RULES: dict[str, Rule] = {
    "author": _author,
    "subject before verb": _subject,
    "every known actor": _actors,
}


def _table(title: str, found: dict[str, Any]) -> str:
    """F1 of every rule as Markdown, with the interval where actors are compared."""
    first = next(iter(found.values()))
    lines = [
        f"\n{title}: " + ", ".join(f"{first[role]['gold']} {role}" for role in ROLES),
        "| holders | "
        + " | ".join(f"{role} {match}" for role in ROLES for match in MATCHES)
        + " |",
        "|---" * (len(ROLES) * len(MATCHES) + 1) + "|",
    ]
    for name, scores in found.items():
        cells = [_cell(scores[role][match], match) for role in ROLES for match in MATCHES]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(scores: dict[str, Any], match: str) -> str:
    low, high = scores["interval"]
    return f"{scores['f1']:.2f}" + (f" ({low:.2f}-{high:.2f})" if match == "actor" else "")


if __name__ == "__main__":
    main()
