import numpy as np
import pytest
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from stance import StanceClassifier
from stance.errors import ConfigError
from training.baseline import train_linear
from training.data import Example
from training.settings import LinearModel

TEXTS = {
    0: ["De sancties moeten blijven.", "Verleng die sancties nu.", "Sancties: ja, graag meer."],
    1: ["Hef de sancties op.", "Die sancties helpen niemand.", "Weg met dat embargo."],
    2: ["De sancties gelden sinds 2014.", "Er staan 80 namen op de lijst.", "Het embargo loopt."],
}


def examples(labels):
    return [
        Example(text, f"Zin vooraf {i}.", label, f"g{label}{i}", "train", "row")
        for label in labels
        for i, text in enumerate(TEXTS[label] * 2)
    ]


def sklearn_probabilities(rows, texts, contexts, n_labels):
    """The same model, put together with scikit-learn's own classes."""
    fitted, parts = [], []
    for field in ("text", "context"):
        for options in (
            {"analyzer": "word", "ngram_range": (1, 2)},
            {"analyzer": "char_wb", "ngram_range": (3, 5)},
        ):
            vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, **options)
            parts.append(vectorizer.fit_transform([getattr(one, field) for one in rows]))
            fitted.append((field, vectorizer))
    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=2000)
    model.fit(hstack(parts).tocsr(), [one.label for one in rows])
    source = {"text": texts, "context": contexts}
    features = hstack([v.transform(source[field]) for field, v in fitted]).tocsr()
    return model.predict_proba(features)


@pytest.mark.parametrize("labels", [(0, 1), (0, 1, 2)])
def test_the_saved_model_equals_scikit_learn(tmp_path, labels):
    rows = examples(labels)
    names = [f"label {i}" for i in labels]
    train_linear(LinearModel(type="linear"), rows, names, "previous", tmp_path)
    texts = ["Verleng het embargo.", "", "iets heel anders", "sancties sancties sancties"]
    contexts = ["Zin vooraf 1.", "", "x", "Zin"]
    ours = StanceClassifier.from_pretrained(tmp_path).predict_proba(texts, contexts)
    theirs = sklearn_probabilities(rows, texts, contexts, len(labels))
    assert np.abs(ours - theirs).max() < 1e-6


def test_without_context_there_are_no_context_features(tmp_path):
    train_linear(LinearModel(type="linear"), examples((0, 1)), ["a", "b"], "none", tmp_path)
    classifier = StanceClassifier.from_pretrained(tmp_path)
    assert not classifier.uses_context


def test_rows_that_all_lack_a_context(tmp_path):
    rows = [Example(one.text, "", one.label, one.group, "train", "") for one in examples((0, 1))]
    train_linear(LinearModel(type="linear"), rows, ["a", "b"], "previous", tmp_path)
    (one,) = StanceClassifier.from_pretrained(tmp_path).predict(["Hef de sancties op."])
    assert one.label == "b"


def test_no_ngram_is_frequent_enough(tmp_path):
    with pytest.raises(
        ConfigError, match=r"model\.min_count: no n-gram stands in 100000 of the 12"
    ):
        train_linear(
            LinearModel(type="linear", min_count=100_000),
            examples((0, 1)),
            ["a", "b"],
            "none",
            tmp_path,
        )


def test_the_same_rows_give_the_same_files(tmp_path):
    for name in ("one", "two"):
        train_linear(
            LinearModel(type="linear"),
            examples((0, 1, 2)),
            ["a", "b", "c"],
            "none",
            tmp_path / name,
        )
    for file in ("linear.json", "linear.safetensors"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
