"""What users may rely on: the names of the two packages, and those of docs/api.md."""

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import stance
import training

API = (Path(__file__).parent.parent / "docs" / "api.md").read_text("utf-8")
NAMES = {
    "stance": [
        "LABELS",
        "Explainer",
        "Explanation",
        "Holder",
        "LabelledDocument",
        "Prediction",
        "StanceClassifier",
        "StanceError",
        "__version__",
        "explain",
    ],
    "training": ["StanceEstimator"],
}
"""A name that is added here stays; one that goes is announced a release before."""


def documented():
    """The modules of docs/api.md, each with the names that are listed of it; none for all."""
    found = {}
    for block in re.split(r"^\.\. ", API, flags=re.MULTILINE)[1:]:
        kind, name = re.match(r"(autoclass|automodule):: (\S+)", block).groups()
        if kind == "autoclass":
            module, _, name = name.rpartition(".")
            found[module] = [name]
            continue
        listed = re.search(r":members: ?([^:`]*)", block)[1]
        found[name] = [one.strip() for one in listed.split(",") if one.strip()]
    return found


def members(module):
    """The public names that a module defines itself."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]


@pytest.mark.parametrize("package", [stance, training])
def test_the_names_of_a_package(package):
    assert sorted(package.__all__) == sorted(NAMES[package.__name__])
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.nothing  # noqa: B018


@pytest.mark.parametrize("package", ["stance", "training"])
def test_nothing_is_exported_by_accident(package):
    code = (
        f"import {package}, types\n"
        f"found = {{n: v for n, v in vars({package}).items() if not n.startswith('_')}}\n"
        "print([n for n, v in found.items() if not isinstance(v, types.ModuleType)])\n"
        f"names = {{}}\nexec('from {package} import *', names)\n"
        f"print(sorted(names.keys() - {{'__builtins__'}}) == sorted({package}.__all__))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\nTrue\n", done.stderr


def test_docs_tell_of_every_name():
    told = {name for names in documented().values() for name in names}
    told |= {
        name
        for module, names in documented().items()
        if not names
        for name in members(importlib.import_module(module))
    }
    for name in set(NAMES["stance"] + NAMES["training"]) - {"__version__", "LABELS"}:
        assert name in told, f"docs/api.md lacks {name}"
    assert "stance.labels" in documented()  # has LABELS


@pytest.mark.parametrize("module", sorted(documented()))
def test_names_of_the_docs_are_there_and_described(module):
    found = importlib.import_module(module)
    for name in documented()[module] or members(found):
        value = getattr(found, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__module__ == module, f"{module} only imports {name}"
            assert inspect.getdoc(value), f"{module}.{name} has no docstring"
