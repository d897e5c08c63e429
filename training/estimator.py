"""Training and labelling in the dress of scikit-learn: a classifier whose X is text."""

import contextlib
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from stance.backends import FloatArray
from stance.classifier import StanceClassifier
from stance.errors import ConfigError, OutputError
from stance.writers import errors_about
from training.config import load_config
from training.data import Example, Splits, split_off_validation
from training.procedure import train_one
from training.settings import LinearModel, TrainConfig
from training.temporary_model import load_copy, pack, unpack
from training.text_columns import read_columns

_LINEAR: Final = "baseline"
"""The config behind `model="linear"`."""
_REFERENCE: Final = "robbert-2023-base"
"""The config whose settings an encoder that is given as a folder is trained with."""


class StanceEstimator(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A scikit-learn classifier of sentences: the linear baseline or a fine-tuned transformer.

    X is a sequence of texts, or two columns, text and the sentence before it: a frame, a 2-D
    array or a list of pairs. An empty or missing context is "no sentence before"; a missing text
    is an error. Whether there are contexts is settled by the X of `fit`, not by the config.

    Args:
        model: ``linear``, the name or file of a config of `stance train`, or the folder of an
            encoder, which is trained with the settings of ``robbert-2023-base``. Of a config the
            files, columns and labels are not used, nor any seed but the first.
        overrides: ``dotted.key=value`` items as for ``stance train --set``, such as
            ``("training.epochs=3",)``; lists of them are what a grid search tries.

    Attributes:
        classes_: the labels of `fit`, sorted; the order of the columns of `predict_proba`.
        classifier_: the trained model, a `StanceClassifier`; its folder is a temporary one that
            goes when it goes. `save` keeps it.

    A fitted estimator pickles with its model files inside. A pickle runs code of whoever made it:
    share the folder that `save` writes instead.
    """

    def __init__(self, model: str | Path = "linear", overrides: Sequence[str] = ()) -> None:
        self.model = model
        self.overrides = overrides

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False  # of numbers, with which scikit-learn would test it
        return tags

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803  # scikit-learn's name
        """Train on labelled texts.

        A transformer keeps the epoch with the best macro-F1 on `data.validation_share` of the
        texts, drawn with near-duplicates on one side. The state of the random generators of Python,
        numpy and torch is afterwards what it was.

        Args:
            X: the texts, or texts and contexts.
            y: a label each, text or whole numbers; two labels at least.

        Raises:
            TypeError: if X is one string, or a text is none.
            ValueError: if X and y cannot be trained on; `ConfigError` if it is the config.
        """
        texts, contexts = read_columns(X)
        validate_data(self, X, y, skip_check_array=True)
        labels = _labels(y)
        check_consistent_length(texts, labels)
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        config = self._config(_names(self.classes_), with_context=contexts is not None)
        examples = [
            Example(text, context, int(label), f"{i}", None, f"X[{i}]")
            for i, (text, context, label) in enumerate(
                zip(texts, contexts or [""] * len(texts), numbers, strict=True)
            )
        ]
        self.classifier_ = _train(config, examples)
        return self

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The most probable label of each text, (texts,).

        Raises:
            TypeError: as `fit`.
            ValueError: if X has contexts and that of `fit` had none, or the other way round.
        """
        best = self.predict_proba(X).argmax(axis=1)
        found: np.ndarray = self.classes_[best]
        return found

    def predict_proba(self, X: Any) -> FloatArray:  # noqa: N803
        """Probabilities, float32 (texts, labels), columns in the order of `classes_`.

        Raises:
            TypeError: as `fit`.
            ValueError: as `predict`.
        """
        check_is_fitted(self)
        texts, contexts = read_columns(X)
        validate_data(self, X, skip_check_array=True, reset=False)
        classifier: StanceClassifier = self.classifier_
        if classifier.uses_context != (contexts is not None):
            found, before = ("texts alone", "texts and contexts")[:: 1 if contexts is None else -1]
            raise ValueError(
                f"X has {found}, but StanceEstimator was fitted on {before}; give it the same."
            )
        return classifier.predict_proba(texts, contexts)

    def save(self, folder: str | Path) -> None:
        """Write the trained model as a folder for `StanceClassifier` and ``stance label``.

        Labels that are numbers are text there.

        Args:
            folder: the folder, which must not exist yet.

        Raises:
            OutputError: if it exists or cannot be written.
        """
        check_is_fitted(self)
        out = Path(folder)
        with errors_about(out):
            if out.exists():
                raise OutputError(f"{out}: exists; choose another folder.")
            shutil.copytree(self.classifier_.folder, out)

    def _config(self, labels: list[str], *, with_context: bool) -> TrainConfig:
        if not isinstance(self.model, str | Path):
            raise TypeError(f"model is {self.model!r:.60}, expected a name or a path.")
        if isinstance(self.overrides, str):
            raise TypeError(f"overrides is one string, expected a list: [{self.overrides!r:.60}].")
        source, overrides = self.model, list(self.overrides)
        if source == "linear":
            source = _LINEAR
        elif Path(source).expanduser().is_dir():
            folder = str(Path(source).expanduser().absolute())
            source, overrides = _REFERENCE, [f"model.name_or_path={json.dumps(folder)}", *overrides]
        config = load_config(source, overrides)
        if config.task == "holders":
            raise ConfigError(
                f"{source}: task is 'holders', but StanceEstimator learns labels alone; "
                "add 'task=stance' to overrides, or train it with `stance train`."
            )
        data = config.data.model_copy(update={"labels": labels})
        context = "previous" if with_context else "none"
        presented = config.input.model_copy(update={"context": context})
        return config.model_copy(update={"data": data, "input": presented})

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        classifier: StanceClassifier | None = state.pop("classifier_", None)
        if classifier is not None:
            state["_files"] = pack(classifier.folder)
        return state

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        own = dict(state)
        files: Mapping[str, bytes] | None = own.pop("_files", None)
        super().__setstate__(own)
        if files is not None:
            self.classifier_ = unpack(files)


def _labels(y: Any) -> np.ndarray:
    """The labels as an array of one kind."""
    labels: np.ndarray = column_or_1d(y, warn=True)
    assert_all_finite(labels, input_name="y")
    given = y if isinstance(y, list | tuple) else labels  # numpy makes text of what is among text
    others = [one for one in given if not isinstance(one, str)]
    if 0 < len(others) < len(given):
        raise ValueError(f"y holds {others[0]!r:.40} among texts, expected labels of one kind.")
    check_classification_targets(labels)
    return labels


def _names(classes: np.ndarray) -> list[str]:
    """The labels as the model knows them."""
    names = [str(one) for one in classes]
    if len(names) < 2:
        raise ValueError(f"y has one class, {names[0]!r:.40}, expected two or more labels.")
    for name in names:
        if not name or not name.isprintable():
            raise ValueError(f"y has the label {name!r:.40}, expected one that can be shown.")
    return names


def _train(config: TrainConfig, examples: list[Example]) -> StanceClassifier:
    """Train one model in a folder that goes with it."""
    linear = isinstance(config.model, LinearModel)
    splits = Splits(examples, [], [], "") if linear else split_off_validation(examples, config.data)
    with tempfile.TemporaryDirectory(prefix="stance-") as work:
        with contextlib.nullcontext() if linear else _same_randomness():
            train_one(config, splits, config.seed[0], Path(work), Path(work))
        return load_copy(Path(work, "best"))


@contextlib.contextmanager
def _same_randomness() -> Iterator[None]:
    """Give the generators back as they were.

    Else folds that are drawn between two fits (`ShuffleSplit` without a seed) would all be the
    same, because every fit seeds them.
    """
    import torch

    python, numpy = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng():
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
