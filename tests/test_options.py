import pytest

from stance.cli.options import column_names
from stance.errors import ConfigError


def test_names_are_split_at_commas():
    assert column_names("", "--by") == []
    assert column_names("outlet, month", "--by") == ["outlet", "month"]


@pytest.mark.parametrize("value", [",", "a,", "a,,b", "a,b,a", " "])
def test_names_that_are_empty_or_stand_twice(value):
    with pytest.raises(ConfigError, match=r"--coders '.*': expected column names, each once"):
        column_names(value, "--coders")
