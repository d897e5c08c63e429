import pytest

from stance.annotation.tools import TOOLS, tool_of
from stance.errors import ConfigError


def test_tools_are_known_by_name():
    assert tool_of("doccano", "--to") is TOOLS["doccano"]
    with pytest.raises(ConfigError, match=r"--from excel: expected one of labelstudio, doccano,"):
        tool_of("excel", "--from")
