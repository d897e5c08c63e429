from stance.annotation.prelabels import prelabel
from stance.annotation.tasks import Task
from stance.classifier import StanceClassifier


def test_a_model_gives_labels_scores_and_holders():
    tasks = [
        Task("1", "De minister wil de sancties tegen Iran verlengen.", values={"a": 1}),
        Task("2", "De trein naar Iran had vanochtend weer vertraging."),
    ]
    classifier, steps = StanceClassifier.from_pretrained(), []
    found = prelabel(tasks, classifier, steps.append)
    expected = classifier.predict([one.text for one in tasks])
    for task, said in zip(found, expected, strict=True):
        assert (task.label, task.score) == (said.label, round(said.score, 6))
        assert [*task.holders] == [*said.holders]
    assert any(task.holders for task in found)
    assert (found[0].id, found[0].values) == ("1", {"a": 1})
    assert sum(steps) == 2
