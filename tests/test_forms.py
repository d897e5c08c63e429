import pytest

from stance.errors import InputError
from stance.forms import COLUMNS, KINDS, key_of, plain, read_forms

HEADER = "\t".join(COLUMNS)


def write(tmp_path, *rows, header=HEADER):
    path = tmp_path / "mine.tsv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Côte d'Ivoire", "Cote d Ivoire"),
        ("Côte d’Ivoire", "Cote d Ivoire"),
        ("Noord‑Korea", "Noord Korea"),
        ("Rus\u00adland", "Rusland"),
        ("Isra\u0065\u0308l", "Israel"),
        ("Støre", "Store"),
        ("CD&V", "CD V"),
        ("...", ""),
    ],
)
def test_a_key_knows_no_accents_and_signs(text, key):
    assert key_of(text) == key


def test_endless_accents_take_no_time():
    assert plain("e" + "\u0300\u0323" * 1_000_000) == "e"


def test_inflected_and_solid_forms_need_not_be_listed(tmp_path):
    forms, compounds = read_forms(
        write(tmp_path, "Zuid-Korea\tcountry\t\tZuid-Koreaans|Koreaans|Chinees|Korea-\tKoreanen")
    )
    for key in ("zuid korea", "zuidkorea", "zuid koreas", "zuid koreaanse", "zuidkoreaanse"):
        assert forms[key][0].actor == "Zuid-Korea", key
    assert forms["chinese"][0].adjective
    assert not forms["koreanen"][0].adjective
    assert set(compounds) == {"korea"}


def test_what_is_listed_outranks_what_is_derived(tmp_path):
    forms, _ = read_forms(
        write(tmp_path, "Guinee\tcountry\t\t\t", "Guinees volk\tgroup\tGuinees\t\t")
    )
    assert [one.actor for one in forms["guinees"]] == ["Guinees volk"]


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_bytes(("\ufeff" + HEADER + "\r\n\r\nRusland\tcountry\t\t\t\r\n").encode())
    assert read_forms(path)[0]["rusland"][0].line == 3


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["Rusland\tcountry"], ":2: 2 cells, expected 5 with a tab between"),
        (["Rusland\tland\t\t\t"], ":2: the kind is 'land', expected one of country, "),
        (["\tcountry\tMoskou\t\t"], ":2: the actor has no name"),
        (["A\tcountry\t\t\t", "A\tgroup\t\t\t"], ":3: 'A' stands in line 2 already"),
        (["A\tcountry\t!|B\t\t"], ":2: '!' has no letter"),
        (
            ["A\tcountry\tMoskou\t\t", "", "B\tcountry\tmoskou\t\t"],
            ":4: 'moskou' is given to 'B' here and to 'A' in line 2",
        ),
        (
            ["A\tcountry\t\tX-\t", "B\tcountry\t\tX-\t"],
            ":3: 'X-' is given to 'B' here and to 'A' in line 2",
        ),
        (["A\tparty\t=Voor\t\t", "B\tparty\t=Voor\t\t"], ":3: '=Voor' is given to 'B' here"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, rows, message):
    path = write(tmp_path, *rows)
    with pytest.raises(InputError) as caught:
        read_forms(path)
    assert str(caught.value).startswith(f"{path}{message}")
    assert "\n" not in str(caught.value)


def test_a_wrong_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.tsv: cannot be read \(No such file"):
        read_forms(tmp_path / "none.tsv")
    with pytest.raises(InputError, match=":1: the header is 'actor;kind', expected 'actor kind"):
        read_forms(write(tmp_path, header="actor;kind"))
    path = tmp_path / "latin.tsv"
    path.write_bytes(HEADER.encode() + b"\nOekra\xefne\tcountry\t\t\t\n")
    with pytest.raises(InputError, match=r"latin\.tsv:2: is not UTF-8"):
        read_forms(path)


def test_kinds_are_those_of_the_docs():
    assert KINDS == ("country", "organisation", "party", "person", "group")
