"""What becomes of a label's score when a word is left out.

It needs nothing but a model that labels, so it works with every one.
Source: Li, Monroe and Jurafsky 2016, Understanding Neural Networks through Representation
Erasure.
"""

from stance.classifier import StanceClassifier
from stance.explanation import Word, log_odds, split_words


def occlude(
    classifier: StanceClassifier, text: str, context: str, label: int
) -> tuple[list[Word], list[Word]]:
    """Leave out each word of a sentence and of its context in turn.

    Args:
        classifier: the model.
        text: the sentence.
        context: the sentence before; "" for none.
        label: index of the label.

    Returns:
        The words of the sentence and those of the context. The attribution of a word is by how
        much the log-odds of the label are higher with it than without it.
    """

    def odds(text: str, context: str) -> float:
        # Alone: at int8, the company that a text has in a batch moves its score.
        return log_odds(classifier.score([text], [context]).probabilities[0], label)

    whole = odds(text, context)
    return (
        [
            Word(text[start:end], start, end, whole - odds(_without(text, start, end), context))
            for start, end in split_words(text)
        ],
        [
            Word(context[start:end], start, end, whole - odds(text, _without(context, start, end)))
            for start, end in split_words(context)
        ],
    )


def _without(text: str, start: int, end: int) -> str:
    """A text without one word, and without one of the spaces that would meet where it stood."""
    before, after = text[:start], text[end:]
    if not before:
        return after[1:] if after[:1].isspace() else after
    # What stood close behind it moves to the word before, if it is no word itself.
    alone = before[-1].isspace() and not after[:1].isalnum()
    return (before[:-1] if alone else before) + after
