import itertools

import pytest
from conftest import failed_examples
from hypothesis import given
from hypothesis import strategies as st

from stance.actors import ActorTable
from stance.errors import InputError
from stance.forms import COLUMNS

TABLE = ActorTable.load()


def named(text):
    """Actor and wording of every mention."""
    return [(one.actor, text[one.start : one.end]) for one in TABLE.mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moskou prijst Seoul.", [("Rusland", "Moskou"), ("Zuid-Korea", "Seoul")]),
        ("de Ruslandsancties", [("Rusland", "Rusland")]),
        ("RUSLANDSANCTIES", [("Rusland", "RUSLAND")]),
        ("EU-sancties en het Rusland-beleid", [("Europese Unie", "EU"), ("Rusland", "Rusland")]),
        ("Irans olie", [("Iran", "Irans")]),
        ("Ruslands en Poetin’s plan", [("Rusland", "Ruslands"), ("Rusland", "Poetin’s")]),
        ("Houthi's", [("Houthi's", "Houthi's")]),
        ("drie PVV'ers", [("PVV", "PVV'ers")]),
        ("de regering-Rutte", [("Nederland", "Rutte")]),
        (
            "Noord Korea, NOORD–KOREA",
            [("Noord-Korea", "Noord Korea"), ("Noord-Korea", "NOORD–KOREA")],
        ),
        ("de Zuidafrikaanse regering", [("Zuid-Afrika", "Zuidafrikaanse regering")]),
        ("Oekraine, Israe\u0308l", [("Oekraïne", "Oekraine"), ("Israël", "Israe\u0308l")]),
        ("rusland en de vs willen niet", [("Rusland", "rusland"), ("Verenigde Staten", "vs")]),
        ("de Chinese premier", [("China", "Chinese premier")]),
        ("VN-Veiligheidsraad", [("VN-Veiligheidsraad", "VN-Veiligheidsraad")]),
        ("Latijns-Amerika", [("Latijns-Amerikaanse landen", "Latijns-Amerika")]),
        ("Wit-Rusland", [("Belarus", "Wit-Rusland")]),
        ("De Raad en de raad", [("Raad van de Europese Unie", "De Raad")]),
        ("de PVDA en de PvdA", [("PVDA-PTB", "PVDA"), ("PvdA", "PvdA")]),
    ],
)
def test_mentions(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Het licht staat op groen, we gaan vooruit: let op, denk na, Ajax vs. PSV in de pool.",
        "Een schot, een commissie, een mr. en een car, toen schoof hij op; wenen, chili, est.",
        "Prusland, Iranje, Navajo, Denkwerk",
        "Het gaf geen krimp om 11 uur.",
    ],
)
def test_other_words_are_no_mentions(text):
    assert named(text) == []


def test_an_adjective_alone_is_marked():
    assert [one.adjective for one in TABLE.mentions("Russische fabrieken, Russische premier")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("het Kremlin", "Rusland"),
        ("de Russische regering", "Rusland"),
        ("de Hongaarse premier Viktor Orbán", "Hongarije"),
        ("VN-gezant Pedersen", "Verenigde Naties"),
        ("president Trump", "Verenigde Staten"),
        ("de fractie van de PVV", "PVV"),
        ("de Nederlandse PVV-leider", "PVV"),
        ("de Amerikaanse ambassadeur in Moskou", "Verenigde Staten"),
        ("de Amerikaanse minister van Buitenlandse Zaken", "Verenigde Staten"),
        ("de  Europese\nUnie", "Europese Unie"),
        ("DE RUSSISCHE REGERING", "Rusland"),
        ("groen", "Groen"),
        ("de Russen", "Rusland"),
    ],
)
def test_canonical(name, actor):
    assert TABLE.canonical(name) == actor


@pytest.mark.parametrize(
    "name",
    [
        "Russische banken",
        "RUSSISCHE BANKEN",
        "de Iraanse bevolking",
        "Bedrijven uit Rusland",
        "Fabrieken uit Rusland",
        "Ruslandgangers",
        "Duitsland en Frankrijk",
        "Duitsland, Frankrijk",
        "oud-president Obama",
        "de minister",
        "Jan Jansen",
        "",
    ],
)
def test_other_names_stay_as_they_are(name):
    assert TABLE.canonical(f" {name} ") == name


@pytest.mark.parametrize(
    ("names", "identity"),
    [
        (("Moskou", "de Russische regering", "RUSLAND"), "Rusland"),
        (("De Senatoren", "senatoren", "  de  senatoren"), "senatoren"),
        (("Ché Gomez", "Che-Gomez"), "che gomez"),
        (("author",), "author"),
    ],
)
def test_names_of_one_actor_have_one_identity(names, identity):
    assert {TABLE.identity(name) for name in names} == {identity}


def test_every_actor_is_its_own_canonical_name():
    assert [name for name in TABLE.actors if TABLE.canonical(name) != name] == []


def test_a_table_of_ones_own(tmp_path):
    path = tmp_path / "mine.tsv"
    header = "\t".join(COLUMNS)
    path.write_text(f"{header}\nAtlantis\tcountry\t=Zee|Zeestad\tAtlantisch\t\n", "utf-8")
    table = ActorTable.load(path)
    text = "Zeestad aan zee wil Atlantische Zee."
    assert [text[one.start : one.end] for one in table.mentions(text)] == [
        "Zeestad",
        "Atlantische",
        "Zee",
    ]
    assert table.canonical("Rusland") == "Rusland"
    assert table.actors == {"Atlantis"}
    path.write_text("Atlantis", "utf-8")
    with pytest.raises(InputError, match=r"mine\.tsv:1: the header"):
        ActorTable.load(path)


def test_the_examples_of_the_docs_are_true():
    assert failed_examples("actors.md") == 0


PIECES = st.sampled_from(
    "Rusland Ruslands Oekra\u0068\u0308ine de Raad Noord Korea - ' ’ s er Groen VS Russische "
    "regering Isra\u0065\u0308lbeleid İran ß \u0300 \u00ad . & \n 11".split(" ")
)


@given(st.text() | st.lists(PIECES | st.just(" ")).map("".join))
def test_any_text_is_safe(text):
    found = TABLE.mentions(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.actor in TABLE.actors
        assert text[one.start].isalnum()
    for one, following in itertools.pairwise(found):
        assert one.end <= following.start
    assert TABLE.canonical(text) in TABLE.actors | {" ".join(text.split())}


@given(st.sampled_from(sorted(TABLE.actors)))
def test_case_and_place_do_not_matter(name):
    for text in (name, name.upper(), name.lower()):
        if TABLE.canonical(text) != name:  # PvdA and PVDA are two parties
            assert text == "PVDA"
            continue
        around = f"(«{text}»)"
        assert [(one.start, one.actor) for one in TABLE.mentions(around)][:1] == [(2, name)]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000_000,
        " " * 2_000_000,
        "noord-" * 50_000,
        "e\u0300\u0323" + "\u0300\u0323" * 10**6,
    ],
)
def test_long_texts_take_no_longer_than_their_length(text):
    assert TABLE.mentions(text) == []
