import pytest
from conftest import failed_examples
from hypothesis import given
from hypothesis import strategies as st

from stance import targets
from stance.actors import ActorTable
from stance.targets import find_target

TABLE = ActorTable.load()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moskou noemt de Europese sancties nutteloos.", "Rusland"),
        ("De VS verlengen de sancties tegen Havana.", "Cuba"),
        ("Hongarije heft de sancties tegen Rusland liever op.", "Rusland"),
        ("Parijs en Berlijn willen een embargo op Israël, dat Gaza bombardeert.", "Israël"),
        ("Syrische banken blijven van de Amerikaanse markt uitgesloten.", "Syrië"),
        ("Polen vraagt om een verbod op olie uit Belarus.", "Belarus"),
        ("Trump straft het Internationaal Strafhof.", "Internationaal Strafhof"),
        ("De bevriezing treft Gazprom.", "Rusland"),
        ("Het wapenembargo voor Darfur is verlengd.", "Soedan"),
        ("Via Turkije en Kazachstan bereiken verboden chips Rusland.", "Rusland"),
        ("De Veiligheidsraad verbiedt diamanten van UNITA uit Angola.", "UNITA"),
        ("Peking legt als vergelding sancties op aan Litouwen.", "Litouwen"),
        ("Na het akkoord van Minsk bleef Rusland onder sancties.", "Rusland"),
        ("KREMLIN NOEMT EU-SANCTIES NUTTELOOS", "Rusland"),
        ("het kremlin noemt de eu-sancties nutteloos", "Rusland"),
        ("De EU wil nieuwe sancties.", ""),
        ("Amerikaanse sancties schaden Nederlandse bedrijven.", ""),
        ("De PVV en Amnesty zijn tegen sancties.", ""),
        ("Rusland trekt zijn sancties tegen de Europese Unie in.", "Europese Unie"),
        ("", ""),
    ],
)
def test_the_sanctioned_party_of_a_sentence(text, expected):
    assert find_target(text) == expected


def test_the_sentence_before_may_name_it():
    assert find_target("Die maatregelen werken.", "Iran kreeg een embargo.") == "Iran"
    assert find_target("Sancties tegen Mali helpen.", "Niger zwijgt.") == "Mali"


def test_the_document_may_name_it():
    lines = ["De sancties tegen Iran gelden sinds 2012.", "In Wenen praten Rusland en China mee."]
    assert find_target("De sancties werken.", "Niemand sprak erover.", lines) == "Iran"
    assert find_target("De sancties tegen Cuba werken.", "", lines) == "Cuba"
    assert find_target("De sancties werken.", "", [*lines, "Een embargo tegen Mali."]) == "Mali"


def test_or_be_mostly_about_one_party():
    assert find_target("De sancties werken.", "", ["Mali zwijgt.", "Mali en Niger."]) == "Mali"
    assert find_target("De sancties werken.", "", ["Mali zwijgt.", "Niger zwijgt."]) == ""


def test_a_document_is_read_thirty_sentences_back():
    far = ["Een embargo tegen Mali."] + ["Niemand sprak erover."] * 29
    assert find_target("De sancties werken.", "", far) == "Mali"
    assert find_target("De sancties werken.", "", [*far, "Niemand."]) == ""


def test_every_listed_name_is_an_actor_of_the_table():
    listed = targets._CANDIDATES | targets._EUROPE | set(targets._PARTS.values())
    assert listed <= TABLE.actors


def test_the_examples_of_the_docs_are_true():
    assert failed_examples("holders.md") == 0


PIECES = st.sampled_from(
    "sancties tegen de Russische EU-sancties Moskou VS Iran , en . tegoeden Peking vergelding van "
    "Gaza Taliban Amerikaanse embargo wordt gestraft via".split(" ")
)
TEXTS = st.text(max_size=40) | st.lists(PIECES, max_size=12).map(" ".join)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=4))
def test_the_answer_is_an_actor_or_nothing(text, context, earlier):
    found = find_target(text, context, earlier)
    assert found == "" or found in TABLE.actors
    if own := find_target(text, context):
        assert found == own  # the document speaks only where the two sentences are silent


def test_of_an_endless_sentence_the_head_is_looked_at():
    # Were each name weighed, it would take minutes.
    assert find_target("De sancties tegen Rusland " + "en de EU-" * 200_000) == "Rusland"
    assert find_target("Ja.", context="EU-" * 200_000 + " de sancties tegen Mali") == "Mali"
