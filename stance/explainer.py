"""A saved model and a sentence to an explanation of its label."""

import math
import warnings
from pathlib import Path
from typing import get_args

from stance import model_folder
from stance.classifier import StanceClassifier
from stance.errors import ConfigError, InputError, ModelError
from stance.explanation import Explanation, Method, log_odds
from stance.gradients import IntegratedGradients
from stance.hub import find_model
from stance.occlusion import occlude
from stance.weights import has_weights


class Explainer:
    """Tells what each word of a sentence does to the score of a label.

    Make one with `from_pretrained`:

    >>> from stance import Explainer
    >>> explainer = Explainer.from_pretrained()
    >>> explainer.method
    'occlusion'
    """

    def __init__(
        self, classifier: StanceClassifier, gradients: IntegratedGradients | None = None
    ) -> None:
        self._classifier = classifier
        self._gradients = gradients

    @classmethod
    def from_pretrained(
        cls, folder: str | Path | None = None, *, method: Method | None = None
    ) -> "Explainer":
        """Load a model.

        Args:
            folder: as in `StanceClassifier.from_pretrained`.
            method: ``gradients`` (integrated gradients, by the torch weights of the folder) or
                ``occlusion`` (each word left out in turn, by what labels by default); None takes
                gradients where the folder has torch weights.

        Raises:
            ConfigError: if `method` is unknown.
            ModelError: if the folder is missing, damaged, or has no torch weights that `method`
                needs.
            MissingExtraError: if packages that the method needs are not installed.
        """
        known = get_args(Method)
        if method not in (None, *known):
            raise ConfigError(f"method is {method!r:.80}, expected one of {', '.join(known)}.")
        path = find_model(folder)
        settings = model_folder.load_settings(path)
        weights = settings.kind == "transformer" and has_weights(path)
        if method == "gradients" and not weights:
            raise ModelError(
                f"{path}: no torch weights (model.safetensors of a transformer), of which "
                "integrated gradients are taken; use the method occlusion."
            )
        if method == "gradients" and settings.linear_weight:
            raise ModelError(
                f"{path}: a linear model beside the network has a part in its scores, which "
                "gradients of the network do not tell; use the method occlusion."
            )
        if method == "occlusion" or not weights or settings.linear_weight:
            return cls(StanceClassifier.from_pretrained(path))
        gradients = IntegratedGradients(path, settings)
        classifier = StanceClassifier.from_parts(
            path, settings, gradients.encoder, gradients.backend
        )
        return cls(classifier, gradients)

    @property
    def method(self) -> Method:
        """The method that it uses."""
        return "gradients" if self._gradients else "occlusion"

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels that can be explained."""
        return self._classifier.labels

    @property
    def uses_context(self) -> bool:
        """Whether the model reads the sentence before along with the sentence."""
        return self._classifier.uses_context

    def explain(self, text: str, context: str = "", label: str | None = None) -> Explanation:
        """Explain the score of a label.

        Args:
            text: one sentence.
            context: the sentence before; "" for none.
            label: the label; None for the one that the model gives.

        Raises:
            TypeError: if `text` or `context` is no string.
            ConfigError: if the model has no such label.
            InputError: if the sentence is empty, or longer than the model reads.

        Warns:
            UserWarning: if the model reads no context, or the attributions are not complete.
        """
        if isinstance(context, str) and not context.strip():
            context = ""
        scores = self._classifier.score([text], [context])
        if not self.uses_context:
            context = ""
        if not text.strip():
            raise InputError("the sentence is empty; there is nothing to explain.")
        if scores.truncated[0]:
            raise InputError(
                f"the sentence ({len(text):,} characters) is longer than the model reads; "
                "explain a shorter part of it."
            )
        probabilities = scores.probabilities[0]
        index = int(probabilities.argmax()) if label is None else self._index(label)
        odds = log_odds(probabilities, index)
        score = 1 / (1 + math.exp(-odds))
        front = (text, context, self.labels[index], score, odds, self.method)
        if self._gradients is None:
            return Explanation(*front, *occlude(self._classifier, text, context, index))
        explanation = Explanation(*front, *self._gradients.attribute(text, context, index))
        if explanation.caveat:
            warnings.warn(explanation.caveat, stacklevel=2)
        return explanation

    def _index(self, label: str) -> int:
        if label not in self.labels:
            raise ConfigError(
                f"the label {label!r:.80} is none of the model's ({', '.join(self.labels)})."
            )
        return self.labels.index(label)


def explain(
    text: str,
    context: str = "",
    label: str | None = None,
    *,
    model: str | Path | None = None,
    method: Method | None = None,
) -> Explanation:
    """Load a model and explain one sentence; for several, keep an `Explainer`.

    Args:
        text: one sentence.
        context: the sentence before; "" for none.
        label: the label; None for the one that the model gives.
        model: as in `StanceClassifier.from_pretrained`.
        method: as in `Explainer.from_pretrained`.

    Raises:
        StanceError: as `Explainer.from_pretrained` and `Explainer.explain` do.
        TypeError: if `text` or `context` is no string.
    """
    return Explainer.from_pretrained(model, method=method).explain(text, context, label)
