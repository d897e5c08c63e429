"""Frames of pandas, polars and datasets with labels: the same rows out, with more columns.

None of the three is a dependency: they are imported only where one of their objects is given.
"""

import warnings
from collections.abc import Callable
from typing import Any, Final

from stance import chunks
from stance.classifier import StanceClassifier
from stance.row_labels import Progress, RowLabels, Values
from stance.writers import arrow_schema

_STREAMED: Final = 256
"""Rows that a streaming dataset gathers: few enough to see the first labels soon."""


def label_frame(
    data: Any,
    classifier: StanceClassifier,
    *,
    text: str = "text",
    context: str | None = None,
    progress: Progress | None = None,
) -> Any:
    """Label every row of a frame as one sentence.

    The columns that are added are those of ``stance label``: ``label``, ``score``, ``p_favor`` and
    so on, ``truncated``, ``target``, ``not_dutch``, and ``holders`` if the model tells them; and
    ``rejected``. A row that ``stance label`` would reject (no text, or none that is a string) stays
    in its place: its new columns are empty, and ``rejected`` says why.

    Args:
        data: a pandas or polars DataFrame or Series, or a Dataset or IterableDataset of datasets.
        classifier: the model.
        text: the column with the sentences; the name of the first column of the result for a
            Series that has none.
        context: the column with the sentence before each; empty where there is none.
        progress: called with the number of rows after each batch of up to 2,000.

    Returns:
        The same kind of frame, with its rows in their order, its index and its columns; of a
        Series, a frame with the Series as its first column. An IterableDataset is labelled while
        it is read, 256 rows at a time, and again whenever it is.

    Raises:
        TypeError: if `data` is none of these.
        InputError: if a column is missing, one of the new columns exists, or no row can be
            labelled; of an IterableDataset that does not know its columns, when it is read.
    """
    kind = _kind(data)
    if kind is None:
        raise TypeError(
            f"data is {type(data).__name__}, expected a DataFrame or Series of pandas or polars, "
            "or a Dataset or IterableDataset of datasets (of a DatasetDict, give a split; of a "
            "LazyFrame, what collect() gives). For a list of sentences use classifier.predict."
        )
    if kind[1] == "Series":
        text = data.name if data.name and isinstance(data.name, str) else text
        data = data.to_frame(text)
    labels = RowLabels(classifier, text, context, progress)
    if context is not None and not classifier.uses_context:
        warnings.warn(
            f"This model reads no context; {context!r} only serves to find targets.", stacklevel=2
        )
    labelled = _FORMS[kind](data, labels)
    if rejects := labels.rejects():
        warnings.warn(rejects, stacklevel=2)
    return labelled


def _kind(data: Any) -> tuple[str, str] | None:
    """Package and class of a frame, found by name, since the package may not be installed."""
    for one in type(data).__mro__:
        kind = one.__module__.partition(".")[0], one.__name__
        if kind in _FORMS:
            return kind
    return None


def _pandas_frame(frame: Any, labels: RowLabels) -> Any:
    import pandas as pd

    labels.check(frame.columns)
    values = {name: _pandas_values(frame[name]) for name in labels.read}
    text: Any = pd.StringDtype(na_value=float("nan"))  # what pandas 3 itself makes of text
    kinds = {str: text, bool: "boolean", float: "float64"}
    labelled = {
        name: pd.Series(said, index=frame.index, dtype=kinds.get(labels.types[name], "object"))
        for name, said in labels.label(values).items()
    }
    return frame.assign(**labelled)


def _pandas_values(series: Any) -> list[Any]:
    """Values with None for all that pandas takes for missing."""
    pairs = zip(series.tolist(), series.isna(), strict=True)
    return [None if missing else value for value, missing in pairs]


def _polars_frame(frame: Any, labels: RowLabels) -> Any:
    import polars as pl

    labels.check(frame.columns)
    values = {name: frame[name].to_list() for name in labels.read}
    schema = pl.Schema(arrow_schema(labels.types))
    return frame.hstack(pl.DataFrame(labels.label(values), schema))


def _dataset(data: Any, labels: RowLabels) -> Any:
    from datasets import Dataset
    from datasets.fingerprint import generate_random_fingerprint

    labels.check(data.column_names)
    features = _features(data, labels)
    if not len(data):  # map would leave it without the columns
        return Dataset.from_dict({name: [] for name in features}, features=features)
    shown = data.format  # as what its rows are given out; they are read as plain values
    labelled = data.with_format(None).map(
        labels.label,
        batched=True,
        batch_size=chunks.ROWS,
        features=features,
        desc="labelling",
        # A model has no hash that datasets could find results of another run by.
        new_fingerprint=generate_random_fingerprint(),
        load_from_cache_file=False,
    )
    shown["columns"] = [*shown["columns"], *labels.types]
    return labelled.with_format(
        **{name: value for name, value in shown.items() if name != "format_kwargs"},
        **shown["format_kwargs"],
    )


def _iterable_dataset(data: Any, labels: RowLabels) -> Any:
    def label(batch: Values) -> dict[str, list[Any]]:
        labels.check(batch)
        return labels.label(batch)

    if data.column_names is not None:
        labels.check(data.column_names)
    features = None if data.features is None else _features(data, labels)
    return data.map(label, batched=True, batch_size=_STREAMED, features=features)


def _features(data: Any, labels: RowLabels) -> Any:
    from datasets import Features

    return Features({**data.features, **Features.from_arrow_schema(arrow_schema(labels.types))})


_FORMS: Final[dict[tuple[str, str], Callable[[Any, RowLabels], Any]]] = {
    ("pandas", "DataFrame"): _pandas_frame,
    ("pandas", "Series"): _pandas_frame,
    ("polars", "DataFrame"): _polars_frame,
    ("polars", "Series"): _polars_frame,
    ("datasets", "Dataset"): _dataset,
    ("datasets", "IterableDataset"): _iterable_dataset,
}
