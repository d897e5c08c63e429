"""A YAML file as plain values, with the line of every key.

Scalars follow YAML 1.2: ``2e-5`` is a number and ``no`` is a word, both of which PyYAML's
own constructor (YAML 1.1) reads otherwise.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.reader import ReaderError

from stance.errors import ConfigError

KeyPath = tuple[str | int, ...]

_INT: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}
_LARGEST: Final = 1_000_000
_DEEPEST: Final = 20


@dataclass
class Located:
    """Values of a document and where each stands."""

    value: Any
    """Nested dicts, lists and scalars."""
    places: dict[KeyPath, str] = field(default_factory=dict)
    """Key path to its place, such as ``train.yaml:12`` or ``--set training.seed``."""

    def place(self, path: KeyPath) -> str:
        """The place of a key, or of the nearest key above it that is written down."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path]


class _Loader(yaml.SafeLoader):
    """PyYAML's, but refusing while it reads what would cost it minutes or its stack."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None):  # of an alias too
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases are not supported", problem_mark=event.start_mark
            )
        if self.depth == _DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {_DEEPEST} deep", problem_mark=event.start_mark
            )
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_yaml(path: Path) -> Located:
    """Read a YAML file.

    Raises:
        ConfigError: if it is missing, no regular file, too large, not text, not YAML, nested
            too deeply, has a key twice, uses anchors, or is no mapping.
    """
    try:
        if not path.is_file():
            path.stat()  # says why, if it is missing
            raise ConfigError(f"{path}: is no regular file, expected a YAML file.")
        if path.stat().st_size > _LARGEST:
            raise ConfigError(f"{path}: larger than a megabyte, which no config file is.")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 ({error.reason} at byte {error.start}).") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None
    located = parse_yaml(text, str(path))
    if not isinstance(located.value, dict):
        raise ConfigError(f"{path}: expected `key: value` lines at the top level.")
    return located


class _Dumper(yaml.SafeDumper):
    """PyYAML's, but quoting what only our reading takes for something else than a word."""


_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, [*"-+.0123456789"])
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"(null|true|false)\Z", re.IGNORECASE), [*"nNtTfF"]
)


def dump_yaml(value: Any) -> str:
    """Nested dicts, lists and scalars as YAML that `parse_yaml` reads as the same."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def parse_yaml(text: str, name: str, *, one_place: bool = False) -> Located:
    """Parse YAML text.

    Args:
        text: the YAML.
        name: what to call it in places and messages.
        one_place: every place is `name` itself, without a line.

    Raises:
        ConfigError: if it is not YAML, nested too deeply, has a key twice, or uses anchors.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        place = name if one_place else f"{name}:{line}"
        raise ConfigError(f"{place}: not valid YAML: {error.problem}.") from None
    except ReaderError as error:
        raise ConfigError(
            f"{name}: not valid YAML: holds the character {chr(error.character)!a}."
        ) from None
    located = Located(None, {(): name})
    if node is not None:
        located.value = _build(node, (), located.places, name, one_place)
    return located


def _build(
    node: yaml.Node, path: KeyPath, places: dict[KeyPath, str], name: str, one_place: bool
) -> Any:
    def place(one: yaml.Node) -> str:
        return name if one_place else f"{name}:{one.start_mark.line + 1}"

    places.setdefault(path, place(node))
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise ConfigError(f"{place(key_node)}: a list or mapping cannot be a key.")
            if key in mapping:
                raise ConfigError(f"{place(key_node)}: {key} is given twice.")
            places[(*path, key)] = place(key_node)
            mapping[key] = _build(value_node, (*path, key), places, name, one_place)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(item, (*path, i), places, name, one_place) for i, item in enumerate(node.value)
        ]
    # A quoted scalar is a string, whatever it looks like.
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return _scalar(node.value) if plain else node.value


def _scalar(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INT.fullmatch(text) and len(text) < 100:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
