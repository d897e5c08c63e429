"""What a model says of the sentences to be coded, as a start for the coders."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from stance.annotation.tasks import Task
from stance.classifier import StanceClassifier
from stance.evaluation import score_rows


def prelabel(
    tasks: Sequence[Task],
    classifier: StanceClassifier,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Task]:
    """The tasks with the label, its probability and the holders that a model gives them.

    Args:
        tasks: one or more.
        classifier: the model.
        progress: called with the number of sentences labelled since the last call.
    """
    scores = score_rows(classifier, tasks, progress)
    best = scores.probabilities.argmax(axis=1)
    return [
        replace(
            task,
            label=classifier.labels[label],
            score=round(float(chances[label]), 6),
            holders=tuple(holders),
        )
        for task, label, chances, holders in zip(
            tasks, best.tolist(), scores.probabilities, scores.holders, strict=True
        )
    ]
