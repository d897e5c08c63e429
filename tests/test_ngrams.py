import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from conftest import config_text
from hypothesis import given, settings
from hypothesis import strategies as st

from stance import StanceClassifier
from stance.errors import ModelError
from stance.explainer import Explainer
from stance.linear import LinearModel
from stance.model_folder import LINEAR, LINEAR_WEIGHTS, digest, load_settings, save_settings
from training.config import load_config
from training.data import load_splits
from training.ngrams import add_ngrams, fit_weight

TEXTS = ["De minister verwerpt het embargo.", "Het regent."]
CONTEXTS = ["Gisteren sprak de Kamer.", ""]


@pytest.fixture(scope="module")
def config(tmp_path_factory, stance_file, robbert_folder):
    model = json.dumps({"type": "pretrained", "name_or_path": str(robbert_folder)})
    path = tmp_path_factory.mktemp("ngrams") / "train.yaml"
    path.write_text(config_text(stance_file, model, ngrams=True), "utf-8")
    return load_config(path)


@pytest.fixture(scope="module")
def both_folder(tmp_path_factory, config, random_folder):
    """A network of random weights with a linear model beside it; do not change it."""
    folder = tmp_path_factory.mktemp("both") / "model"
    shutil.copytree(random_folder, folder)
    add_ngrams(config, load_splits(config), folder)
    return folder


def test_the_linear_model_makes_up_for_a_network_that_knows_nothing(
    both_folder, random_folder, config
):
    rows = load_splits(config).validation
    texts, contexts = [one.text for one in rows], [one.context for one in rows]
    right = {}
    for folder in (random_folder, both_folder):
        found = StanceClassifier.from_pretrained(folder).predict_proba(texts, contexts)
        right[folder] = np.mean(found.argmax(axis=1) == [one.label for one in rows])
    assert right[random_folder] < 0.6 < 0.9 < right[both_folder]


def test_logits_are_those_of_both_together(both_folder, random_folder):
    weight = load_settings(both_folder).linear_weight
    assert weight > 0
    network = StanceClassifier.from_pretrained(random_folder).score(TEXTS, CONTEXTS).logits
    linear = LinearModel.from_folder(both_folder / LINEAR, 4).logits(TEXTS, CONTEXTS)
    found = StanceClassifier.from_pretrained(both_folder).score(TEXTS, CONTEXTS).logits
    np.testing.assert_allclose(found, network + weight * linear, rtol=1e-5)


def test_its_files_are_part_of_the_model(both_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(both_folder, folder)
    before = digest(folder, load_settings(folder))
    path = folder / LINEAR / LINEAR_WEIGHTS
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert digest(folder, load_settings(folder)) != before
    path.unlink()
    with pytest.raises(ModelError, match=rf"{LINEAR}.*no {LINEAR_WEIGHTS}; copy the folder again"):
        StanceClassifier.from_pretrained(folder)


@pytest.mark.parametrize("weight", [-0.1, 1e9, "1", True])
def test_a_weight_that_training_cannot_give(both_folder, tmp_path, weight):
    shutil.copytree(both_folder, tmp_path / "model")
    path = tmp_path / "model" / "stance.json"
    content = json.loads(path.read_text("utf-8")) | {"linear_weight": weight}
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(ModelError, match=r"stance\.json: linear_weight is"):
        load_settings(tmp_path / "model")


def test_it_is_explained_by_occlusion(both_folder):
    assert Explainer.from_pretrained(both_folder).method == "occlusion"
    with pytest.raises(ModelError, match=r"linear model beside.*occlusion"):
        Explainer.from_pretrained(both_folder, method="gradients")


def test_a_network_stays_as_it_is_where_no_ngram_is_frequent(random_folder, tmp_path, config):
    shutil.copytree(random_folder, tmp_path / "model")
    splits = load_splits(config)
    train = [
        replace(one, text=chr(0x4E00 + i) * 3, context="") for i, one in enumerate(splits.train)
    ]
    before = (tmp_path / "model" / "stance.json").read_text("utf-8")
    add_ngrams(config, replace(splits, train=train), tmp_path / "model")
    assert (tmp_path / "model" / "stance.json").read_text("utf-8") == before
    assert not (tmp_path / "model" / LINEAR).exists()


def test_settings_keep_the_weight(random_folder, tmp_path):
    kept = replace(load_settings(random_folder), linear_weight=1.25)
    shutil.copytree(random_folder, tmp_path / "model")
    save_settings(kept, tmp_path / "model")
    assert load_settings(tmp_path / "model") == kept


def drawn(seed, scale):
    """Gold labels, and logits under which they were drawn; (texts, labels)."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(40_000, 4)) * scale
    return logits, (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.2, 5))
def test_the_right_weight_is_found(seed, weight):
    """Of logits that are a sum of two parts, the parts have that sum's weights."""
    both, gold = drawn(seed, 2.0)
    linear = np.random.default_rng(seed + 1).normal(size=both.shape)
    assert fit_weight(both - weight * linear, linear, gold) == pytest.approx(weight, rel=0.25)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_a_linear_model_that_says_nothing_weighs_nothing(seed):
    both, gold = drawn(seed, 2.0)
    other = np.random.default_rng(seed + 1).normal(size=both.shape)
    assert fit_weight(both - other, -other, gold) == 0  # it says the opposite of what is right
    assert fit_weight(both, other, gold) < 0.2


def test_training_adds_it(tmp_path, robbert_folder, stance_file):
    from training.procedure import train

    model = json.dumps({"type": "pretrained", "name_or_path": str(robbert_folder)})
    path = tmp_path / "train.yaml"
    path.write_text(config_text(stance_file, model, ngrams=True, epochs=1), "utf-8")
    metrics = train(load_config(path), tmp_path / "model")
    assert load_settings(tmp_path / "model").linear_weight > 0
    assert metrics["validation"]["macro_f1"] > 0.8  # one epoch alone tells nothing
