import gc
import pickle
import random
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import failed_examples
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.model_selection import GridSearchCV, ShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from stance import StanceClassifier
from stance.errors import ConfigError, InputError, OutputError
from training import StanceEstimator
from training.corpus import load_seeds

SEEDS = load_seeds(slice_name="pilot")[:240]
TEXTS = [one.text for one in SEEDS]
PAIRS = [(one.text, one.context) for one in SEEDS]
LABELS = [one.label for one in SEEDS]
WORDS = ("model.char_ngrams=0",)  # a tenth of the time
QUICK = ("training.epochs=1", "training.batch_size=32", "input.max_length=16")


def linear():
    return StanceEstimator(overrides=WORDS)


@pytest.fixture(scope="module")
def fitted():
    return linear().fit(TEXTS, LABELS)


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class AsWords:
    """Rows of numbers as texts, a word for each half that a number lies in."""

    def __call__(self, numbers):
        return [
            " ".join(f"w{i}x{int(np.floor(2 * x))}" for i, x in enumerate(row)) for row in numbers
        ]

    def __repr__(self):
        # It is part of test names, which must not hold an address.
        return "AsWords()"


EXPECTED = {
    "check_estimators_overwrite_params": "a Pipeline fits the steps that it was given",
    "check_dont_overwrite_parameters": "a Pipeline fits the steps that it was given",
}


# Of an estimator whose X is text scikit-learn checks the first property only and says so, because
# its checks make numbers. Behind a step that writes numbers as words it checks them all.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", SkipTestWarning)
    OF_TEXT = parametrize_with_checks([StanceEstimator()])
    names, checks = OF_TEXT.args  # before scikit-learn 1.9 it says so when they are read
    OF_TEXT = pytest.mark.parametrize(names, [*checks], ids=OF_TEXT.kwargs["ids"])
OF_NUMBERS = parametrize_with_checks(
    [make_pipeline(FunctionTransformer(AsWords(), validate=True), StanceEstimator())],
    expected_failed_checks=lambda _: EXPECTED,
)


@OF_TEXT
def test_what_scikit_learn_checks_of_text(estimator, check):
    check(estimator)


@OF_NUMBERS
def test_what_scikit_learn_checks_of_a_classifier(estimator, check):
    check(estimator)


def test_the_tags_say_that_x_is_text():
    tags = StanceEstimator().__sklearn_tags__()
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert tags.target_tags.required
    assert tags.estimator_type == "classifier"


def test_fit_leaves_the_parameters_alone(fitted):
    assert fitted.get_params() == {"model": "linear", "overrides": WORDS}
    assert not hasattr(clone(fitted), "classes_")


def test_labels_are_sorted_and_probabilities_in_their_order(fitted):
    assert fitted.classes_.tolist() == ["against", "favor", "neutral", "unrelated"]
    probabilities = fitted.predict_proba(TEXTS[:50])
    assert probabilities.shape == (50, 4)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(50), abs=1e-5)
    best = fitted.classes_[probabilities.argmax(axis=1)]
    assert fitted.predict(TEXTS[:50]).tolist() == best.tolist()
    assert fitted.score(TEXTS, LABELS) > 0.9


def test_labels_may_be_numbers():
    numbers = [["unrelated", "neutral", "against", "favor"].index(one) for one in LABELS]
    fitted = linear().fit(TEXTS, numbers)
    assert fitted.classes_.tolist() == [0, 1, 2, 3]
    assert np.mean(fitted.predict(TEXTS) == numbers) > 0.9
    assert fitted.classifier_.labels == ("0", "1", "2", "3")


def test_every_form_of_x_gives_the_same():
    frame = pd.DataFrame(PAIRS, columns=["text", "context"])
    expected = linear().fit(PAIRS, LABELS).predict_proba(PAIRS)
    polars = pl.DataFrame(frame.to_dict("list"))
    for given in (frame, np.array(PAIRS), np.array(PAIRS, object), polars):
        found = linear().fit(given, pd.Series(LABELS)).predict_proba(given)
        assert found.tolist() == expected.tolist(), type(given)


