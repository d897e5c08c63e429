import math

import pytest

from stance import Explainer, explain, gradients
from stance.errors import ConfigError, InputError, ModelError

TEXT = "De minister wil de sancties tegen Mali verlengen."
CONTEXT = "Gisteren ging het in de Kamer over Mali."


@pytest.fixture(scope="module")
def trained(random_folder):
    return Explainer.from_pretrained(random_folder)


@pytest.fixture(scope="module")
def shipped():
    return Explainer.from_pretrained()


def test_the_method_follows_the_folder(trained, shipped, linear_folder):
    assert trained.method == "gradients"
    assert shipped.method == "occlusion"
    assert Explainer.from_pretrained(linear_folder).method == "occlusion"


def test_the_label_that_is_given_is_explained(trained, shipped):
    from stance import StanceClassifier

    for explainer in (trained, shipped):
        classifier = StanceClassifier.from_pretrained(explainer._classifier.folder)
        (prediction,) = classifier.predict([TEXT], [CONTEXT])
        one = explainer.explain(TEXT, CONTEXT)
        assert one.label == prediction.label
        assert one.score == pytest.approx(prediction.score, abs=1e-3)
        assert one.log_odds == pytest.approx(math.log(one.score / (1 - one.score)), abs=1e-6)
        assert [word.text for word in one.context_words][-2:] == ["Mali", "."]
        assert explainer.explain(TEXT).context_words == []


def test_another_label(trained):
    labels = [trained.explain(TEXT, label=label) for label in trained.labels]
    assert sum(one.score for one in labels) == pytest.approx(1)
    assert {one.label for one in labels} == {*trained.labels}
    assert all(one.gap < 0.04 for one in labels)


def test_both_methods_explain_the_same_score(random_folder, trained):
    left_out = explain(TEXT, CONTEXT, "favor", model=random_folder, method="occlusion")
    shared_out = trained.explain(TEXT, CONTEXT, "favor")
    assert left_out.log_odds == pytest.approx(shared_out.log_odds, abs=1e-4)
    assert (left_out.gap, left_out.steps, left_out.baseline_log_odds) == (None, None, None)
    assert [one.start for one in left_out.words] == [one.start for one in shared_out.words]


def test_what_cannot_be_explained(shipped):
    with pytest.raises(InputError, match="is empty"):
        shipped.explain(" \n")
    with pytest.raises(InputError, match=r"4,500 characters\) is longer than the model reads"):
        shipped.explain("sancties " * 500)
    with pytest.raises(ConfigError, match=r"'voor' is none of the model's \(favor, against"):
        shipped.explain(TEXT, label="voor")
    with pytest.raises(TypeError, match="expected a string"):
        shipped.explain(3)
    with pytest.raises(TypeError, match="expected a string"):
        shipped.explain(TEXT, None)


def test_a_folder_without_weights(linear_folder):
    for folder in (None, linear_folder):
        with pytest.raises(ModelError, match=r"no torch weights.*occlusion"):
            Explainer.from_pretrained(folder, method="gradients")


def test_an_unknown_method():
    with pytest.raises(ConfigError, match="expected one of gradients, occlusion"):
        Explainer.from_pretrained(method="shap")


def test_an_empty_context_is_none(shipped):
    assert shipped.explain(TEXT, " \n") == shipped.explain(TEXT)


def test_a_gap_that_stays_is_warned_of(trained, monkeypatch):
    monkeypatch.setattr(gradients, "STEPS", (1,))
    with pytest.warns(UserWarning, match="after 1 steps, more than the 0.04"):
        trained.explain(TEXT)
