"""The import contract of docs/architecture.md: a module imports only from floors below."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def floors():
    """The floors as docs/architecture.md draws them: a line a floor, `.name` in its package."""
    drawing = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    found, package = {}, ""
    for line in re.findall(r"^ ?(\d+  .+)$", drawing, flags=re.MULTILINE):
        floor, *names = line.split()
        for name in names:
            if name.startswith("."):
                name = package + name
            else:
                package = name.rpartition(".")[0]
            found[name] = int(floor)
    return found


FLOORS = floors()
HEAVY = {"torch", "transformers", "sklearn", "datasets", "onnxruntime", "pandas", "polars"}
HEAVY |= {"matplotlib", "jinja2", "captum"}


def modules():
    return {
        path.relative_to(ROOT)
        .with_suffix("")
        .as_posix()
        .replace("/", ".")
        .removesuffix(".__init__"): path
        for package in ("stance", "training")
        for path in (ROOT / package).rglob("*.py")
    }


def imports(node, known):
    """Names of modules that an import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        inner = [f"{node.module}.{alias.name}" for alias in node.names]
        return [one if one in known else node.module for one in inner]
    return []


def test_every_module_has_a_floor():
    assert set(modules()) == set(FLOORS)


@pytest.mark.parametrize("name", sorted(modules()))
def test_imports_point_down(name):
    tree = ast.parse(modules()[name].read_text("utf-8"))
    for node in ast.walk(tree):
        for imported in imports(node, FLOORS):
            if imported in FLOORS and imported != "stance" and name != imported:
                assert FLOORS[imported] < FLOORS[name], f"{name} imports {imported}"
            if name.startswith("stance.") and not name.startswith("stance.cli"):
                assert not imported.startswith("training"), f"{name} imports {imported}"


@pytest.mark.parametrize("name", sorted(one for one in modules() if one.startswith("stance")))
def test_nothing_heavy_is_imported_with_the_library(name):
    for node in ast.parse(modules()[name].read_text("utf-8")).body:
        for imported in imports(node, FLOORS):
            assert imported.split(".")[0] not in HEAVY, f"{name} imports {imported} at the top"


def test_importing_the_library_loads_nothing_heavy():
    code = "import sys, stance; print(sorted(set(sys.modules) & set(sys.argv[1:])))"
    done = subprocess.run(
        [sys.executable, "-c", code, *HEAVY, "training", "pyarrow", "typer"],
        capture_output=True,
        text=True,
    )
    assert done.stdout == "[]\n", done.stderr


def test_every_module_has_its_test_file():
    named = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")}
    for name in modules():
        stem = name.split(".")[-1]
        if stem not in ("stance", "training", "__main__", "errors"):
            assert stem in named, f"no tests/test_{stem}.py"


def test_the_library_never_prints():
    for name, path in modules().items():
        if name.startswith("stance.cli"):
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], name
