import json
from dataclasses import replace

import numpy as np
import pytest
from test_calibration import drawn

from stance.calibration import softmax
from stance.conformal import COVERAGES, label_sets
from stance.labels import LABELS
from stance.model_folder import ModelSettings
from stance.recalibration import calibrate, cross_measure, measure

RAW = ModelSettings("linear", LABELS)


def test_a_sample_calibrates_the_settings():
    logits, gold = drawn(2000, 2.0)
    fitted = calibrate(RAW, logits, gold)
    assert fitted.temperature == pytest.approx(2, rel=0.1)
    assert tuple(coverage for coverage, _ in fitted.conformal) == COVERAGES
    assert replace(fitted, temperature=1.0, conformal=()) == RAW
    assert calibrate(fitted, logits, gold) == fitted  # from what it was before nothing follows


def test_what_is_measured_of_a_sample():
    logits, gold = drawn(2000, 2.0)
    other, other_gold = drawn(2000, 2.0, seed=1)
    fitted = calibrate(RAW, logits, gold)
    found = measure(RAW, fitted, other, other_gold)
    assert json.loads(json.dumps(found)) == found
    assert (found["n"], found["before"]["temperature"]) == (2000, 1.0)
    assert found["after"]["temperature"] == fitted.temperature
    for name in ("ece", "brier", "log_loss"):
        assert found["after"][name] < found["before"][name]
    assert found["after"]["ece"] < 0.05 < found["before"]["ece"]
    assert [*found["sets"]] == ["0.8", "0.9", "0.95", "0.99"]
    for asked, one in found["sets"].items():
        assert one["coverage"] == pytest.approx(float(asked), abs=0.04)
        assert set(one["by_label"]) == set(LABELS)
    sizes = [one["size"] for one in found["sets"].values()]
    assert sizes == sorted(sizes)
    curve = found["risk_coverage"]
    assert curve[0]["coverage"] == pytest.approx(1)
    assert curve[-1]["coverage"] == pytest.approx(0.1, abs=0.001)
    assert curve[-1]["risk"] < curve[0]["risk"]
    above = softmax(other, fitted.temperature).max(axis=1) >= curve[-1]["score"]
    wrong = other.argmax(axis=1) != other_gold
    assert wrong[above].mean() == pytest.approx(curve[-1]["risk"])


def test_a_label_without_rows():
    logits, gold = drawn(400)
    kept = gold != 3
    found = measure(RAW, calibrate(RAW, logits, gold), logits[kept], gold[kept])
    assert found["sets"]["0.9"]["by_label"]["unrelated"] is None


def test_held_out_rows_do_not_flatter():
    """Of twelve rows, those that a temperature is fitted on look better than others do."""
    within, held_out = [], []
    for seed in range(40):
        logits, gold = drawn(12, 2.0, seed)
        fitted = calibrate(RAW, logits, gold)
        within.append(measure(RAW, fitted, logits, gold)["after"]["log_loss"])
        held_out.append(cross_measure(RAW, logits, gold)["after"]["log_loss"])
    assert np.mean(within) < np.mean(held_out)


def test_held_out_sets_cover_too():
    logits, gold = drawn(1000, 2.0)
    found = cross_measure(RAW, logits, gold)
    for asked, one in found["sets"].items():
        share = float(asked)
        # Four deviations of a binomial of twice the variance, as the thresholds have their own;
        # nine tenths of 250 rows of a label give at most 1 / 226 more than is asked.
        tolerance = 4 * np.sqrt(2 * share * (1 - share) / 1000)
        assert share - tolerance < one["coverage"] < share + 1 / 200 + tolerance


@pytest.mark.parametrize("n", [2, 3, 9, 11, 25])
def test_few_rows(n):
    logits, gold = drawn(n, 2.0)
    found = cross_measure(RAW, logits, gold, np.ones(n))
    assert found["n"] == n
    assert np.isfinite(found["after"]["log_loss"])
    with pytest.raises(ValueError, match="1 rows, expected two or more"):
        cross_measure(RAW, logits[:1], gold[:1])


def test_temperature_and_thresholds_of_one_sample_cover_together():
    """One number that is fitted to the same rows moves the coverage by less than it varies."""
    hits, n = [], []
    for seed in range(300):
        logits, gold = drawn(250, 2.0, seed)
        n += [(gold[:200] == label).sum() for label in range(4)]
        fitted = calibrate(RAW, logits[:200], gold[:200])
        sets = label_sets(softmax(logits[200:], fitted.temperature), dict(fitted.conformal)[0.9])
        hits.append(sets[np.arange(50), gold[200:]].mean())
    error = np.std(hits) / np.sqrt(len(hits))
    most = 0.9 + np.mean(1 / (np.array(n) + 1))
    assert 0.9 - 4 * error < np.mean(hits) < most + 4 * error
