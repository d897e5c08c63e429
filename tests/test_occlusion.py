import numpy as np
import pytest

from stance import StanceClassifier
from stance.explanation import log_odds
from stance.occlusion import _without, occlude

TEXT = "De minister wil de sancties tegen Mali verlengen."
CONTEXT = "Gisteren ging het in de Kamer over Mali."


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("De", "raad, zegt hij."),
        ("raad", "De, zegt hij."),
        (",", "De raad zegt hij."),
        ("zegt", "De raad, hij."),
        ("hij", "De raad, zegt."),
        (".", "De raad, zegt hij"),
    ],
)
def test_one_space_goes_with_a_word(word, left):
    text = "De raad, zegt hij."
    start = text.index(word)
    assert _without(text, start, start + len(word)) == left


@pytest.mark.parametrize(
    ("text", "word", "left"),
    [
        ("Hij zei 'ja'.", "'", "Hij zei ja'."),  # no two words run together
        ("Sancties", "Sancties", ""),
        ("Ja!", "Ja", "!"),
    ],
)
def test_what_is_left_at_the_ends(text, word, left):
    start = text.index(word)
    assert _without(text, start, start + len(word)) == left


@pytest.mark.parametrize("name", ["random_folder", "linear_folder"])
def test_an_attribution_is_what_leaving_out_costs(request, name):
    classifier = StanceClassifier.from_pretrained(request.getfixturevalue(name))

    def odds(text, context):
        return log_odds(classifier.predict_proba([text], [context])[0], 1)

    words, before = occlude(classifier, TEXT, CONTEXT, 1)
    assert [one.text for one in words][-3:] == ["Mali", "verlengen", "."]
    without = odds("De minister wil de sancties tegen Mali.", CONTEXT)
    assert words[-2].attribution == pytest.approx(odds(TEXT, CONTEXT) - without, abs=1e-6)
    without = odds(TEXT, "Gisteren ging het in de Kamer over.")
    assert before[-2].attribution == pytest.approx(odds(TEXT, CONTEXT) - without, abs=1e-6)
    assert np.abs([one.attribution for one in words]).max() > 0.01


def test_the_only_word():
    classifier = StanceClassifier.from_pretrained()
    ((word,), before) = occlude(classifier, "Sancties", "", 0)
    whole, nothing = (log_odds(one, 0) for one in classifier.predict_proba(["Sancties", ""]))
    assert word.attribution == pytest.approx(whole - nothing, abs=1e-3)
    assert before == []
