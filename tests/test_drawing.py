import pytest

from stance.report import svg
from stance.report.drawing import WIDTH, color_of, make_axes, make_figure, marker_of


def test_labels_differ_by_marker_and_by_colour():
    labels = ("favor", "against", "neutral", "unrelated", "eigen", "ander")
    assert len({marker_of(one, labels) for one in labels}) == len(labels)
    assert len({color_of(one) for one in labels[:5]}) == 5


def test_axes_stand_where_they_are_put():
    with svg.style():
        figure = make_figure(200)
        axes = make_axes(figure, 20, 50, 100, 80)
    left, bottom, width, height = axes.get_position().bounds
    assert (left * WIDTH, width * WIDTH) == pytest.approx((20, 100))
    assert ((1 - bottom - height) * 200, height * 200) == pytest.approx((50, 80))
