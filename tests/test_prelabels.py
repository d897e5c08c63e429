from stance.annotation.prelabels import prelabel
from stance.annotation.tasks import Task
from stance.classifier import StanceClassifier


def test_a_model_gives_labels_scores_and_holders(holders_folder):
    classifier = StanceClassifier.from_pretrained(holders_folder)
    tasks = [
        Task("1", "De minister wil de sancties tegen Iran verlengen.", values={"a": 1}),
        Task("2", "De trein naar Iran had vanochtend weer vertraging."),
    ]
    steps = []
    first, second = prelabel(tasks, classifier, steps.append)
    assert (first.id, first.label, first.values) == ("1", "favor", {"a": 1})
    assert [one.text for one in first.holders if one.start is not None] == ["De minister"]
    assert 0.25 < first.score <= 1
    assert (second.label, second.holders) == ("unrelated", ())
    assert sum(steps) == 2
