import json
import re

import yaml

from training.card import model_card
from training.config import load_config


def test_the_card_of_a_trained_model(trained_folder):
    text = (trained_folder / "README.md").read_text("utf-8")
    head = yaml.safe_load(text.split("---")[1])
    assert head["language"] == "nl"
    assert head["pipeline_tag"] == "text-classification"
    for part in (
        "# Stance",
        "## Use",
        "## Intended use",
        "## Scores",
        "## Data",
        "## Limits",
        "## Licence",
    ):
        assert part in text
    assert "| this model | test |" in text
    assert "| linear | test |" in text
    assert "| train | 68 | 17 | 17 | 17 | 17 |" in text


def test_the_card_tells_of_the_calibration(trained_folder):
    config = load_config(trained_folder / "train_config.yaml")
    metrics = json.loads((trained_folder / "metrics.json").read_text("utf-8"))
    after = metrics["test"]["calibration"]["after"]
    card = model_card(config, metrics)
    assert f"calibrated on validation (temperature {after['temperature']:.3f})" in card
    assert f"Brier score {metrics['test']['calibration']['before']['brier']:.3f}" in card
    assert "80% asked" in card
    del metrics["test"]["calibration"]
    assert "calibrated" not in model_card(config, metrics)


def test_the_card_tells_what_fails(linear_folder):
    metrics = json.loads((linear_folder / "metrics.json").read_text("utf-8"))
    one = metrics["behaviour"]["negation"]
    n = sum(one["n"].values())
    card = (linear_folder / "README.md").read_text("utf-8")
    assert f"| negation | {n} | {len(one['failed']) / n:.0%} |" in card


def test_no_path_of_the_machine_is_shared(trained_folder, robbert_folder):
    text = (trained_folder / "README.md").read_text("utf-8")
    assert str(robbert_folder.parent) not in text
    assert not re.search(r"\s/\w+/", text)


def test_the_card_of_a_linear_model(linear_folder):
    text = (linear_folder / "README.md").read_text("utf-8")
    assert "TF-IDF" in text
    assert "pipeline_tag" not in text


def test_the_card_tells_how_the_encoder_was_pretrained(trained_folder):
    config = load_config(trained_folder / "train_config.yaml")
    metrics = json.loads((trained_folder / "metrics.json").read_text("utf-8"))
    assert "## Encoder" not in model_card(config, metrics)
    metrics["encoder"] = {
        "validation_loss": 3.21,
        "tokens_seen": 12_000_000,
        "text": {"files": ["dutch.txt.xz", "seeds"], "tokens": 13_000_000, "sha256": "cafe"},
        "model": {"type": "recycled", "name_or_path": "small-english", "sha256": "beef"},
    }
    card = model_card(config, metrics)
    assert "the layers of small-english under a new vocabulary (SHA-256" in card
    assert "13,000,000 tokens" in card
    assert "12,000,000; loss on held-out text 3.210" in card
