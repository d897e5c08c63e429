"""A saved model and texts in memory to predictions."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np

from stance import model_folder
from stance.backends import Backend, BackendName, FloatArray, open_backend
from stance.calibration import softmax
from stance.conformal import label_sets, limits_of
from stance.encoding import Encoder, pad, plan_batches
from stance.errors import ModelError
from stance.holders import Holder, read_tags
from stance.hub import find_model
from stance.labels import UNRELATED
from stance.linear import LinearModel
from stance.model_folder import ModelSettings
from stance.predictions import LabelledDocument, Prediction
from stance.sentences import split_sentences
from stance.targets import find_in_document, find_target

MAX_TOKENS: Final = 2048
"""Default token budget of a batch; larger ones gain nothing on a CPU."""


@dataclass(frozen=True)
class Scores:
    """Predictions as arrays, in input order."""

    probabilities: FloatArray
    """float32, (texts, labels); rows sum to 1."""
    truncated: np.ndarray
    """bool, (texts,)."""
    holders: list[list[Holder]]
    """Of each text; empty lists if it is `unrelated`, or the model does not tell holders."""
    logits: FloatArray
    """float32, (texts, labels), before the temperature; to calibrate with."""


class _Reading(NamedTuple):
    """As in `Scores`, with logits in the place of probabilities."""

    logits: FloatArray
    truncated: np.ndarray
    holders: list[list[Holder]]


class _Scorer(Protocol):
    def read(self, texts: Sequence[str], contexts: Sequence[str]) -> _Reading: ...


class _TransformerScorer:
    """Encodes, batches and runs a transformer; input order is restored.

    Its logits are those of the network and, where there is one, of a linear model beside it.
    """

    def __init__(
        self,
        encoder: Encoder,
        backend: Backend,
        settings: ModelSettings,
        max_tokens: int,
        linear: LinearModel | None,
    ) -> None:
        self._encoder = encoder
        self._backend = backend
        self._settings = settings
        self._max_tokens = max_tokens
        self._linear = linear

    def read(self, texts: Sequence[str], contexts: Sequence[str]) -> _Reading:
        with_context = self._settings.context == "previous"
        encoded = self._encoder.encode(texts, contexts if with_context else None)
        logits = self._linear_logits(texts, contexts)
        holders: list[list[Holder]] = [[] for _ in texts]
        for batch in plan_batches([len(one.ids) for one in encoded], self._max_tokens):
            arrays = pad([encoded[i] for i in batch], self._encoder.pad_id)
            labels, tags = self._backend.logits(arrays)
            logits[batch] += labels
            if tags is None:
                continue
            for i, own in zip(batch, tags, strict=True):
                label = self._settings.labels[logits[i].argmax()]
                if label != UNRELATED:  # in an archive that is one sentence in a hundred
                    holders[i] = self._holders(texts[i], own, label)
        return _Reading(logits, np.array([one.truncated for one in encoded], bool), holders)

    def _linear_logits(self, texts: Sequence[str], contexts: Sequence[str]) -> FloatArray:
        """What is added to the logits of the network."""
        if self._linear is None:
            return np.zeros((len(texts), len(self._settings.labels)), dtype=np.float32)
        weight = np.float32(self._settings.linear_weight)
        return self._linear.logits(texts, contexts) * weight

    def _holders(self, text: str, tags: FloatArray, label: str) -> list[Holder]:
        """The holders of one sentence from the logits of its tags, (tokens, tags)."""
        offsets, first = self._encoder.offsets(text), self._encoder.n_before
        own = tags[first : first + len(offsets)]
        return read_tags(text, offsets, softmax(np.concatenate([tags[:1], own])), label)


class _LinearScorer:
    """Runs the linear baseline, which reads texts of any length whole."""

    def __init__(self, model: LinearModel) -> None:
        self._model = model

    def read(self, texts: Sequence[str], contexts: Sequence[str]) -> _Reading:
        logits = self._model.logits(texts, contexts)
        return _Reading(logits, np.zeros(len(texts), dtype=bool), [[] for _ in texts])


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
        revision: str | None = None,
        device: str | None = None,
        backend: BackendName | None = None,
        max_tokens: int = MAX_TOKENS,
    ) -> "StanceClassifier":
        """Load a model.

        Args:
            folder: a folder that `stance train` wrote; the name of a model on the Hugging Face
                hub, as ``user/name`` or ``user/name@revision``, for which `huggingface_hub`
                fetches and caches it; None for the shipped model. A folder that is here wins.
            revision: branch, tag or commit of a model on the hub.
            device: ``cpu``, ``cuda``, ``cuda:0``, ``mps``; None: the CPU where an export may
                be used, else a GPU if there is one.
            backend: ``onnx`` (the export that passed its check), ``onnx-fp32``, ``onnx-int8``
                or ``torch``; None chooses.
            max_tokens: token budget of a batch, padding included; it changes speed and
                memory, not results (at int8, probabilities by up to .03).

        Raises:
            ModelError: if the model is missing, cannot be fetched, is damaged, or its files
                disagree.
            OutputError: if the cache of the hub cannot be written.
            MissingExtraError: if torch or huggingface_hub is needed and not installed.
            ValueError: if `revision`, `device`, `backend` or `max_tokens` is not usable.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens is {max_tokens}, expected 1 or more.")
        path = find_model(folder, revision)
        settings = model_folder.load_settings(path)
        if settings.kind == "linear":
            linear = LinearModel.from_folder(path, len(settings.labels))
            return cls(_LinearScorer(linear), settings, path)
        encoder = Encoder.from_folder(path, settings.max_length)
        chosen = open_backend(path, settings, backend, device)
        return cls.from_parts(path, settings, encoder, chosen, max_tokens)

    @classmethod
    def from_parts(
        cls,
        folder: Path,
        settings: ModelSettings,
        encoder: Encoder,
        backend: Backend,
        max_tokens: int = MAX_TOKENS,
    ) -> "StanceClassifier":
        """Make one of a transformer that is loaded, for callers that use its parts too."""
        linear = None
        if settings.linear_weight:
            linear = LinearModel.from_folder(folder / model_folder.LINEAR, len(settings.labels))
        scorer = _TransformerScorer(encoder, backend, settings, max_tokens, linear)
        return cls(scorer, settings, folder)

    @property
    def labels(self) -> tuple[str, ...]:
        """Label names, in the order of the columns of `predict_proba`."""
        return self._settings.labels

    @property
    def uses_context(self) -> bool:
        """Whether the model reads the sentence before along with the sentence."""
        return self._settings.context == "previous"

    @property
    def tells_holders(self) -> bool:
        """Whether predictions say who takes which side."""
        return self._settings.holders

    def digest(self) -> str:
        """SHA-256 over the files that decide what this model answers, as hex."""
        return model_folder.digest(self.folder, self._settings)

    @property
    def settings(self) -> ModelSettings:
        """How the model is used, its calibration included."""
        return self._settings

    def predict(
        self,
        texts: Iterable[str],
        contexts: Iterable[str] | None = None,
        *,
        abstain_below: float | None = None,
    ) -> list[Prediction]:
        """Label sentences.

        Args:
            texts: the sentences; an empty list gives an empty list.
            contexts: the sentence before each, "" for none. Without them every sentence is
                read alone.
            abstain_below: mark predictions with a lower score as `abstained`, 0 to 1.

        Returns:
            One `Prediction` a text, in the order given.

        Raises:
            TypeError: if `texts` is a bare string, or an element is no string.
            ValueError: if texts and contexts differ in number, or `abstain_below` is out of range.
        """
        _check_score(abstain_below)
        listed = _strings(texts, "texts")
        contexts = None if contexts is None else _strings(contexts, "contexts")
        scores = self.score(listed, contexts)
        spans = [(0, len(text)) for text in listed]
        before = [""] * len(listed) if contexts is None else contexts
        labels = self._labels(scores)
        targets = [
            "" if label == UNRELATED else find_target(text, context)
            for text, context, label in zip(listed, before, labels, strict=True)
        ]
        return self._predictions(listed, spans, scores, labels, targets, abstain_below)

    def predict_proba(
        self, texts: Iterable[str], contexts: Iterable[str] | None = None
    ) -> FloatArray:
        """Like `predict`, but only the probabilities.

        Returns:
            float32 array of shape (texts, labels), columns in the order of `labels`.
        """
        return self.score(texts, contexts).probabilities

    def predict_sets(
        self,
        texts: Iterable[str],
        contexts: Iterable[str] | None = None,
        *,
        coverage: float = 0.9,
    ) -> list[tuple[str, ...]]:
        """The labels that come into question for each sentence.

        Of many sentences like those that the model was calibrated on, a share of `coverage` or
        more has its right label in the set, whichever that is.

        Args:
            texts: as in `predict`.
            contexts: as in `predict`.
            coverage: one that the model is calibrated for.

        Returns:
            One set a text, in the order given: its labels, the most probable first, one at least.

        Raises:
            TypeError: as in `predict`.
            ValueError: if texts and contexts differ in number, or the model is not calibrated for
                `coverage`.
        """
        limits = limits_of(self._settings.conformal, coverage)
        probabilities = self.score(texts, contexts).probabilities
        inside = label_sets(probabilities, limits)
        order = np.argsort(-probabilities, axis=1, kind="stable")
        return [tuple(self.labels[j] for j in order[i] if inside[i, j]) for i in range(len(inside))]

    def predict_document(
        self, text: str, *, abstain_below: float | None = None
    ) -> LabelledDocument:
        """Split a document into sentences and label each with the one before as context.

        Args:
            text: the document; paragraphs are separated by line breaks.
            abstain_below: as in `predict`.

        Returns:
            A list of one `Prediction` a sentence, with its place in the document; its
            `by_holder()` tells who takes which side.

        Raises:
            TypeError: if `text` is no string.
            ValueError: if `abstain_below` is out of range.
        """
        _check_score(abstain_below)
        if not isinstance(text, str):
            raise TypeError(
                f"text is {type(text).__name__}, expected one document as a string; "
                "for a list of sentences use predict(texts)."
            )
        spans = split_sentences(text)
        sentences = [text[start:end] for start, end in spans]
        contexts = ["", *sentences[:-1]][: len(sentences)]
        scores = self.score(sentences, contexts if self.uses_context else None)
        labels = self._labels(scores)
        targets = [
            "" if label == UNRELATED else find_in_document(sentences, i)
            for i, label in enumerate(labels)
        ]
        found = self._predictions(sentences, spans, scores, labels, targets, abstain_below)
        return LabelledDocument(found)

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
            nothing = np.empty((0, len(self.labels)), np.float32)
            return Scores(nothing, np.empty(0, bool), [], nothing)
        logits, truncated, holders = self._scorer.read(listed, before)
        if not np.isfinite(logits).all():
            raise ModelError(
                f"{self.folder}: gives {logits[~np.isfinite(logits)][0]} where a number is "
                "expected; its weights are damaged. Copy the folder again, or train again."
            )
        probabilities = softmax(logits, self._settings.temperature)
        return Scores(probabilities, truncated, holders, logits)

    def _labels(self, scores: Scores) -> list[str]:
        """The most probable label of each text."""
        return [self.labels[best] for best in scores.probabilities.argmax(axis=1)]

    def _predictions(
        self,
        texts: Sequence[str],
        spans: Sequence[tuple[int, int]],
        scores: Scores,
        labels: Sequence[str],
        targets: Sequence[str],
        abstain_below: float | None,
    ) -> list[Prediction]:
        least = 0.0 if abstain_below is None else abstain_below
        best = scores.probabilities.max(axis=1)
        return [
            Prediction(
                texts[i],
                label,
                float(best[i]),
                dict(zip(self.labels, map(float, scores.probabilities[i]), strict=True)),
                bool(scores.truncated[i]),
                *spans[i],
                scores.holders[i],
                targets[i],
                float(best[i]) < least,
            )
            for i, label in enumerate(labels)
        ]


def _check_score(abstain_below: float | None) -> None:
    if abstain_below is not None and not 0 <= abstain_below <= 1:
        raise ValueError(f"abstain_below is {abstain_below}, expected a score from 0 to 1.")


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
