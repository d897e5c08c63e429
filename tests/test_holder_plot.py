import xml.etree.ElementTree as ET

from stance.report.holder_plot import sides
from stance.report.holder_sides import ActorSides
from stance.report.words import Words


def test_every_actor_has_both_its_numbers():
    found = ET.fromstring(
        sides([ActorSides("Rusland", 1200, 31), ActorSides("<b>", 0, 2)], "f", "F", Words("nl"))
    )
    assert found.find("desc").text == "Rusland: voor 1.200, tegen 31; <b>: voor 0, tegen 2"
    texts = [one.text for one in found.iter("text")]
    assert {"Rusland", "<b>", "1.200", "31", "0", "2", "← tegen", "voor →"} <= set(texts)
