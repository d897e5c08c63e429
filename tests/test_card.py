import re

import yaml

from training.card import model_card


def test_the_card_of_a_trained_model(trained_folder):
    text = (trained_folder / "README.md").read_text("utf-8")
    head = yaml.safe_load(text.split("---")[1])
    assert head["language"] == "nl"
    assert head["pipeline_tag"] == "text-classification"
    for part in ("# Stance", "## Use", "## Scores", "## Data", "## Limits"):
        assert part in text
    assert "| this model | test |" in text
    assert "| linear | test |" in text
    assert "| train | 68 | 17 | 17 | 17 | 17 |" in text


def test_no_path_of_the_machine_is_shared(trained_folder, robbert_folder):
    text = (trained_folder / "README.md").read_text("utf-8")
    assert str(robbert_folder.parent) not in text
    assert not re.search(r"\s/\w+/", text)


def test_the_card_of_a_linear_model(linear_folder):
    text = (linear_folder / "README.md").read_text("utf-8")
    assert "TF-IDF" in text
    assert "pipeline_tag" not in text
    assert callable(model_card)
