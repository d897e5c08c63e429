"""A linear model over n-grams, read from JSON and safetensors without scikit-learn.

It repeats what scikit-learn's `TfidfVectorizer` and `LogisticRegression` compute at
prediction time, so that a trained baseline is usable in the light install.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from stance.backends import FloatArray
from stance.errors import ModelError
from stance.model_folder import LINEAR_VOCABULARY, LINEAR_WEIGHTS, read_json

_WORD: Final = re.compile(r"(?u)\b\w\w+\b")
_SPACES: Final = re.compile(r"\s\s+")
_LONGEST_NGRAM: Final = 10
"""Longer than any that training makes; the time for a text grows with it."""
_LIMITS: Final = {"idf": (1.0, 100.0), "weights": (-1e9, 1e9), "intercept": (-1e9, 1e9)}
"""Bounds of what training can give. ``idf`` is 1 + ln((1 + texts) / (1 + texts with the n-gram));
within the others no sum leaves the range of float32."""


@dataclass(frozen=True)
class NgramBlock:
    """One block of features: the n-grams of one kind over one of the two texts."""

    field: Literal["text", "context"]
    analyzer: Literal["word", "char_wb"]
    ngram_range: tuple[int, int]
    vocabulary: dict[str, int]
    """Feature to column within this block."""

    def ngrams(self, text: str) -> Iterator[str]:
        """The n-grams of a text, as scikit-learn's analyzer of that name gives them."""
        text = text.lower()
        if self.analyzer == "word":
            return _word_ngrams(_WORD.findall(text), *self.ngram_range)
        return _char_ngrams(_SPACES.sub(" ", text), *self.ngram_range)


def _word_ngrams(words: list[str], shortest: int, longest: int) -> Iterator[str]:
    for n in range(shortest, longest + 1):
        for i in range(len(words) - n + 1):
            yield " ".join(words[i : i + n])


def _char_ngrams(text: str, shortest: int, longest: int) -> Iterator[str]:
    for word in text.split():
        padded = f" {word} "
        for n in range(shortest, longest + 1):
            yield padded[:n]
            for i in range(1, len(padded) - n + 1):
                yield padded[i : i + n]
            if n >= len(padded):  # a short word counts once
                break


def _read_blocks(path: Path) -> list[NgramBlock]:
    """The checked feature blocks of ``linear.json``."""
    listed = read_json(path).get("blocks")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ModelError(f"{path}: damaged (no list of blocks); copy the folder again.")
    blocks = []
    for number, one in enumerate(listed):
        ngrams, terms = one.get("ngram_range"), one.get("vocabulary")
        expected = {
            "field": (one.get("field") in ("text", "context"), "text or context"),
            "analyzer": (one.get("analyzer") in ("word", "char_wb"), "word or char_wb"),
            "ngram_range": (
                _is_ngram_range(ngrams),
                f"shortest and longest, two whole numbers from 1 to {_LONGEST_NGRAM}",
            ),
            "vocabulary": (_are_terms(terms), "a list of different n-grams"),
        }
        for key, (good, what) in expected.items():
            if not good:
                raise ModelError(
                    f"{path}: damaged (blocks[{number}].{key} is {one.get(key)!r:.80}, expected "
                    f"{what}); copy the folder again."
                )
        columns = {term: column for column, term in enumerate(terms)}
        blocks.append(NgramBlock(one["field"], one["analyzer"], (ngrams[0], ngrams[1]), columns))
    return blocks


def _is_ngram_range(value: Any) -> bool:
    return (
        isinstance(value, list)
        and [type(n) for n in value] == [int, int]
        and 1 <= value[0] <= value[1] <= _LONGEST_NGRAM
    )


def _are_terms(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(term, str) for term in value)
        and len(set(value)) == len(value)
    )


def _read_weights(path: Path) -> list[np.ndarray]:
    """The checked arrays of ``linear.safetensors``: idf, weights, intercept."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
    except FileNotFoundError:
        raise ModelError(f"{path.parent}: no {path.name}; copy the folder again.") from None
    # numpy has its own errors for shapes and types that it does not know
    except (SafetensorError, OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: damaged ({error}); copy the folder again.") from None
    arrays = []
    for name, (low, high) in _LIMITS.items():
        array = tensors.get(name)
        if array is None or array.dtype.kind != "f":
            found = "missing" if array is None else f"of type {array.dtype}"
            raise ModelError(
                f"{path}: damaged ({name} is {found}, expected decimal numbers); "
                "copy the folder again."
            )
        array = array.astype(np.float64)
        outside = ~((low <= array) & (array <= high))  # so that it finds NaN too
        if outside.any():
            raise ModelError(
                f"{path}: damaged ({name} holds {array[outside][0]}, expected numbers from "
                f"{low:g} to {high:g}); copy the folder again, or train again."
            )
        arrays.append(array)
    return arrays


class LinearModel:
    """TF-IDF features times a weight matrix.

    Args:
        blocks: the feature blocks, in the order of their columns.
        idf: float64 inverse document frequencies, (features,).
        weights: float64 weights, (features, labels).
        intercept: float64, (labels,).
    """

    def __init__(
        self,
        blocks: Sequence[NgramBlock],
        idf: np.ndarray,
        weights: np.ndarray,
        intercept: np.ndarray,
    ) -> None:
        self._blocks = blocks
        self._idf = idf
        self._weights = weights
        self._intercept = intercept

    @classmethod
    def from_folder(cls, folder: Path, n_labels: int) -> "LinearModel":
        """Read ``linear.json`` and ``linear.safetensors``.

        Raises:
            ModelError: if one is missing or damaged, or their sizes disagree.
        """
        blocks = _read_blocks(folder / LINEAR_VOCABULARY)
        path = folder / LINEAR_WEIGHTS
        idf, weights, intercept = _read_weights(path)
        n_features = sum(len(block.vocabulary) for block in blocks)
        expected = ((n_features,), (n_features, n_labels), (n_labels,))
        if (idf.shape, weights.shape, intercept.shape) != expected:
            raise ModelError(
                f"{folder}: {LINEAR_VOCABULARY} has {n_features} features and {n_labels} labels, "
                f"{path.name} has weights of shape {weights.shape}; they are of two models."
            )
        return cls(blocks, idf, weights, intercept)

    def logits(self, texts: Sequence[str], contexts: Sequence[str]) -> FloatArray:
        """Logits of texts with their contexts ("" for none), float32 (texts, labels)."""
        logits = np.tile(self._intercept, (len(texts), 1))
        offset = 0
        for block in self._blocks:
            sources = texts if block.field == "text" else contexts
            for row, source in enumerate(sources):
                logits[row] += self._block_logits(block, source, offset)
            offset += len(block.vocabulary)
        return logits.astype(np.float32)

    def _block_logits(self, block: NgramBlock, text: str, offset: int) -> np.ndarray | float:
        counts = Counter(
            block.vocabulary[ngram] for ngram in block.ngrams(text) if ngram in block.vocabulary
        )
        if not counts:
            return 0.0
        columns = np.fromiter(counts.keys(), dtype=np.int64) + offset
        frequencies = np.fromiter(counts.values(), dtype=np.float64)
        values = (1.0 + np.log(frequencies)) * self._idf[columns]  # sublinear tf, as trained
        values /= np.linalg.norm(values)
        product: np.ndarray = values @ self._weights[columns]
        return product
