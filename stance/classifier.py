"""A saved model and texts in memory to predictions."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from stance import model_folder
from stance.backends import Backend, BackendName, FloatArray, open_backend
from stance.encoding import Encoder, pad, plan_batches
from stance.errors import ModelError
from stance.linear import LinearModel
from stance.model_folder import ModelSettings
from stance.sentences import split_sentences

MAX_TOKENS: Final = 2048
"""Default token budget of a batch; larger ones gain nothing on a CPU."""


@dataclass(frozen=True)
class Prediction:
    """What the model says about one text."""

    text: str
    """The text that was labelled."""
    label: str
    """The most probable label."""
    score: float
    """Probability of that label, 0 to 1."""
    probabilities: dict[str, float]
    """Probability of every label, in the model's order; they sum to 1."""
    truncated: bool
    """Whether only the head of the text was read, because it is longer than the model takes."""
    start: int
    """Offset of the first character in the document; 0 if the text is the document."""
    end: int
    """Offset behind the last character, so that ``document[start:end] == text``."""


@dataclass(frozen=True)
class Scores:
    """Predictions as arrays, in input order."""

    probabilities: FloatArray
    """float32, (texts, labels); rows sum to 1."""
    truncated: np.ndarray
    """bool, (texts,)."""


class _Scorer(Protocol):
    def logits(
        self, texts: Sequence[str], contexts: Sequence[str]
    ) -> tuple[FloatArray, np.ndarray]: ...


class _TransformerScorer:
    """Encodes, batches and runs a transformer; input order is restored."""

    def __init__(
        self, encoder: Encoder, backend: Backend, settings: ModelSettings, max_tokens: int
    ) -> None:
        self._encoder = encoder
        self._backend = backend
        self._settings = settings
        self._max_tokens = max_tokens

    def logits(
        self, texts: Sequence[str], contexts: Sequence[str]
    ) -> tuple[FloatArray, np.ndarray]:
        with_context = self._settings.context == "previous"
        encoded = self._encoder.encode(texts, contexts if with_context else None)
        logits = np.empty((len(texts), len(self._settings.labels)), dtype=np.float32)
        for batch in plan_batches([len(one.ids) for one in encoded], self._max_tokens):
            arrays = pad([encoded[i] for i in batch], self._encoder.pad_id)
            logits[batch] = self._backend.logits(arrays)
        return logits, np.array([one.truncated for one in encoded], dtype=bool)


class _LinearScorer:
    """Runs the linear baseline, which reads texts of any length whole."""

    def __init__(self, model: LinearModel) -> None:
        self._model = model

    def logits(
        self, texts: Sequence[str], contexts: Sequence[str]
    ) -> tuple[FloatArray, np.ndarray]:
        return self._model.logits(texts, contexts), np.zeros(len(texts), dtype=bool)


