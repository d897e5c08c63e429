import time
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stance import sentences
from stance.sentences import split_sentences


def split(text):
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Volgens dhr. Jansen zijn de sancties o.a. gericht op Rusland.",
        "De boete bedraagt 12.000 euro, ofwel 2,5 mld. schilling.",
        "Sinds het V.K. Brussel verliet, voert Londen een eigen lijst.",
        "Prof. Dr. Van den Berg e.a. schreven er vorig jaar over.",
        "Zie blz. 12 en art. 4 van de verordening.",
        "De heer A. B. de Vries (VVD) vroeg om opheldering.",
        "Het besluit van 3 jan. 2024 geldt nog t.a.v. Iran.",
        "De minister zei: „Wij heffen niets op.”",
        "‘Stop ermee!’ riep hij.",
        "Dat kost ca. € 3 mln. per dag.",
    ],
)
def test_abbreviations_and_quotes_do_not_break_a_sentence(sentence):
    assert split(f"Dit gaat vooraf. {sentence} Dit volgt.") == [
        "Dit gaat vooraf.",
        sentence,
        "Dit volgt.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Hij was tegen VN-resolutie 2270. Iedereen wist dat.",
            ["Hij was tegen VN-resolutie 2270.", "Iedereen wist dat."],
        ),
        ("Waarom? Daarom!", ["Waarom?", "Daarom!"]),
        (
            "„De sancties werken niet.” De minister zweeg.",
            ["„De sancties werken niet.”", "De minister zweeg."],
        ),
        (
            ",,Wij doen niet mee.'' Hij vertrok.",
            [",,Wij doen niet mee.''", "Hij vertrok."],
        ),
        ("Een dubbele  spatie.  Ja. Nou.", ["Een dubbele  spatie.", "Ja.", "Nou."]),
    ],
)
def test_boundaries(text, expected):
    assert split(text) == expected


def test_a_paragraph_that_lost_its_full_stop_ends_at_its_line():
    text = "Kop zonder punt\nDe eerste zin. De tweede zin zonder punt\n\nDe derde zin."
    assert split(text) == [
        "Kop zonder punt",
        "De eerste zin.",
        "De tweede zin zonder punt",
        "De derde zin.",
    ]


def test_lines_wrapped_at_a_fixed_width_are_one_paragraph():
    text = (
        "De Europese Unie heeft de sancties tegen Rusland opnieuw met zes maanden\n"
        "verlengd. Hongarije stemde in, nadat het land wekenlang had gedreigd met\n"
        "een veto tegen het hele pakket."
    )
    assert len(split(text)) == 2
    assert split(text)[0].endswith("zes maanden\nverlengd.")


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t", "\u200b"])
def test_texts_without_a_sentence(text):
    assert "".join(split(text)).strip("\u200b") == ""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(end):
    assert split(f"Een kop{end}{end}De zin.{end}") == ["Een kop", "De zin."]


PIECES = st.sampled_from(
    [*"aB.!?…,;\"'”„ \n\r\t0", "dhr. ", "VN", "''", ". ", "\u00a0", "\u2028", "é", "🙂"]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
@example("a.\u0085B.")
@example("a''. ''B")
def test_no_character_is_lost_or_changed(text):
    spans = split_sentences(text)
    at = 0
    for start, end in spans:
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


def test_a_very_long_line_is_split_in_bounded_time():
    text = "De sancties blijven van kracht. " * 20_000
    assert len(split_sentences(text)) == 20_000
    assert len(split_sentences("a" * 2_000_000)) == 1


def test_a_boundary_costs_the_same_however_long_the_paragraph(monkeypatch):
    unit = "Dat zei dhr. Jansen toen hij later op die dag weer vertrok. "
    bounds = [SimpleNamespace(offset=i) for i in range(0, 50_000 * len(unit), len(unit))]
    monkeypatch.setattr(sentences.segmenter, "analyze", lambda _: [[[one] for one in bounds]])
    start = time.monotonic()
    assert len(split_sentences(unit * 50_000)) == 50_000
    assert time.monotonic() - start < 10  # a copy of the rest at every boundary: minutes
