import json

import pytest
from conftest import stance_rows

from stance.model_folder import SHIPPED
from training.trained_on import find_seen


def test_the_shipped_model_learnt_from_our_corpus():
    seen = find_seen(SHIPPED)
    assert seen is not None
    assert len(seen.texts) == 13_345 + 1_785
    assert seen.places[0].endswith("of the corpus")
    assert "Rusland" in seen.targets
    assert seen.newest is None


def test_a_model_of_somebody_else(linear_folder):
    seen = find_seen(linear_folder)
    rows = [row for row in stance_rows() if row["split"] != "test"]
    assert sorted(seen.texts) == sorted(row["text"] for row in rows)
    assert seen.documents == {row["group"] for row in rows}
    assert seen.targets is None


@pytest.mark.parametrize(
    "metrics",
    [
        None,
        "{",
        json.dumps({"validation": {}}),
        json.dumps({"data": {"files": "x", "sha256": "0", "sentences": {}}}),
        json.dumps({"data": {"files": ["unseen.jsonl"], "sha256": "0", "sentences": {}}}),
    ],
)
def test_training_data_that_is_not_at_hand(tmp_path, metrics):
    if metrics is not None:
        (tmp_path / "metrics.json").write_text(metrics, "utf-8")
    assert find_seen(tmp_path) is None


def test_data_that_has_changed_since(tmp_path, linear_folder):
    config = (linear_folder / "train_config.yaml").read_text("utf-8")
    metrics = json.loads((linear_folder / "metrics.json").read_text("utf-8"))
    metrics["data"]["sha256"] = "0"
    (tmp_path / "metrics.json").write_text(json.dumps(metrics), "utf-8")
    (tmp_path / "train_config.yaml").write_text(config, "utf-8")
    assert find_seen(tmp_path) is None