class StanceClassifier:
    """Labels Dutch sentences with their stance toward sanctions.

    Make one with `from_pretrained`:

    >>> from stance import StanceClassifier
    >>> classifier = StanceClassifier.from_pretrained()
    >>> classifier.labels
    ('favor', 'against', 'neutral', 'unrelated')
    >>> classifier.predict([])
    []
    """

    def __init__(self, scorer: _Scorer, settings: ModelSettings, folder: Path) -> None:
        self._scorer = scorer
        self._settings = settings
        self.folder = folder
        """The model folder."""

    @classmethod
    def from_pretrained(
        cls,
        folder: str | Path | None = None,
        *,
        device: str | None = None,
        backend: BackendName | None = None,
        max_tokens: int = MAX_TOKENS,
    ) -> "StanceClassifier":
        """Load a model.

        Args:
            folder: a folder that `stance train` wrote; None for the shipped model.
            device: ``cpu``, ``cuda``, ``cuda:0``, ``mps``; None: the CPU where an export may
                be used, else a GPU if there is one.
            backend: ``onnx`` (the export that passed its check), ``onnx-fp32``, ``onnx-int8``
                or ``torch``; None chooses.
            max_tokens: token budget of a batch, padding included; it changes speed and
                memory, not results (at int8, probabilities by up to .03).

        Raises:
            ModelError: if the folder is missing, damaged, or its files disagree.
            MissingExtraError: if torch is needed and not installed.
            ValueError: if `device`, `backend` or `max_tokens` is not usable.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens is {max_tokens}, expected 1 or more.")
        path = model_folder.existing_folder(folder)
        settings = model_folder.load_settings(path)
        if settings.kind == "linear":
            linear = LinearModel.from_folder(path, len(settings.labels))
            return cls(_LinearScorer(linear), settings, path)
        encoder = Encoder.from_folder(path, settings.max_length)
        chosen = open_backend(path, settings, backend, device)
        scorer = _TransformerScorer(encoder, chosen, settings, max_tokens)
        return cls(scorer, settings, path)

    @property
    def labels(self) -> tuple[str, ...]:
        """Label names, in the order of the columns of `predict_proba`."""
        return self._settings.labels

    @property
    def uses_context(self) -> bool:
        """Whether the model reads the sentence before along with the sentence."""
        return self._settings.context == "previous"

    def digest(self) -> str:
        """SHA-256 over the files that decide what this model answers, as hex."""
        return model_folder.digest(self.folder, self._settings)

    def predict(
        self, texts: Iterable[str], contexts: Iterable[str] | None = None
    ) -> list[Prediction]:
        """Label sentences.

        Args:
            texts: the sentences; an empty list gives an empty list.
            contexts: the sentence before each, "" for none. Without them every sentence is
                read alone.

        Returns:
            One `Prediction` a text, in the order given.

        Raises:
            TypeError: if `texts` is a bare string, or an element is no string.
            ValueError: if texts and contexts differ in number.
        """
        listed = _strings(texts, "texts")
        scores = self.score(listed, contexts)
        spans = [(0, len(text)) for text in listed]
        return self._predictions(listed, spans, scores)

    def predict_proba(
        self, texts: Iterable[str], contexts: Iterable[str] | None = None
    ) -> FloatArray:
        """Like `predict`, but only the probabilities.

        Returns:
            float32 array of shape (texts, labels), columns in the order of `labels`.
        """
        return self.score(texts, contexts).probabilities

    def predict_document(self, text: str) -> list[Prediction]:
        """Split a document into sentences and label each with the one before as context.

        Args:
            text: the document; paragraphs are separated by line breaks.

        Returns:
            One `Prediction` a sentence, with its place in the document.

        Raises:
            TypeError: if `text` is no string.
        """
        if not isinstance(text, str):
            raise TypeError(
                f"text is {type(text).__name__}, expected one document as a string; "
                "for a list of sentences use predict(texts)."
            )
        spans = split_sentences(text)
        sentences = [text[start:end] for start, end in spans]
        contexts = ["", *sentences[:-1]][: len(sentences)]
        scores = self.score(sentences, contexts if self.uses_context else None)
        return self._predictions(sentences, spans, scores)

    def score(self, texts: Iterable[str], contexts: Iterable[str] | None = None) -> Scores:
        """The arrays behind `predict`, for callers with many rows.

        Raises:
            TypeError: if `texts` is a bare string, or an element is no string.
            ValueError: if texts and contexts differ in number.
            ModelError: if the model fails on a text.
        """
        listed = _strings(texts, "texts")
        before = [""] * len(listed) if contexts is None else _strings(contexts, "contexts")
        if len(before) != len(listed):
            raise ValueError(f"{len(before)} contexts for {len(listed)} texts; give one a text.")
        if any(before) and not self.uses_context:
            warnings.warn(
                "This model was trained without context; the contexts are ignored.", stacklevel=3
            )
            before = [""] * len(listed)
        if not listed:
            return Scores(np.empty((0, len(self.labels)), np.float32), np.empty(0, bool))
        logits, truncated = self._scorer.logits(listed, before)
        if not np.isfinite(logits).all():
            raise ModelError(
                f"{self.folder}: gives {logits[~np.isfinite(logits)][0]} where a number is "
                "expected; its weights are damaged. Copy the folder again, or train again."
            )
        return Scores(softmax(logits), truncated)

    def _predictions(
        self, texts: Sequence[str], spans: Sequence[tuple[int, int]], scores: Scores
    ) -> list[Prediction]:
        best = scores.probabilities.argmax(axis=1)
        return [
            Prediction(
                text,
                self.labels[best[i]],
                float(scores.probabilities[i, best[i]]),
                dict(zip(self.labels, map(float, scores.probabilities[i]), strict=True)),
                bool(scores.truncated[i]),
                *spans[i],
            )
            for i, text in enumerate(texts)
        ]


def softmax(logits: FloatArray) -> FloatArray:
    """Logits to probabilities along the last axis, in float32."""
    exponent = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: FloatArray = exponent / exponent.sum(axis=-1, keepdims=True)
    return probabilities


def _strings(values: Iterable[str], name: str) -> list[str]:
    """Check a caller's list of texts; the message shows the mend."""
    if isinstance(values, str):
        call = "[text]" if name == "texts" else "[context]"
        raise TypeError(
            f"{name} is one string, expected a list of strings: write predict({call}) for a "
            "sentence, predict_document(text) for a document."
        )
    listed = list(values)
    for i, value in enumerate(listed):
        if not isinstance(value, str):
            raise TypeError(
                f"{name}[{i}] is {type(value).__name__} ({value!r:.40}), expected a string; "
                "drop or fill missing values first."
            )
    return listed
