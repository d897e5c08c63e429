import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import LABELS, stance_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from stance import Prediction, StanceClassifier
from stance.classifier import _Reading
from stance.errors import ModelError
from stance.model_folder import ModelSettings

ROWS = stance_rows()
TEXTS = [row["text"] for row in ROWS] + ["Nee.", "", "De sancties " * 60]
CONTEXTS = [row["context"] for row in ROWS] + ["", "Eerder.", "Gisteren."]


@pytest.fixture(scope="module")
def classifier(trained_folder):
    return StanceClassifier.from_pretrained(trained_folder)


def test_predict(classifier):
    predictions = classifier.predict(TEXTS[:4], CONTEXTS[:4])
    assert [one.text for one in predictions] == TEXTS[:4]
    for one in predictions:
        assert isinstance(one, Prediction)
        assert tuple(one.probabilities) == classifier.labels == LABELS
        assert sum(one.probabilities.values()) == pytest.approx(1)
        assert one.score == max(one.probabilities.values()) == one.probabilities[one.label]
        assert (one.start, one.end) == (0, len(one.text))
        assert not one.truncated


def test_the_model_has_learnt_its_labels(classifier):
    found = [one.label for one in classifier.predict(TEXTS[:-3], CONTEXTS[:-3])]
    gold = [row["label"] for row in ROWS]
    assert np.mean(np.equal(found, gold)) > 0.9


def test_predict_proba_has_the_columns_of_labels(classifier):
    probabilities = classifier.predict_proba(TEXTS, CONTEXTS)
    assert probabilities.dtype == np.float32
    assert probabilities.shape == (len(TEXTS), 4)
    predictions = classifier.predict(TEXTS, CONTEXTS)
    assert [[*one.probabilities.values()] for one in predictions] == probabilities.tolist()


@pytest.mark.parametrize("backend", ["torch", "onnx-fp32"])
def test_results_do_not_depend_on_the_batches(trained_folder, backend):
    def probabilities(max_tokens):
        model = StanceClassifier.from_pretrained(
            trained_folder, backend=backend, device="cpu", max_tokens=max_tokens
        )
        return model.predict_proba(TEXTS, CONTEXTS)

    whole = probabilities(10_000)
    assert np.abs(probabilities(1) - whole).max() < 1e-5
    assert np.abs(probabilities(300) - whole).max() < 1e-5


def test_int8_results_hardly_depend_on_the_batches(trained_folder):
    def probabilities(max_tokens):
        model = StanceClassifier.from_pretrained(
            trained_folder, backend="onnx-int8", max_tokens=max_tokens
        )
        return model.predict_proba(TEXTS, CONTEXTS)

    one, two = probabilities(1), probabilities(10_000)
    assert (one.argmax(axis=1) == two.argmax(axis=1)).mean() >= 0.995
    assert np.abs(one - two).max() < 0.03


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(12)))
def test_results_come_in_input_order(classifier, order):
    texts, contexts = [TEXTS[i] for i in order], [CONTEXTS[i] for i in order]
    expected = classifier.predict_proba(TEXTS[:12], CONTEXTS[:12])
    found = classifier.predict_proba(texts, contexts)
    assert np.abs(found - expected[list(order)]).max() < 0.03  # int8 varies with its batch


def test_the_context_matters(classifier):
    alone, after = classifier.predict_proba(["Dat klopt."] * 2, ["", "De sancties gelden al."])
    assert not np.allclose(alone, after)
    assert np.allclose(classifier.predict_proba(["Dat klopt."]), alone, atol=0.03)


def test_a_document_is_split_with_offsets_and_context(classifier):
    text = "De minister wil de sancties tegen Mali opheffen.  Dat klopt.\n\nDe trein was laat."
    predictions = classifier.predict_document(text)
    sentences = [text[one.start : one.end] for one in predictions]
    assert sentences == [one.text for one in predictions]
    assert sentences[1:] == ["Dat klopt.", "De trein was laat."]
    (after,) = classifier.predict(["Dat klopt."], [sentences[0]])
    assert predictions[1].probabilities == pytest.approx(after.probabilities, abs=0.03)


def test_empty_inputs(classifier):
    assert classifier.predict([]) == []
    assert classifier.predict_document(" \n ") == []
    assert classifier.predict_proba([]).shape == (0, 4)


def test_a_long_text_is_labelled_on_its_head_and_says_so(classifier):
    long = "De minister wil de sancties tegen Mali opheffen. " * 50
    one, head = classifier.predict([long, long[:49]])
    assert one.truncated
    assert not head.truncated


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda c: c.predict("Een zin."), TypeError, r"write predict\(\[text\]\)"),
        (lambda c: c.predict(["a"], "b"), TypeError, r"contexts is one string"),
        (lambda c: c.predict(["a", None]), TypeError, r"texts\[1\] is NoneType"),
        (lambda c: c.predict(["a"], [float("nan")]), TypeError, r"contexts\[0\] is float"),
        (lambda c: c.predict(["a"], []), ValueError, "0 contexts for 1 texts"),
        (lambda c: c.predict_document(["a"]), TypeError, r"use predict\(texts\)"),
    ],
)
def test_wrong_calls_show_the_right_one(classifier, call, error, message):
    with pytest.raises(error, match=message):
        call(classifier)


def test_generators_and_arrays_are_lists_too(classifier):
    expected = classifier.predict(TEXTS[:3])
    assert classifier.predict(text for text in TEXTS[:3]) == expected
    assert classifier.predict(np.array(TEXTS[:3], dtype=object)) == expected


