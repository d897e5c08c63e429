"""A config file to the checked settings of a run.

Everything is checked before torch is imported, and all faults are reported at once.
"""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeVar, get_args, overload

from pydantic import ValidationError

from stance.errors import ConfigError
from training.pretrain_settings import PretrainConfig
from training.resources import config_path
from training.settings import HubModel, Section, TrainConfig
from training.yaml_file import KeyPath, Located, parse_yaml, read_yaml

Config = TypeVar("Config", TrainConfig, PretrainConfig)

_LONG: Final = 100
"""Characters of a --set that a message repeats."""


@overload
def load_config(source: str | Path, overrides: Sequence[str] = ()) -> TrainConfig: ...
@overload
def load_config(source: str | Path, overrides: Sequence[str], kind: type[Config]) -> Config: ...
def load_config(
    source: str | Path, overrides: Sequence[str] = (), kind: type[Any] = TrainConfig
) -> Any:
    """Read and check a config.

    Args:
        source: a YAML file, or the name of a config that the package carries. Relative
            paths in it are relative to the file.
        overrides: ``dotted.key=value`` items; values are YAML, relative paths are relative to
            the working directory.
        kind: what the config is for, `TrainConfig` or `PretrainConfig`.

    Raises:
        ConfigError: if anything is wrong, naming every fault with its place.
    """
    path = config_path(source)
    located = read_yaml(path)
    bases: dict[KeyPath, Path] = {}
    faults: list[str] = []
    for item in overrides:
        try:
            bases[_apply_override(located, item)] = Path.cwd()
        except ConfigError as error:
            faults.append(f"  {error}")
    _default_model_type(located.value)
    try:
        config = kind.model_validate(located.value)
    except ValidationError as error:
        faults += [_describe(fault, located, kind) for fault in error.errors(include_url=False)]
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ConfigError("\n".join([f"{path}: {count}", *faults]))
    return _with_absolute_paths(config, path.resolve().parent, bases)


def _default_model_type(value: dict[str, Any]) -> None:
    """`type: pretrained` may be left out, which a discriminator does not know by itself."""
    if isinstance(value.get("model"), dict):
        value["model"].setdefault("type", "pretrained")


def _apply_override(located: Located, item: str) -> KeyPath:
    """Set one ``dotted.key=value`` in the values read from the file."""
    key, equals, text = item.partition("=")
    keys = tuple(key.strip().split("."))
    place = f"--set {item if len(item) < _LONG else item[:_LONG] + '...'}"
    if not equals or not all(keys):
        raise ConfigError(f"{place}: expected key=value, such as training.epochs=3.")
    new = parse_yaml(text, place, one_place=True)
    target = located.value
    for depth, part in enumerate(keys[:-1], start=1):
        target = target.setdefault(part, {})
        if target is None or not isinstance(target, dict):
            raise ConfigError(f"{place}: {'.'.join(keys[:depth])} is a value, not a section.")
    target[keys[-1]] = new.value
    for path in [path for path in located.places if path[: len(keys)] == keys]:
        del located.places[path]
    located.places[keys] = place
    located.places.update({keys + path: place for path in new.places})
    return keys


def _with_absolute_paths(config: Any, config_folder: Path, bases: dict[KeyPath, Path]) -> Any:
    """Resolve relative paths against the config file, those of --set against the cwd."""

    def base(*keys: str) -> Path:
        return next((bases[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in bases),
                    config_folder)  # fmt: skip

    # os.path takes any name; Path raises for links to themselves, unknown users, long names.
    def absolute(name: str, folder: Path) -> str:
        return os.path.realpath(folder / os.path.expanduser(name))  # noqa: PTH111

    folder = base("data", "files")
    files = [name if name == "seeds" else absolute(name, folder) for name in config.data.files]
    data = config.data.model_copy(update={"files": files})
    config = config.model_copy(update={"data": data})
    model: dict[str, str] = {}
    if isinstance(config.model, HubModel):
        name = config.model.name_or_path
        local = absolute(name, base("model", "name_or_path"))
        if os.path.isdir(local) or name.startswith((".", "/", "~")):  # noqa: PTH112
            model["name_or_path"] = local
    if glossary := getattr(config.model, "glossary", None):
        model["glossary"] = absolute(glossary, base("model", "glossary"))
    return config.model_copy(update={"model": config.model.model_copy(update=model)})


def _model_types(kind: type[Section]) -> list[str]:
    """What `model.type` may be."""
    kinds = get_args(kind.model_fields["model"].annotation)
    return sorted(get_args(one.model_fields["type"].annotation)[0] for one in kinds)


def _describe(fault: Any, located: Located, kind: type[Section]) -> str:
    """One pydantic fault as: place, key, value found, what was expected, nearest key."""
    path: KeyPath = fault["loc"]
    types = _model_types(kind)
    if path[:1] == ("model",) and path[1:2] and path[1] in types:
        # pydantic's path also names the member of a union that it tried; the file has no such key.
        path = ("model", *path[2:])
    if fault["type"].startswith("union_tag"):
        path = (*path, "type")
    place = located.place(path)
    key = ".".join(map(str, path)) or "the file"
    value = fault["input"]
    if fault["type"] == "extra_forbidden":
        known = _valid_keys(path[:-1], located.value, kind)
        near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else f"valid keys: {', '.join(known)}."
        return f"  {place}: {key}: {value!r:.60}: there is no such key; {hint}"
    if fault["type"] == "missing":
        return f"  {place}: {key} is missing."
    if fault["type"] == "value_error":
        return f"  {place}: {key}: {fault['ctx']['error']}."
    if fault["type"].startswith("union_tag"):
        found = value.get("type") if isinstance(value, dict) else value
        near = difflib.get_close_matches(str(found), types, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        tags = ", ".join(types)
        return f"  {place}: {key}: {found!r:.60} found, expected one of {tags}{hint}"
    expected = fault["msg"].replace("Input should be", "expected")
    return f"  {place}: {key}: {value!r:.60} found, {expected[0].lower()}{expected[1:]}."


def _valid_keys(path: KeyPath, value: Any, kind: type[Section]) -> list[str]:
    """The keys of the section at `path`."""
    section: Any = kind
    for key in path:
        value = value[key]
        annotation = section.model_fields[str(key)].annotation
        options = [annotation, *get_args(annotation)]
        sections = [o for o in options if isinstance(o, type) and issubclass(o, Section)]
        tag = value.get("type") if isinstance(value, dict) else None
        section = next(
            (s for s in sections if "type" in s.model_fields
             and tag in get_args(s.model_fields["type"].annotation)),
            sections[0],
        )  # fmt: skip
    return [*section.model_fields]
