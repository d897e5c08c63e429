"""The metadata of a card, as `huggingface_hub` reads it."""

import json

import pytest
from huggingface_hub import ModelCard
from huggingface_hub.repocard_data import model_index_to_eval_results

from training.card import model_card
from training.card_data import card_data
from training.config import load_config


@pytest.fixture
def run(linear_folder):
    """Config and metrics of a run whose data are a user's."""
    config = load_config(linear_folder / "train_config.yaml")
    return config, json.loads((linear_folder / "metrics.json").read_text("utf-8"))


def changed(config, **model):
    """The same run of another model, or on our corpus."""
    content = config.model_dump(mode="json")
    if files := model.pop("files", None):
        content["data"]["files"] = files
    if model:
        content["model"] = model
    return config.model_validate(content)


def read(config, metrics):
    return ModelCard(model_card(config, metrics)).data


def test_every_measured_figure_is_read_back(linear_folder, run):
    metrics = run[1]
    card = ModelCard.load(linear_folder / "README.md")
    found = {
        (one.dataset_split, one.metric_name): one.metric_value for one in card.data.eval_results
    }
    for split in ("validation", "test"):
        assert found[split, "macro-F1"] == round(metrics[split]["macro_f1"], 4)
        assert found[split, "accuracy"] == round(metrics[split]["accuracy"], 4)
    assert {one.task_type for one in card.data.eval_results} == {"text-classification"}
    name, results = model_index_to_eval_results(card.data.to_dict()["model-index"])
    assert results == card.data.eval_results
    assert name == "Stance of Dutch sentences, from TF-IDF n-grams and logistic regression"


def test_what_the_head_says(run):
    data = read(*run)
    assert data.language == "nl"
    assert data.library_name == "stance-nl"
    assert {"stance-detection", "sanctions"} <= {*data.tags}
    assert data.license == "unknown"  # a user's data, a user's choice
    assert data.datasets is None
    assert data.base_model is None
    assert data.pipeline_tag is None


def test_our_corpus_has_a_licence(run):
    config, metrics = run
    data = read(changed(config, files=["seeds"]), metrics)
    assert data.license == "cc-by-4.0"
    assert data.datasets == ["stance-nl-seeds"]
    assert {one.dataset_type for one in data.eval_results} == {"stance-nl-seeds"}


@pytest.mark.parametrize(
    ("name", "base"),
    [("DTAI-KULeuven/robbert", "DTAI-KULeuven/robbert"), ("/home/a/robbert", None)],
)
def test_the_base_model(run, name, base):
    config, metrics = run
    config = changed(config, type="pretrained", name_or_path=name)
    data = read(config, metrics)
    assert data.base_model == base
    assert data.pipeline_tag == "text-classification"
    assert "/home/a" not in model_card(config, metrics)


def test_a_run_without_a_test(run):
    config, metrics = run
    del metrics["test"]
    assert {one.dataset_split for one in card_data(config, metrics).eval_results} == {"validation"}
