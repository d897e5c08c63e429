"""What scikit-learn calls X as texts and contexts."""

from collections.abc import Iterable
from typing import Any

import numpy as np


def read_columns(values: Any) -> tuple[list[str], list[str] | None]:
    """Take texts, or texts and contexts, from a sequence, an array or a frame.

    Args:
        values: a sequence of texts; or a frame, a 2-D array or a sequence of pairs, of which the
            first column is the text and the second the sentence before it.

    Returns:
        The texts; and the contexts, "" for a missing one, or None if there is one column only.

    Raises:
        TypeError: if it is one string, or a text or a context is none.
        ValueError: if it is empty or has another number of columns.
    """
    if isinstance(values, str):
        raise TypeError("X is one string, expected a sequence of texts: [text].")
    if hasattr(values, "to_numpy"):  # pandas, polars, pyarrow
        values = values.to_numpy()
    if not isinstance(values, Iterable):
        found = f"{type(values).__name__} ({values!r:.40})"
        raise TypeError(f"X is {found}, expected a sequence of texts.")
    rows = list(values)
    if not rows:
        raise ValueError("X is empty: 0 sample(s), expected 1 or more texts.")
    if not isinstance(rows[0], list | tuple | np.ndarray):
        return [_text(row, f"X[{i}]") for i, row in enumerate(rows)], None
    widths = {len(row) if isinstance(row, list | tuple | np.ndarray) else 0 for row in rows}
    if widths not in ({1}, {2}):
        found = " and ".join(map(str, sorted(widths)))
        raise ValueError(f"X has rows of {found} columns, expected text, or text and context.")
    texts = [_text(row[0], f"X[{i}][0]") for i, row in enumerate(rows)]
    if widths == {1}:
        return texts, None
    return texts, [
        "" if _is_missing(row[1]) else _text(row[1], f"X[{i}][1]") for i, row in enumerate(rows)
    ]


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise TypeError(
            f"{place} is {type(value).__name__} ({value!r:.40}), expected a string; "
            "drop or fill missing values first."
        )
    return str(value)  # not numpy's own kind of string


def _is_missing(value: Any) -> bool:
    """Whether a context is None, NaN or the NA of pandas, as frames have it for no value."""
    not_a_number = isinstance(value, float) and np.isnan(value)
    return value is None or not_a_number or type(value).__name__ == "NAType"
