import json

import pytest
from typer.testing import CliRunner

from stance.cli.commands import app


@pytest.mark.parametrize(
    "name",
    [
        "label",
        "train",
        "export",
        "evaluate",
        "check-data",
        "pretrain",
        "check",
        "sample",
        "estimate",
        "calibrate",
        "explain",
        "agreement",
        "annotate",
    ],
)
def test_every_command_explains_itself(name):
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert f"Usage: stance {name}" in done.stdout


def test_an_encoder_is_pretrained_on_text(tmp_path):
    (tmp_path / "tekst.txt").write_text("De raad verlengt de sancties tegen Mali.\n" * 200, "utf-8")
    (tmp_path / "lm.yaml").write_text(
        "model: {type: scratch, vocab_size: 320, hidden_size: 16, layers: 1, heads: 2}\n"
        "data: {files: tekst.txt}\n"
        "training: {block_length: 16, batch_size: 8, warmup_steps: 2}\n"
    )
    command = ["pretrain", str(tmp_path / "lm.yaml"), "--out", str(tmp_path / "lm")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "on held-out text after" in done.stdout
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 5
    assert "is not empty" in again.stderr


def test_behaviour_is_checked_and_written(tmp_path, linear_folder):
    command = ["check", str(linear_folder), "--json", str(tmp_path / "failed.json")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "negation" in done.stdout
    report = json.loads((tmp_path / "failed.json").read_text())
    assert sum(sum(kind["n"].values()) for kind in report.values()) == 400
    assert CliRunner().invoke(app, command).exit_code == 5
