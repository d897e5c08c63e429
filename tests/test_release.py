"""Files that a release and its checks rest on agree with one another."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENTS = [
    Requirement(one) for those in (PROJECT["dependencies"], *EXTRAS.values()) for one in those
]


def bounds(requirement, operator):
    return [Version(one.version) for one in requirement.specifier if one.operator == operator]


def pins(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    found = [re.fullmatch(r"(\S+)==(\S+)", line) for line in lines if not line.startswith("#")]
    return {canonicalize_name(one[1]): Version(one[2]) for one in found}


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda one: one.name)
def test_every_dependency_has_a_lower_and_an_upper_bound(requirement):
    assert len(bounds(requirement, ">=")) == len(bounds(requirement, "<")) == 1


def test_the_lower_constraints_are_the_lower_bounds():
    tried = pins("lower-constraints.txt")
    fuzz = {canonicalize_name(Requirement(one).name) for one in EXTRAS["fuzz"]}
    lowest = {canonicalize_name(one.name): bounds(one, ">=")[0] for one in REQUIREMENTS}
    lowest["torch"] = pins("constraints.txt")["torch"]
    assert tried == {name: one for name, one in lowest.items() if name not in fuzz}


def test_what_is_pinned_lies_within_the_bounds():
    pinned = pins("constraints.txt")
    for one in REQUIREMENTS:
        assert one.specifier.contains(pinned[canonicalize_name(one.name)]), one


def test_workflows_call_targets_that_there_are():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    (path,) = (ROOT / ".github" / "workflows").glob("*.yml")
    workflow = yaml.safe_load(path.read_text("utf-8"))
    runs = [s["run"] for job in workflow["jobs"].values() for s in job["steps"] if "run" in s]
    assert runs
    for command in runs:
        assert command.removeprefix("make ") in targets, command
    versions = workflow["jobs"]["tests"]["strategy"]["matrix"]["python"]
    assert versions[0] == PROJECT["requires-python"].removeprefix(">=")


@pytest.mark.parametrize("name", ["fault.md", "label.md", "wish.md"])
def test_issue_templates_have_a_head(name):
    text = (ROOT / ".github" / "ISSUE_TEMPLATE" / name).read_text("utf-8")
    head = yaml.safe_load(text.split("---")[1])
    assert head["name"]
    assert head["about"]