def test_columns_that_change_places_are_noticed():
    frame = pd.DataFrame(PAIRS, columns=["text", "context"])
    fitted = linear().fit(frame, LABELS)
    assert fitted.feature_names_in_.tolist() == ["text", "context"]
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(frame[["context", "text"]])


def test_contexts_come_with_both_fit_and_predict_or_neither(fitted):
    with pytest.raises(
        ValueError, match="texts and contexts, but StanceEstimator was fitted on texts a"
    ):
        fitted.predict(PAIRS)
    with pytest.raises(ValueError, match="X does not contain any features"):
        linear().fit(PAIRS, LABELS).predict(TEXTS)


def test_cross_validation_in_two_processes_is_that_in_one():
    one = cross_val_score(linear(), TEXTS, LABELS, cv=3, error_score="raise")
    two = cross_val_score(linear(), TEXTS, LABELS, cv=3, n_jobs=2, error_score="raise")
    assert one.tolist() == two.tolist()
    assert one.mean() > 0.3  # by chance .25


def test_grid_search_in_a_pipeline():
    pipeline = make_pipeline(
        FunctionTransformer(lambda texts: [text.replace("Rusland", "LAND") for text in texts]),
        StanceEstimator(),
    )
    grid = {
        "stanceestimator__overrides": [
            (*WORDS, "model.word_ngrams=1"),
            (*WORDS, "model.word_ngrams=2"),
        ]
    }
    search = GridSearchCV(pipeline, grid, cv=2, scoring="f1_macro", error_score="raise")
    search.fit(TEXTS, LABELS)
    assert search.best_params_["stanceestimator__overrides"][0] == WORDS[0]
    assert len(set(search.cv_results_["mean_test_score"])) == 2
    assert search.predict(TEXTS[:3]).shape == (3,)


def test_a_pickle_carries_its_model(fitted):
    again = pickle.loads(pickle.dumps(fitted))
    assert again.predict_proba(TEXTS).tolist() == fitted.predict_proba(TEXTS).tolist()
    assert again.classifier_.folder != fitted.classifier_.folder
    assert again.classifier_.digest() == fitted.classifier_.digest()
    assert pickle.loads(pickle.dumps(StanceEstimator("mini"))).model == "mini"


def test_a_fit_that_fails_leaves_no_folder(temporary):
    with pytest.raises(ConfigError, match="no n-gram stands in 100000 of the 240"):
        StanceEstimator(overrides=["model.min_count=100000"]).fit(TEXTS, LABELS)
    assert [*temporary.iterdir()] == []


def test_a_second_fit_removes_the_folder_of_the_first(temporary):
    estimator = linear().fit(TEXTS, LABELS)
    (first,) = temporary.iterdir()
    estimator.fit(TEXTS, LABELS)
    gc.collect()
    (second,) = temporary.iterdir()
    assert first != second


def test_a_saved_model_is_one_of_ours(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    classifier = StanceClassifier.from_pretrained(tmp_path / "model")
    assert classifier.labels == tuple(fitted.classes_)
    assert [one.label for one in classifier.predict(TEXTS)] == fitted.predict(TEXTS).tolist()
    with pytest.raises(OutputError, match="exists; choose another folder"):
        fitted.save(tmp_path / "model")
    with pytest.raises(OutputError, match="cannot be written"):
        fitted.save(Path("/proc/model"))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "requires y to be passed"),
        (["favor"] * 240, "one class, 'favor', expected two or more"),
        ([None, *LABELS[1:]], "holds None among texts"),
        ([float("nan"), *LABELS[1:]], "holds nan among texts"),
        (pd.Series([None, *LABELS[1:]]), "contains NaN"),
        (["a\nb", *LABELS[1:]], r"the label 'a\\nb', expected one that can be shown"),
        (["", *LABELS[1:]], "the label '', expected one that can be shown"),
        (LABELS[1:], "inconsistent numbers of samples"),
        ([0.5 * i for i in range(240)], "continuous"),
    ],
)
def test_labels_that_cannot_be_learnt(labels, message):
    with pytest.raises(ValueError, match=message):
        linear().fit(TEXTS, labels)


