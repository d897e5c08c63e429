import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.report.cuts import Cut, GroupShares, Line
from stance.report.share_plots import by_group, over_time, time_scale
from stance.report.words import Words

WORDS = Words("nl")


def line(label, share, *, thin=False):
    return Line(label, share, share + 0.1, share, share + 0.2, thin)


def group(name, *, thin=False):
    lines = tuple(line(one, share, thin=thin) for one, share in (("favor", 0.2), ("against", 0.4)))
    return GroupShares(name, 1240, 900, 80, lines)


def told(text):
    return ET.fromstring(text).find("desc").text


def texts(text):
    return [one.text for one in ET.fromstring(text).iter("text")]


def test_the_description_says_what_is_drawn():
    cut = Cut((group("De Brug"), group("Kanaal", thin=True)), 0, True)
    figure = by_group(cut, "f", "Figuur", WORDS)
    assert told(figure) == (
        "De Brug: voor 30,0\u00a0% (20,0 tot 40,0), tegen 50,0\u00a0% (40,0 tot 60,0)"
    )
    assert "1.240 zinnen" in texts(figure)
    assert "Kanaal" not in texts(figure)  # its shares are too thin; the table says so


def test_uncorrected_figures_say_so_and_have_no_intervals():
    cut = Cut((group("De Brug"),), 0, False)
    for draw in (by_group, over_time):
        figure = draw(cut, "f", "Figuur", WORDS)
        assert "ongecorrigeerd" in texts(figure)
        assert told(figure) == "De Brug: voor 20,0\u00a0%, tegen 40,0\u00a0%"
        corrected = draw(Cut(cut.groups, 0, True), "f", "Figuur", WORDS)
        assert "ongecorrigeerd" not in texts(corrected)
        assert corrected.count("stroke-width:1.6") == 2
        assert "stroke-width:1.6" not in figure


def test_without_a_share_to_show_there_is_no_figure():
    assert by_group(Cut((group("De Brug", thin=True),), 0, True), "f", "Figuur", WORDS) == ""
    nothing = Line("favor", None, None, None, None, True)
    cut = Cut((GroupShares("leeg", 3, 0, 0, (nothing,)),), 0, False)
    assert by_group(cut, "f", "Figuur", WORDS) == ""


def test_what_is_too_thin_has_no_interval_over_time():
    cut = Cut((group("2024-01"), group("2024-02", thin=True)), 0, True)
    figure = over_time(cut, "f", "F", WORDS)
    assert figure.count("stroke-width:1.6") == 2
    assert "2024-01: " in told(figure)
    assert "2024-02: " not in told(figure)


def test_a_name_of_others_is_text_in_the_figure():
    evil = "<script>alert(1)</script>"
    assert evil in texts(by_group(Cut((group(evil),), 0, True), "f", "F", WORDS))


def test_months_stand_as_far_apart_as_they_are():
    places, ticks = time_scale(["2023-11", "2024-01", "2024-02"])
    assert places[1] - places[0] == 2
    assert places[2] - places[1] == 1
    assert ticks[0][1] == "2023-11"
    assert time_scale(["1999", "2004"])[0] == [1999, 2004]
    assert time_scale(["voor", "na"]) == ([0, 1], [(0, "voor"), (1, "na")])


@given(st.sets(st.integers(0, 12 * 9999), min_size=1, max_size=50))
def test_few_ticks_each_at_a_month(months):
    names = [f"{one // 12:04d}-{one % 12 + 1:02d}" for one in sorted(months)]
    places, ticks = time_scale(names)
    assert places == sorted(months)
    assert 1 <= len(ticks) <= 101
    assert all(re.fullmatch(r"\d{4,}-(0[1-9]|1[0-2])", name) for _, name in ticks)
    if max(months) - min(months) < 5 * 1200:
        assert len(ticks) <= 6


@pytest.mark.parametrize("n", [1, 36])
def test_any_number_of_months_can_be_drawn(n):
    groups = tuple(group(f"{2020 + i // 12}-{i % 12 + 1:02d}") for i in range(n))
    assert over_time(Cut(groups, 0, True), "f", "F", WORDS).startswith("<svg")
