"""A linear model over n-grams, read from JSON and safetensors without scikit-learn.

It repeats what scikit-learn's `TfidfVectorizer` and `LogisticRegression` compute at
prediction time, so that a trained baseline is usable in the light install.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from stance.backends import FloatArray
from stance.errors import ModelError
from stance.model_folder import LINEAR_VOCABULARY, LINEAR_WEIGHTS, read_json

_WORD: Final = re.compile(r"(?u)\b\w\w+\b")
_SPACES: Final = re.compile(r"\s\s+")


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
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        content = read_json(folder / LINEAR_VOCABULARY)
        path = folder / LINEAR_WEIGHTS
        try:
            blocks = [
                NgramBlock(
                    one["field"],
                    one["analyzer"],
                    (one["ngram_range"][0], one["ngram_range"][1]),
                    {term: column for column, term in enumerate(one["vocabulary"])},
                )
                for one in content["blocks"]
            ]
            tensors = load_file(path)
            idf, weights, intercept = (tensors[k] for k in ("idf", "weights", "intercept"))
        except FileNotFoundError:
            raise ModelError(f"{folder}: no {path.name}; copy the folder again.") from None
        except (SafetensorError, KeyError, TypeError, IndexError, OSError) as error:
            raise ModelError(f"{path}: damaged ({error}); copy the folder again.") from None
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