@pytest.mark.parametrize(
    ("estimator", "error", "message"),
    [
        (StanceEstimator("robbert-2032"), ConfigError, "no such config"),
        (StanceEstimator(None), TypeError, "model is None, expected a name or a path"),
        (StanceEstimator("small-dutch"), ConfigError, "add 'task=stance' to overrides"),
        (StanceEstimator(overrides="seed=2"), TypeError, "expected a list: .'seed=2'."),
        (StanceEstimator(overrides=["model.C=2"]), ConfigError, "model.C: 2: there is no such key"),
        (StanceEstimator(overrides=["training.epochs=2"]), ConfigError, "not used by a linear"),
    ],
)
def test_wrong_parameters_show_in_fit(estimator, error, message):
    with pytest.raises(error, match=message):
        estimator.fit(TEXTS, LABELS)


def test_what_is_not_fitted_says_so(tmp_path):
    for call in (lambda one: one.predict(TEXTS), lambda one: one.save(tmp_path / "model")):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            call(StanceEstimator())


def test_a_missing_extra_is_named():
    code = "import sys; sys.modules['sklearn'] = None; from training import StanceEstimator"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "StanceEstimator needs the package sklearn; run `pip install" in done.stderr


def test_a_transformer_behind_the_same_interface(robbert_folder, tmp_path, temporary):
    random.seed(1)
    np.random.seed(1)
    estimator = StanceEstimator(robbert_folder, QUICK).fit(PAIRS, LABELS)
    drawn = random.random(), np.random.rand()
    random.seed(1)
    np.random.seed(1)
    assert (random.random(), np.random.rand()) == drawn  # fit seeds them, and puts them back
    assert estimator.classifier_.uses_context
    probabilities = estimator.predict_proba(PAIRS[:9])
    again = pickle.loads(pickle.dumps(estimator))
    assert again.predict_proba(PAIRS[:9]).tolist() == probabilities.tolist()
    estimator.save(tmp_path / "saved")
    assert (tmp_path / "saved" / "model.safetensors").exists()
    del estimator, again
    gc.collect()
    assert [path.name for path in temporary.iterdir()] == ["saved"]


def test_a_transformer_in_cross_validation_and_grid_search(robbert_folder):
    folds = ShuffleSplit(1, test_size=0.3, random_state=1)
    texts, labels = TEXTS[:120], LABELS[:120]
    pipeline = make_pipeline(FunctionTransformer(), StanceEstimator(robbert_folder, QUICK))
    (score,) = cross_val_score(pipeline, texts, labels, cv=folds, error_score="raise")
    assert 0 <= score <= 1
    rates = [(*QUICK, f"training.learning_rate={rate}") for rate in ("1e-5", "5e-3")]
    grid = {"stanceestimator__overrides": rates}
    search = GridSearchCV(pipeline, grid, cv=folds, scoring="neg_log_loss", error_score="raise")
    search.fit(texts, labels)
    one, two = search.cv_results_["mean_test_score"]
    assert one != two
    assert search.predict(texts[:3]).shape == (3,)


def test_too_few_sentences_to_choose_an_epoch_on(robbert_folder):
    with pytest.raises(InputError, match="too few to draw splits from; add sentences"):
        StanceEstimator(robbert_folder, QUICK).fit(TEXTS[:12], LABELS[:12])


def test_the_examples_of_the_docs_are_true():
    assert failed_examples("scikit-learn.md") == 0
