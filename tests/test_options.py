import pytest

from stance.cli.options import check_options, column_names
from stance.errors import ConfigError


def test_columns_apart_by_commas():
    assert column_names("") == []
    assert column_names("outlet, month") == ["outlet", "month"]


@pytest.mark.parametrize("by", ["a,,b", ",", "a,a"])
def test_columns_that_are_none_or_twice(by):
    with pytest.raises(ConfigError, match="column names, each once"):
        column_names(by)


@pytest.mark.parametrize(("of", "level"), [("zinnen", 0.95), ("all", 0.0), ("stance", 95)])
def test_what_shares_are_of_and_how_sure(of, level):
    check_options("all", 0.95)
    with pytest.raises(ConfigError, match="expected"):
        check_options(of, level)
