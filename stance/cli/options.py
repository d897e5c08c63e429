"""What an option says, checked."""

from stance.errors import ConfigError


def column_names(value: str, option: str) -> list[str]:
    """The names of an option such as ``--by outlet,month``; none if it is empty.

    Raises:
        ConfigError: if a name is empty or stands twice.
    """
    names = [name.strip() for name in value.split(",")] if value else []
    if not all(names) or len(set(names)) < len(names):
        raise ConfigError(f"{option} {value!r:.80}: expected column names, each once, such as a,b.")
    return names
