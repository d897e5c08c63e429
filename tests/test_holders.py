import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.holders import Holder, read_tags, tag
from stance.labels import TAGS

TEXT = "Wit-Rusland en de Hongaarse premier zijn tegen, Polen is voor."


def offsets_of(text, width=3):
    """Words and signs apart, words cut into pieces of at most `width` letters."""
    offsets, i = [], 0
    while i < len(text):
        if text[i].isspace():
            i += 1
            continue
        end = i + 1
        while text[i].isalnum() and end < len(text) and end - i < width and text[end].isalnum():
            end += 1
        offsets.append((i, end))
        i = end
    return offsets


def certain(tags):
    """Probabilities that leave no doubt of these tags."""
    probabilities = np.full((len(tags), len(TAGS)), 0.01)
    probabilities[np.arange(len(tags)), tags] = 1 - 0.01 * (len(TAGS) - 1)
    return probabilities


def span(name, side, text=TEXT):
    start = text.index(name)
    return Holder(name, start, start + len(name), side)


def parts(holders):
    return [(one.text, one.start, one.end, one.stance) for one in holders]


def test_what_is_tagged_is_read_again():
    holders = [
        span("Wit-Rusland", "against"),
        span("de Hongaarse premier", "against"),
        span("Polen", "favor"),
    ]
    offsets = offsets_of(TEXT)
    found = read_tags(TEXT, offsets, certain(tag(holders, offsets)), "neutral")
    assert parts(found) == parts(holders)
    assert all(0.9 < one.score < 1 for one in found)


def test_neighbouring_names_stay_two():
    text = "Polen Litouwen Letland"
    holders = [span(name, "favor", text) for name in text.split()]
    offsets = offsets_of(text)
    found = read_tags(text, offsets, certain(tag(holders, offsets)), "neutral")
    assert parts(found) == parts(holders)


@pytest.mark.parametrize(
    ("text", "tagged", "read"),
    [
        ("De Europese Bank zwijgt.", ["De", "Europese Bank"], ["De Europese Bank"]),
        ("Ecolo-Groen is tegen.", ["Ecolo", "Groen"], ["Ecolo-Groen"]),
        ("Voor sp.a is het klaar.", ["sp", "a"], ["sp.a"]),
        ("Het embargo van Polen.", ["Het", "Polen"], ["Polen"]),
        ("Polen, Letland en Oman.", ["Polen", "Letland", "Oman"], ["Polen", "Letland", "Oman"]),
    ],
)
def test_edges_of_names_are_mended(text, tagged, read):
    offsets = offsets_of(text)
    tags = certain(tag([span(name, "favor", text) for name in tagged], offsets))
    assert [one.text for one in read_tags(text, offsets, tags, "neutral")] == read


@given(st.integers(1, 9), st.sets(st.integers(0, 9)), st.booleans())
def test_round_trip_whatever_the_tokens(width, chosen, writer):
    words = "Parijs en Rome en Wenen en het Kremlin en wij".split()
    text = " ".join(words)
    starts = [sum(len(word) + 1 for word in words[:i]) for i in range(len(words))]
    holders = [
        Holder(words[i], starts[i], starts[i] + len(words[i]), "favor" if i % 2 else "against")
        for i in sorted(chosen)
        if i < len(words) and words[i] != "het"
    ]
    if writer or not holders:
        holders = [Holder("author", None, None, "favor"), *holders]
    offsets = offsets_of(text, width)
    found = read_tags(text, offsets, certain(tag(holders, offsets)), "favor")
    assert parts(found) == parts(holders)


def test_the_writer_takes_the_side_of_the_sentence():
    offsets = offsets_of("Weg ermee.")
    tags = tag([Holder("author", None, None, "against")], offsets)
    (writer,) = read_tags("Weg ermee.", offsets, certain(tags), "against")
    assert (writer.text, writer.start, writer.end, writer.stance) == (
        "author",
        None,
        None,
        "against",
    )
    assert read_tags("Weg ermee.", offsets, certain(tags), "neutral") == []


def test_a_side_that_nobody_else_takes_is_the_writers():
    offsets = offsets_of("Weg ermee.")
    (writer,) = read_tags("Weg ermee.", offsets, certain(tag([], offsets)), "against")
    assert writer.text == "author"
    assert writer.score < 0.1


def test_a_name_does_not_end_within_a_word():
    text = "Oekraïners juichen"
    offsets = [(0, 3), (3, 10), (11, 18)]
    tags = certain([0, TAGS.index("B-favor"), TAGS.index("O"), TAGS.index("O")])
    tags[1, :] = [0.2, 0.77, 0.01, 0.01, 0.01]
    tags[2, :] = [0.9, 0.04, 0.04, 0.01, 0.01]
    assert read_tags(text, offsets, tags, "neutral") == []  # .45 on average
    tags[2, :] = [0.6, 0.0, 0.4, 0.0, 0.0]
    (one,) = read_tags(text, offsets, tags, "neutral")
    assert one.text == "Oekraïners"


def test_tokens_that_did_not_fit_name_nobody():
    offsets = offsets_of(TEXT)
    tags = certain(tag([span("Polen", "favor")], offsets))
    assert read_tags(TEXT, offsets, tags[:5], "neutral") == []


def test_the_space_before_a_name_is_none_of_it():
    offsets = [(0, 2), (2, 8)]
    tags = certain([0, 0, TAGS.index("B-favor")])
    (one,) = read_tags("ja Polen", offsets, tags, "neutral")
    assert (one.text, one.start) == ("Polen", 3)


@pytest.mark.parametrize(
    ("name", "actor"), [("het Kremlin", "Rusland"), ("onze fractie", "onze fractie")]
)
def test_a_holder_has_a_canonical_name(name, actor):
    assert Holder(name, 0, len(name), "favor").actor == actor


def test_the_writer_is_no_actor_of_the_table():
    assert Holder("author", None, None, "favor").actor == "author"
