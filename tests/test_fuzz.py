"""The targets of `tests/fuzz` on kept cases and on changes of good files; nothing but a
`StanceError` may come out of them."""

import functools
from pathlib import Path

import pytest
from fuzz.seeds import SEEDS
from fuzz.targets import TARGETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CASES = sorted((Path(__file__).parent / "fuzz" / "cases").glob("*/*"))
SLOW = ("config", "onnx", "text")
"""Those that take some milliseconds a try."""

seeds_of = functools.cache(lambda name: SEEDS[name]())
NASTY = (
    b"\0",
    b"\xff" * 8,
    b"[" * 300,
    b"{" * 300,
    b'"',
    b"\n",
    b"&a [*a, *a]",
    b"-1",
    b"1e999",
    b"9" * 400,
    b"null",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    "\u202e\u200b\u0301".encode(),
)
PIECES = st.binary(max_size=8) | st.sampled_from(NASTY)


@st.composite
def changed(draw, name):
    """A good file of which some parts were cut out, doubled or replaced."""
    data = draw(st.sampled_from(seeds_of(name)))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        data = data[:start] + draw(PIECES) + data[start if draw(st.booleans()) else end :]
    return data


def test_every_target_has_seeds():
    assert SEEDS.keys() == TARGETS.keys() >= {path.parent.name for path in CASES}
    assert CASES


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_before(path):
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_changes_of_good_files(name):
    @settings(
        max_examples=10 if name in SLOW else 30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(changed(name))
    def check(data):
        TARGETS[name](data)

    for seed in seeds_of(name):
        TARGETS[name](seed)
    check()
