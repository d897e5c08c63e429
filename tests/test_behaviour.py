from collections import Counter

import numpy as np
import pytest

from stance.errors import ModelError
from stance.labels import LABELS
from stance.near_duplicates import near_duplicates
from training.behaviour import Case, check_behaviour, load_cases
from training.corpus import load_seeds


class Scripted:
    """Answers as told; asked for nothing else."""

    uses_context = False

    def __init__(self, answers, labels=LABELS):
        self.answers, self.labels = answers, labels

    def predict_proba(self, texts, _contexts=None):
        return np.eye(len(self.labels))[[self.labels.index(self.answers[text]) for text in texts]]


CASES = [
    Case("n-1", "negation", "label", "", "basis", "", "favor"),
    Case("n-2", "negation", "change", "n-1", "anders", "", "against"),
    Case("c-1", "capitals", "label", "", "klein", "", "neutral"),
    Case("c-2", "capitals", "same", "c-1", "GROOT", "", "neutral"),
]


@pytest.mark.parametrize(
    ("answers", "failed"),
    [
        (("favor", "against", "neutral", "neutral"), []),
        (("favor", "favor", "neutral", "neutral"), ["n-2"]),
        (("neutral", "against", "neutral", "neutral"), ["n-1"]),
        # Wrong, but the same: the invariance holds.
        (("favor", "against", "favor", "favor"), ["c-1"]),
        (("favor", "against", "neutral", "favor"), ["c-2"]),
    ],
)
def test_what_counts_as_a_failure(answers, failed):
    model = Scripted(dict(zip([case.text for case in CASES], answers, strict=True)))
    outcomes = check_behaviour(model, CASES)
    assert [one.kind for one in outcomes] == ["negation", "capitals"]
    assert [id for one in outcomes for id in one.failed] == failed
    assert sum(one.rate for one in outcomes) == len(failed) / 2


def test_a_model_with_other_labels_is_refused():
    with pytest.raises(ModelError, match="the model's labels are yes, no"):
        check_behaviour(Scripted({}, ("yes", "no")), CASES)


class TestCases:
    def test_are_enough_and_well_formed(self):
        cases = load_cases()
        assert len(cases) >= 300
        assert len({case.id for case in cases}) == len({case.text for case in cases}) == len(cases)
        seen = {}
        for case in cases:
            assert case.label in LABELS
            assert bool(case.base) == (case.test != "label")
            if case.base:
                same = seen[case.base].label == case.label
                assert same == (case.test == "same"), case.id
            seen[case.id] = case

    def test_cover_each_kind_with_each_side(self):
        cases = load_cases()
        kinds = Counter(case.kind for case in cases)
        assert len(kinds) == 14
        assert min(kinds.values()) >= 20
        sides = Counter(case.label for case in cases)
        assert np.isclose(sides["favor"] / sides["against"], 1, atol=0.1)

    def test_none_is_in_the_training_split(self):
        texts = [case.text for case in load_cases()]
        train = [seed.text for seed in load_seeds("train")]
        pairs = near_duplicates([*texts, *train])
        assert not [(a, b) for a, b in pairs if min(a, b) < len(texts) <= max(a, b)]
