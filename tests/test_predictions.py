from dataclasses import replace
from pathlib import Path

import pytest

from stance import Holder, LabelledDocument, Prediction, StanceClassifier


def sentence(*holders):
    return Prediction("Een zin.", "neutral", 0.5, {}, False, 0, 8, [*holders])


def holder(text, stance):
    return Holder(text, 0, len(text), stance)


def test_names_of_one_actor_count_together():
    document = LabelledDocument(
        [
            sentence(holder("het Kremlin", "against"), Holder("author", None, None, "favor")),
            sentence(holder("Moskou", "against"), holder("Poetin", "against")),
            sentence(),
            sentence(holder("Rusland", "favor")),
        ]
    )
    russia, author = document.by_holder()
    assert (russia.actor, russia.favor, russia.against) == ("Rusland", 1, 2)
    assert russia.sentences == [document[0], document[1], document[3]]
    assert russia.share == pytest.approx(1 / 3)
    assert russia.interval[0] < russia.share < russia.interval[1]
    assert (author.actor, author.favor, author.against) == ("author", 1, 0)


def test_sentences_that_the_model_abstains_on_do_not_count():
    one = sentence(holder("Moskou", "against"))
    document = LabelledDocument([one, replace(one, abstained=True)])
    (russia,) = document.by_holder()
    assert (russia.against, russia.sentences) == (1, [one])


def test_nobody():
    assert LabelledDocument([sentence()]).by_holder() == []


def test_the_shipped_model_tells_who_is_against_in_an_article():
    text = (Path(__file__).parent.parent / "examples" / "noord-korea.txt").read_text("utf-8")
    document = StanceClassifier.from_pretrained().predict_document(text)
    sides = {one.actor: one for one in document.by_holder()}
    assert sides["Rusland"].against >= 4
    assert sides["Rusland"].favor == 0
    assert document[0].target == "Noord-Korea"
