"""Labelled sentences to the rows of the output: which columns there are, and which rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from stance.actors import ActorTable
from stance.documents import Document
from stance.errors import ConfigError
from stance.holder_text import holder_text
from stance.holders import Holder
from stance.labels import UNRELATED
from stance.targets import find_in_document
from stance.writers import inert, inert_record

Record = dict[str, Any]

HolderForm = Literal["none", "list", "text", "rows"]
"""How holders are told: not at all (the model does not tell them), as a list of structures, as
text for spreadsheets, or one a row."""


@dataclass(frozen=True)
class Wanted:
    """Which sentences go into the output."""

    holders: frozenset[str] = frozenset()
    """Canonical names, one of which must take a side; empty: all sentences."""
    targets: frozenset[str] = frozenset()
    """Canonical names, one of which must be sanctioned; empty: all sentences."""


EVERYTHING: Final = Wanted()


@dataclass(frozen=True)
class Columns:
    """The columns of the output."""

    kept: dict[str, str]
    """The input's other columns, and how they are called in the output."""
    types: dict[str, Any]
    """All columns in order, each with its type."""
    with_file: bool
    """Whether the output says which file a row is of."""
    holders: HolderForm
    escapes: bool = False
    """Whether what a spreadsheet would take for a formula gets an apostrophe before it."""


def wanted(holders: str | None, targets: str | None) -> Wanted:
    """Read the names that the output is to be about.

    Args:
        holders: names apart by commas, in any form that the table of actors knows, or
            ``author``; None for all.
        targets: likewise.

    Raises:
        ConfigError: if nothing stands between two commas.
    """
    return Wanted(_canonical("--holder", holders), _canonical("--target", targets))


def _canonical(option: str, names: str | None) -> frozenset[str]:
    if names is None:
        return frozenset()
    listed = [name.strip() for name in names.split(",")]
    if not all(listed):
        raise ConfigError(f"{option} {names!r}: expected names, apart by commas.")
    return frozenset(ActorTable.load().canonical(name) for name in listed)


def make_columns(
    kept: Mapping[str, Any],
    labels: Sequence[str],
    *,
    with_file: bool,
    holders: HolderForm,
    abstains: bool = False,
    escapes: bool = False,
) -> Columns:
    """Settle which columns the output has.

    Args:
        kept: the input's other columns, each with its type.
        labels: the labels of the model.
        with_file: whether the output says which file a row is of.
        holders: how holders are told.
        abstains: whether the output says on which sentences the model abstained.
        escapes: whether the output is made safe to open in a spreadsheet.
    """
    own = _own_columns(labels, with_file=with_file, holders=holders, abstains=abstains)
    names = _free_names({name: inert(name) if escapes else name for name in kept}, own)
    types = {names[name]: kind for name, kind in kept.items()} | own
    return Columns(names, types, with_file, holders, escapes)


def make_records(
    document: Document,
    not_dutch: bool,
    sentences: Sequence[Record],
    holders: Sequence[Sequence[Holder]],
    columns: Columns,
    wanted: Wanted,
) -> Iterator[Record]:
    """The rows of the output that a document gives.

    Args:
        document: the document.
        not_dutch: whether its text seems to be in another language.
        sentences: what labelling says of each sentence, by column: label, score, ...
        holders: those of each sentence.
        columns: from `make_columns`.
        wanted: which sentences are left in.
    """
    others = {columns.kept[name]: document.row.values.get(name) for name in columns.kept}
    if columns.with_file:
        others["file"] = document.row.file
    texts = [document.text[start:end] for start, end in document.spans]
    for i, (start, end) in enumerate(document.spans):
        about = sentences[i]["label"] != UNRELATED
        target = find_in_document(texts, i, document.context) if about else ""
        if wanted.targets and target not in wanted.targets:
            continue
        if wanted.holders and wanted.holders.isdisjoint(one.actor for one in holders[i]):
            continue
        place = {
            "row": document.row.number,
            "sentence_index": i,
            "start": start,
            "end": end,
            "sentence": texts[i],
        }
        record = others | place | sentences[i] | {"target": target, "not_dutch": not_dutch}
        for told in _told(holders[i], columns.holders, wanted.holders):
            yield inert_record(record | told) if columns.escapes else record | told


def _told(holders: Sequence[Holder], form: HolderForm, wanted: frozenset[str]) -> Iterator[Record]:
    """The columns of holders: once, or for each that is wanted."""
    if form == "none":
        yield {}
    elif form == "text":
        yield {"holders": holder_text((one.actor, one.stance) for one in holders)}
    elif form == "list":
        yield {"holders": [_structure(one) for one in holders]}
    else:
        for one in holders:
            if not wanted or one.actor in wanted:
                yield {f"holder_{name}": value for name, value in _structure(one).items()}


def _structure(holder: Holder) -> Record:
    return {
        "actor": holder.actor,
        "stance": holder.stance,
        "text": holder.text,
        "start": holder.start,
        "end": holder.end,
        "score": holder.score,
    }


_HOLDER_TYPES: dict[str, type] = {
    "actor": str,
    "stance": str,
    "text": str,
    "start": int,
    "end": int,
    "score": float,
}


def _own_columns(
    labels: Sequence[str], *, with_file: bool, holders: HolderForm, abstains: bool
) -> dict[str, Any]:
    """The columns that labelling adds, with their types."""
    return {
        **({"file": str} if with_file else {}),
        "row": int,
        "sentence_index": int,
        "start": int,
        "end": int,
        "sentence": str,
        "label": str,
        "score": float,
        **{f"p_{label}": float for label in labels},
        **({"abstained": bool} if abstains else {}),
        "truncated": bool,
        "target": str,
        "not_dutch": bool,
        **_holder_columns(holders),
    }


def _holder_columns(form: HolderForm) -> dict[str, Any]:
    if form == "none":
        return {}
    if form == "text":
        return {"holders": str}
    if form == "rows":
        return {f"holder_{name}": kind for name, kind in _HOLDER_TYPES.items()}
    import pyarrow as pa

    arrow = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    struct = pa.struct([(name, arrow[kind]) for name, kind in _HOLDER_TYPES.items()])
    return {"holders": pa.list_(struct)}


def _free_names(kept: Mapping[str, str], own: Mapping[str, Any]) -> dict[str, str]:
    """Names of the input's columns in the output: `input_` before one that is taken.

    Args:
        kept: the columns, each with the name that it had best have.
        own: the columns that labelling adds.
    """
    taken = {*own, *kept}
    names: dict[str, str] = {}
    for name, free in kept.items():
        while free in own or (free != name and free in taken):
            free = f"input_{free}"
        names[name] = free
        taken.add(free)
    return names
