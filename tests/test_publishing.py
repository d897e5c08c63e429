"""`stance push` as people run it, against a stand-in of the hub."""

import pytest
from hub_stand_in import connected
from typer.testing import CliRunner

from stance.cli.commands import app
from stance.errors import ConfigError, ModelError

# Of how huggingface_hub 2.4 calls its http library when it uploads a large file.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

NAME = "lab/model"


def run(*arguments):
    return CliRunner().invoke(app, ["push", *map(str, arguments)])


def test_a_folder_is_put_there(linear_folder, tmp_path, monkeypatch):
    with connected(monkeypatch, tmp_path) as hub:
        done = run(linear_folder, NAME, "--private")
        assert done.exit_code == 0, done.output
        repo = hub.repos["models", NAME]
    assert repo["private"]
    assert done.stderr.count("\n") == 1
    assert f"with --model {NAME}@{repo['refs']['main']}" in done.stderr


def test_faults_are_one_line_and_a_code(linear_folder, tmp_path):
    for folder, name, code, message in (
        (linear_folder, "model", ConfigError.exit_code, "expected the name of a model"),
        (tmp_path / "nowhere", NAME, ModelError.exit_code, "no such model folder"),
    ):
        done = run(folder, name)
        assert done.exit_code == code
        assert done.stderr.startswith("stance: ")
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
