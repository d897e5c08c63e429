import pytest
from typer.testing import CliRunner

from stance.cli.commands import _needs_training, app
from stance.errors import MissingExtraError


@pytest.mark.parametrize("name", ["label", "train", "export", "evaluate", "check-data"])
def test_every_command_explains_itself(name):
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert f"Usage: stance {name}" in done.stdout


def test_a_package_that_training_needs_is_named():
    message = r"yaml is not installed.*stance-nl\[train\]"
    with pytest.raises(MissingExtraError, match=message), _needs_training():
        raise ModuleNotFoundError(name="yaml")
