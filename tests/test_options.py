from pathlib import Path

import pytest

from stance.cli.options import check_escapes, check_options, column_names
from stance.errors import ConfigError


@pytest.mark.parametrize(("of", "level"), [("zinnen", 0.95), ("all", 0.0), ("stance", 95)])
def test_what_shares_are_of_and_how_sure(of, level):
    check_options("all", 0.95)
    with pytest.raises(ConfigError, match="expected"):
        check_options(of, level)


def test_names_are_split_at_commas():
    assert column_names("", "--by") == []
    assert column_names("outlet, month", "--by") == ["outlet", "month"]


@pytest.mark.parametrize("value", [",", "a,", "a,,b", "a,b,a", " "])
def test_names_that_are_empty_or_stand_twice(value):
    with pytest.raises(ConfigError, match=r"--coders '.*': expected column names, each once"):
        column_names(value, "--coders")


@pytest.mark.parametrize("out", [None, Path("shares.json")])
def test_formulas_are_escaped_in_csv_alone(out):
    check_escapes(out, escape_formulas=False)
    check_escapes(Path("shares.CSV"), escape_formulas=True)
    with pytest.raises(ConfigError, match=r"--escape-formulas: is for csv; give --out FILE\.csv"):
        check_escapes(out, escape_formulas=True)
