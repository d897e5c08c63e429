"""The linear baseline: TF-IDF n-grams and logistic regression.

Trained with scikit-learn, saved as JSON and safetensors, and read back without
scikit-learn by `stance.linear`.
"""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np

from stance.errors import ConfigError
from stance.model_folder import (
    LINEAR_VOCABULARY,
    LINEAR_WEIGHTS,
    ModelSettings,
    save_settings,
)
from training.data import Example
from training.settings import LinearModel

Field = Literal["text", "context"]


def train_linear(
    config: LinearModel,
    examples: list[Example],
    labels: list[str],
    context: Literal["none", "previous"],
    folder: Path,
) -> None:
    """Train the baseline and save it to `folder`.

    Args:
        config: its settings.
        examples: the training split.
        labels: label names.
        context: `previous` adds the n-grams of the context as features of their own.
        folder: where to write.

    Raises:
        ConfigError: if no n-gram is frequent enough.
    """
    from safetensors.numpy import save_file
    from scipy.sparse import hstack
    from sklearn.linear_model import LogisticRegression

    blocks: list[tuple[Field, Any]] = []
    columns = []
    for field in ("text", "context") if context == "previous" else ("text",):
        for vectorizer in _vectorizers(config):
            texts = [getattr(one, field) for one in examples]
            try:
                columns.append(vectorizer.fit_transform(texts))
            except ValueError:  # no n-gram is frequent enough, such as where no row has a context
                continue
            blocks.append((field, vectorizer))
    if not blocks:
        raise ConfigError(
            f"model.min_count: no n-gram stands in {config.min_count} of the {len(examples)} "
            "training texts; lower it, or add sentences."
        )
    model = LogisticRegression(C=config.regularization, class_weight="balanced", max_iter=2000)
    model.fit(hstack(columns).tocsr(), [one.label for one in examples])
    weights, intercept = _per_label(model.coef_, model.intercept_)
    content = {
        "blocks": [
            {
                "field": field,
                "analyzer": one.analyzer,
                "ngram_range": list(one.ngram_range),
                "vocabulary": one.get_feature_names_out().tolist(),
            }
            for field, one in blocks
        ]
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False)
    (folder / LINEAR_VOCABULARY).write_text(text + "\n", encoding="utf-8")
    tensors = {
        "idf": np.concatenate([one.idf_ for _, one in blocks]),
        "weights": np.ascontiguousarray(weights.T),
        "intercept": intercept,
    }
    save_file(tensors, folder / LINEAR_WEIGHTS)
    save_settings(ModelSettings("linear", tuple(labels), context), folder)


def _vectorizers(config: LinearModel) -> list[Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared = {"sublinear_tf": True, "min_df": config.min_count, "lowercase": True}
    found = [TfidfVectorizer(analyzer="word", ngram_range=(1, config.word_ngrams), **shared)]
    if config.char_ngrams >= 3:
        longest = config.char_ngrams
        found.append(TfidfVectorizer(analyzer="char_wb", ngram_range=(3, longest), **shared))
    return found


def _per_label(weights: np.ndarray, intercept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One row a label; with two labels scikit-learn keeps the second's only."""
    if len(weights) > 1:
        return weights, intercept
    zeros = np.zeros_like(weights)
    return np.concatenate([zeros, weights]), np.concatenate([np.zeros(1), intercept])
