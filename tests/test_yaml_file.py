import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.errors import ConfigError
from training.yaml_file import dump_yaml, parse_yaml, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2e-5", 2e-5),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("-3", -3),
        ("no", "no"),
        ("yes", "yes"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("'2e-5'", "2e-5"),
        ('"true"', "true"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("2020-01-01", "2020-01-01"),
        ("[1, a, 2.5]", [1, "a", 2.5]),
    ],
)
def test_scalars_follow_yaml_1_2(text, value):
    found = parse_yaml(text, "x").value
    assert found == value
    assert type(found) is type(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_round_trips(number):
    assert parse_yaml(repr(number), "x").value == number


# PyYAML folds the line breaks that only Unicode knows.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029")
WORDS = st.text(LETTERS) | st.sampled_from(
    ["1e5", "+.5E3", "1.5e3", "tRuE", "nULL", "~", "0x1F", "no"]
)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
        max_leaves=6,
    )
)
def test_what_is_written_is_read_as_the_same(value):
    assert parse_yaml(dump_yaml(value), "x").value == value


@given(st.text(max_size=80))
def test_any_text_is_a_value_or_a_config_error(text):
    message = "x"
    try:
        parse_yaml(text, "x")
    except ConfigError as error:
        message = str(error)
    assert message.startswith("x")


def test_places_name_the_line_of_every_key(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("# comment\na:\n  b: 1\n\n  c: [1, 2]\n", "utf-8")
    located = read_yaml(path)
    assert located.place(("a", "b")) == f"{path}:3"
    assert located.place(("a", "c", 1)) == f"{path}:5"
    assert located.place(("a", "missing", "deeper")) == f"{path}:2"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\na: 2\n", ":2: a is given twice"),
        (b"a: &x [1]\nb: *x\n", "anchors and aliases"),
        (b"a: [1\n", "not valid YAML"),
        (b"a: \xff\n", "not UTF-8"),
        (b"- 1\n", "expected `key: value`"),
        (b"", "expected `key: value`"),
        (b"? [1]\n: 2\n", ":1: a list or mapping cannot be a key"),
        (b"a: 'x\0y'\n", "holds the character '\\x00'"),
        (b"a:\n  b: " + b"[" * 99_000, ":2: not valid YAML: nested more than 20 deep"),
        (b"- " * 40_000, "nested more than 20 deep"),
        (b"x" * 1_000_001, "larger than a megabyte"),
    ],
)
def test_bad_files_are_explained(tmp_path, content, message):
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_aliases_that_multiply_are_refused_before_they_are_followed():
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60))]
    with pytest.raises(ConfigError, match=r"^x:1: not valid YAML: anchors and aliases"):
        parse_yaml("\n".join(lines), "x")


def test_what_is_no_regular_file_is_not_opened(tmp_path):
    """Reading a fifo would wait for ever, and a device never ends."""
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", Path("/dev/zero"), tmp_path):
        with pytest.raises(ConfigError, match="is no regular file"):
            read_yaml(path)


def test_missing_file():
    with pytest.raises(ConfigError, match="cannot be read"):
        read_yaml(Path("/no/such.yaml"))
