"""The kinds of values in a config: what each may be, and what may stand for it."""

from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

Share = Annotated[float, Field(gt=0, lt=0.5)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


def _without_nul(name: str) -> str:
    """No file can have such a name, and no text with one is a text."""
    if "\0" in name:
        raise ValueError("holds a NUL character, which no name can")
    return name


Name = Annotated[str, Field(min_length=1), AfterValidator(_without_nul)]


def _listed(value: Any) -> Any:
    """One value may stand for a list of one."""
    return value if isinstance(value, list) else [value]


def _different(values: list[Any]) -> list[Any]:
    """Seeds and labels count once."""
    twice = [str(value) for value, count in Counter(values).items() if count > 1]
    if twice:
        raise ValueError(f"{', '.join(twice)} is given twice")
    return values


Files = Annotated[
    list[Name],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=Name | list[Name]),
]
Seeds = Annotated[
    list[Seed],
    Field(min_length=1),
    AfterValidator(_different),
    BeforeValidator(_listed, json_schema_input_type=Seed | list[Seed]),
]


def _words(value: Any) -> Any:
    """Labels that a file writes as numbers are names like any other."""
    if not isinstance(value, list):
        return value
    return [str(one) if type(one) is int else one for one in value]


Labels = Annotated[
    list[Name],
    Field(min_length=2),
    AfterValidator(_different),
    BeforeValidator(_words, json_schema_input_type=list[Name | int]),
]
