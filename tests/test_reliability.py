import json

import numpy as np
import pytest

from stance import model_folder
from stance.errors import ConfigError
from stance.population import Gold, Labelled
from stance.report.reliability import of_gold, of_model


def test_gold_rows_count_as_often_as_they_stand_for_others():
    chances = np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    labelled = Labelled(("a", "b"), chances, chances.argmax(axis=1), np.arange(4))
    gold = Gold(np.array([0, 1, 2]), np.array([0, 1, 1]), np.array([0.25, 1.0, 0.5]))
    found = of_gold(labelled, gold)
    assert found.n == 3
    assert found.accuracy == pytest.approx((4 + 2) / 7)
    # .9 is right in 4 of 5, .8 in 2 of 2
    assert found.ece == pytest.approx((5 * 0.1 + 2 * 0.2) / 7)
    assert [one.n for one in found.bins] == [1, 2]


@pytest.fixture
def model(tmp_path):
    """A folder whose digest can be told; nothing in it is run."""
    (tmp_path / "linear.json").write_text("{}", "utf-8")
    (tmp_path / "linear.safetensors").write_bytes(b"x")
    settings = model_folder.ModelSettings("linear", ("a", "b"))
    model_folder.save_settings(settings, tmp_path)
    return tmp_path


def manifest(folder):
    settings = model_folder.load_settings(folder)
    return {"model": {"folder": "m", "sha256": model_folder.digest(folder, settings)}}


FIGURES = {
    "n": 80,
    "after": {
        "ece": 0.03,
        "brier": 0.4,
        "reliability": [
            {"low": 0.4, "high": 0.6, "n": 20, "share": 0.25, "score": 0.5, "accuracy": 0.4},
            {"low": 0.8, "high": 1.0, "n": 60, "share": 0.75, "score": 0.9, "accuracy": 0.8},
        ],
    },
}


def test_the_sample_of_the_user_comes_before_the_test(model):
    assert of_model(manifest(model), model) == "no_figures"
    (model / "metrics.json").write_text(json.dumps({"test": {"calibration": FIGURES}}), "utf-8")
    found = of_model(manifest(model), model)
    assert (found.source, found.n, found.ece) == ("test", 80, 0.03)
    assert found.accuracy == pytest.approx(0.7)
    (model / "calibration.json").write_text(json.dumps(FIGURES | {"n": 90}), "utf-8")
    found = of_model(manifest(model), model)
    assert (found.source, found.n) == ("calibration", 90)


@pytest.mark.parametrize(
    "metrics", [{}, {"test": None}, {"test": {"calibration": {"after": {"ece": 1}}}}]
)
def test_metrics_without_calibration_are_no_figures(model, metrics):
    (model / "metrics.json").write_text(json.dumps(metrics), "utf-8")
    assert of_model(manifest(model), model) == "no_figures"


def test_figures_of_another_model_are_not_shown(model):
    assert of_model(None, None) == "no_manifest"
    assert of_model({"model": {"folder": "m", "sha256": "0"}}, None) == "other_model"
    with pytest.raises(ConfigError, match="another model labelled it"):
        of_model({"model": {"folder": "m", "sha256": "0"}}, model)


def test_the_shipped_model_is_known_without_naming_it():
    assert of_model(manifest(model_folder.SHIPPED), None) != "other_model"
