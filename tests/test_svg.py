import re
import xml.etree.ElementTree as ET

import pytest

from stance.report import svg
from stance.report.drawing import make_axes, make_figure


def draw(text="tekst", name="een", title="titel", description="wat het toont"):
    with svg.style():
        figure = make_figure(60)
        axes = make_axes(figure, 10, 5, 300, 40)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.plot([0.1, 0.9], [0.1, 0.9], color=svg.LABELS["favor"], marker="^")
        axes.text(0.2, 0.5, text, fontweight="bold")
    return svg.inline(figure, name, title, description)


def test_it_is_named_and_described_for_those_who_do_not_see_it():
    root = ET.fromstring(draw())
    assert root.attrib["role"] == "img"
    named = {one.attrib["id"]: one.text for one in root if one.tag in ("title", "desc")}
    assert [named[one] for one in root.attrib["aria-labelledby"].split()] == [
        "titel",
        "wat het toont",
    ]


def test_colours_and_type_are_those_of_the_page():
    text = draw()
    assert "var(--favor)" in text
    assert "var(--ink)" in text
    assert not re.search("#[0-9a-f]{6}", text)
    assert "DejaVu" not in text


@pytest.mark.parametrize(
    "evil",
    ["</svg><script>alert(1)</script>", "$\\frac{1}{2}$ & <b>", "id=\"x\" href='#y'", "中文 🙂"],
)
def test_text_of_others_stays_text(evil):
    root = ET.fromstring(draw(evil, title=evil, description=evil))
    assert [one.text for one in root.iter("text")][-1] == evil
    assert root.find("title").text == evil
    assert root.find("desc").text == evil
    assert not [one for one in root.iter() if one.tag in ("script", "style", "b", "metadata")]


def test_ids_are_unique_in_a_page_and_lead_somewhere():
    both = [ET.fromstring(draw(name=name)) for name in ("een", "twee")]
    ids = [one.attrib["id"] for root in both for one in root.iter() if "id" in one.attrib]
    assert len(ids) == len(set(ids))
    text = draw(name="een") + draw(name="twee")
    referred = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
    assert referred
    assert {one or two for one, two in referred} <= set(ids)


def test_nothing_is_fetched_or_dated_and_twice_is_the_same():
    text = draw()
    assert "http" not in text
    assert "202" not in text
    assert text == draw()


def test_the_settings_of_the_user_are_left_alone():
    import matplotlib

    matplotlib.rcParams["font.size"] = 37
    try:
        text = draw()
        assert matplotlib.rcParams["font.size"] == 37
    finally:
        matplotlib.rcdefaults()
    assert text == draw()