def test_contexts_for_a_model_without_context_warn(trained_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(trained_folder, folder)
    settings_file = folder / "stance.json"
    settings_file.write_text(settings_file.read_text("utf-8").replace("previous", "none"), "utf-8")
    model = StanceClassifier.from_pretrained(folder)
    with pytest.warns(UserWarning, match="contexts are ignored"):
        one = model.predict_proba(["Dat klopt."], ["De sancties gelden."])
    assert np.array_equal(one, model.predict_proba(["Dat klopt."]))


def test_max_tokens_must_be_positive(trained_folder):
    with pytest.raises(ValueError, match="max_tokens is 0"):
        StanceClassifier.from_pretrained(trained_folder, max_tokens=0)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_model_that_gives_no_numbers(number):
    class Broken:
        def read(self, texts, contexts):
            none = [[] for _ in texts]
            return np.full((len(texts), 2), number, np.float32), np.zeros(len(texts), bool), none

    model = StanceClassifier(Broken(), ModelSettings("linear", ("a", "b")), Path("folder"))
    with pytest.raises(ModelError, match=f"folder: gives {number} where a number is expected"):
        model.predict(["Een zin."])


def test_a_missing_folder(tmp_path):
    with pytest.raises(ModelError, match="no such model folder"):
        StanceClassifier.from_pretrained(tmp_path / "nowhere")


def test_the_shipped_model_labels():
    model = StanceClassifier.from_pretrained()
    assert model.labels == LABELS
    (one,) = model.predict(["De Europese Unie moet de sancties tegen Rusland verlengen."])
    assert one.label in LABELS
    assert len(model.digest()) == 64


class Echo:
    """Gives the numbers that stand in a text as its logits."""

    def read(self, texts, contexts):
        logits = np.array([[float(part) for part in text.split()] for text in texts], np.float32)
        return _Reading(logits, np.zeros(len(texts), bool), [[] for _ in texts])


def echo(temperature=1.0, conformal=()):
    settings = ModelSettings("linear", LABELS, temperature=temperature, conformal=conformal)
    return StanceClassifier(Echo(), settings, Path("folder"))


logit_texts = st.lists(
    st.lists(st.floats(-50, 50, width=32), min_size=4, max_size=4).map(
        lambda logits: " ".join(map(repr, logits))
    ),
    min_size=1,
    max_size=6,
)


@given(logit_texts, st.floats(0.05, 20))
def test_a_temperature_changes_probabilities_and_no_label(texts, temperature):
    raw, calibrated = echo().predict(texts), echo(temperature).predict(texts)
    assert [one.label for one in raw] == [one.label for one in calibrated]
    for one, other in zip(raw, calibrated, strict=True):
        higher = other.score >= one.score - 1e-6
        assert higher if temperature <= 1 else other.score <= one.score + 1e-6


def test_logits_are_divided_by_the_temperature():
    (one,) = echo(2.0).predict(["2 0 -2 -4"])
    expected = np.exp([1, 0, -1, -2]) / np.exp([1, 0, -1, -2]).sum()
    assert [*one.probabilities.values()] == pytest.approx(expected)
    assert echo(2.0).score(["2 0 -2 -4"]).logits.tolist() == [[2, 0, -2, -4]]


def test_abstaining_marks_and_keeps_the_label():
    model = echo()
    sure, unsure = model.predict(["9 0 0 0", "0 .5 0 0"], abstain_below=0.6)
    assert (sure.abstained, unsure.abstained) == (False, True)
    assert unsure.label == "against"
    assert not any(one.abstained for one in model.predict(["0 .5 0 0"]))
    (exact,) = model.predict(["9 0 0 0"], abstain_below=sure.score)
    assert not exact.abstained
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=r"abstain_below is .*from 0 to 1"):
            model.predict(["9 0 0 0"], abstain_below=wrong)
        with pytest.raises(ValueError, match="abstain_below"):
            model.predict_document("9 0 0 0", abstain_below=wrong)


def test_a_document_can_be_abstained_on(classifier):
    text = "De minister wil de sancties tegen Mali opheffen. De trein was laat."
    assert all(one.abstained for one in classifier.predict_document(text, abstain_below=1.0))


def test_label_sets():
    model = echo(conformal=((0.8, (0.55,) * 4), (0.9, (0.9,) * 4)))
    texts = ["3 0 0 0", "0 1 .9 -5", "1 1.1 1.2 1.3"]
    assert model.predict_sets(texts) == [
        ("favor",),
        ("against", "neutral", "favor"),
        ("unrelated", "neutral", "against", "favor"),
    ]
    assert model.predict_sets(texts, coverage=0.8)[1:] == [("against",), ("unrelated",)]
    assert model.predict_sets([]) == []
    with pytest.raises(ValueError, match=r"coverage is 0\.99, the model is calibrated for 0\.8"):
        model.predict_sets(texts, coverage=0.99)
    with pytest.raises(ValueError, match="stance calibrate"):
        echo().predict_sets(texts)


@given(logit_texts, st.floats(0.05, 20), st.floats(0, 1), st.floats(0, 1))
def test_sets_begin_with_the_label_and_grow(texts, temperature, one, other):
    low, high = sorted([one, other])
    model = echo(temperature, ((0.8, (low,) * 4), (0.9, (high,) * 4)))
    predictions = model.predict(texts)
    small, large = model.predict_sets(texts, coverage=0.8), model.predict_sets(texts)
    for prediction, some, more in zip(predictions, small, large, strict=True):
        assert some == more[: len(some)]
        assert some[0] == prediction.label
