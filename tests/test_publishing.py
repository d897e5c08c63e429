"""`stance push` as people run it, against a stand-in of the hub."""

import os
import subprocess
import sys

from hub_stand_in import environment, running

from stance.errors import ConfigError, ModelError

NAME = "lab/model"


def test_the_command(linear_folder, tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "stance", "push", *map(str, arguments)]
        variables = os.environ | environment(hub, tmp_path / "home") | {"HF_TOKEN": "hf_of_a_test"}
        # Of how huggingface_hub 2.4 calls its http library when it uploads a large file.
        variables["PYTHONWARNINGS"] = "ignore::DeprecationWarning"
        return subprocess.run(command, env=variables, capture_output=True, text=True)

    with running() as hub:
        done = run(linear_folder, NAME, "--private")
        assert done.returncode == 0, done.stderr
        repo = hub.repos["models", NAME]
        assert repo["private"]
        assert f"with --model {NAME}@{repo['refs']['main']}" in done.stderr
        assert done.stderr.count("\n") == 1
        done = run(linear_folder, "model")
        assert done.returncode == ConfigError.exit_code
        assert done.stderr.startswith("stance: model: expected the name")
        done = run(tmp_path / "nowhere", NAME)
        assert done.returncode == ModelError.exit_code
        assert "no such model folder" in done.stderr
