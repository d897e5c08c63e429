import xml.etree.ElementTree as ET

from stance.calibration import Bin
from stance.report.reliability import Reliability
from stance.report.reliability_plot import curve
from stance.report.words import Words


def test_every_bin_is_told():
    bins = (Bin(0.4, 0.6, 20, 0.25, 0.5, 0.4), Bin(0.8, 1.0, 1060, 0.75, 0.9, 0.8))
    found = ET.fromstring(
        curve(Reliability("gold", 1080, 0.1, 0.4, 0.7, bins), "f", "F", Words("nl"))
    )
    assert found.find("desc").text == (
        "score 0,50, juist 0,40, van 20; score 0,90, juist 0,80, van 1.060"
    )
    assert "0,75" in [one.text for one in found.iter("text")]
