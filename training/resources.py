"""Where the reference configs and the corpus lie: in the wheel, or in a checkout."""

import difflib
from pathlib import Path
from typing import Final

from stance.errors import ConfigError

_HERE: Final = Path(__file__).resolve().parent


def _carried(name: str) -> Path:
    """A folder that the wheel carries inside this package and a checkout beside it."""
    inside = _HERE / name
    return inside if inside.is_dir() else _HERE.parent / name


SEEDS: Final = _carried("seeds")
"""Our labelled corpus, one JSONL file a slice."""
CONFIGS: Final = _carried("configs")
"""The reference configs, one YAML file a run."""


def config_path(source: str | Path) -> Path:
    """Find a config: a file, or the name of one that the package carries.

    Raises:
        ConfigError: if there is neither.
    """
    names = sorted(one.stem for one in CONFIGS.glob("*.yaml"))
    try:
        path = Path(source).expanduser()
        if path.is_file():
            return path
        if str(source) in names:
            return CONFIGS / f"{source}.yaml"
        if path.exists():
            kind = "a folder" if path.is_dir() else "no regular file"
            raise ConfigError(f"{source}: is {kind}, expected a YAML file.")
    except (OSError, RuntimeError) as error:  # a name too long, a link to itself, ~nobody
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"{str(source)[:200]}: cannot be read ({reason}).") from None
    near = difflib.get_close_matches(path.stem, names, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ConfigError(
        f"{source}: no such config file, and no config of that name; "
        f"the package carries {', '.join(names)}.{hint}"
    )
