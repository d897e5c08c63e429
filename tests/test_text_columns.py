import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from training.text_columns import read_columns


@pytest.mark.parametrize(
    "values",
    [
        ["een", "twee"],
        ("een", "twee"),
        np.array(["een", "twee"]),
        np.array([["een"], ["twee"]], object),
        pd.Series(["een", "twee"], index=[7, 7]),
        pd.DataFrame({"tekst": ["een", "twee"]}),
        pl.Series(["een", "twee"]),
        pa.chunked_array([["een"], ["twee"]]),
        iter(["een", "twee"]),
    ],
)
def test_texts(values):
    texts, contexts = read_columns(values)
    assert texts == ["een", "twee"]
    assert {type(text) for text in texts} == {str}
    assert contexts is None


@pytest.mark.parametrize(
    "values",
    [
        [("een", ""), ["twee", "voor"]],
        np.array([["een", ""], ["twee", "voor"]]),
        pd.DataFrame({"a": ["een", "twee"], "b": [None, "voor"]}),
        pd.DataFrame({"a": ["een", "twee"], "b": [float("nan"), "voor"]}, dtype=object),
        pd.DataFrame({"a": ["een", "twee"], "b": [pd.NA, "voor"]}, dtype="string"),
        pl.DataFrame({"a": ["een", "twee"], "b": [None, "voor"]}),
    ],
)
def test_texts_and_contexts(values):
    assert read_columns(values) == (["een", "twee"], ["", "voor"])


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ("een zin", TypeError, r"one string, expected a sequence of texts: \[text\]"),
        (7, TypeError, r"X is int \(7\), expected a sequence"),
        (None, TypeError, "X is NoneType"),
        ([], ValueError, r"X is empty: 0 sample\(s\)"),
        (["een", None], TypeError, r"X\[1\] is NoneType \(None\), expected a string; drop or fill"),
        (pd.Series(["een", None]), TypeError, r"X\[1\] is float \(nan\)"),
        ([("een", ""), (None, "")], TypeError, r"X\[1\]\[0\] is NoneType"),
        ([("een", 3)], TypeError, r"X\[0\]\[1\] is int \(3\)"),
        ([("een", ""), ("twee",)], ValueError, "rows of 1 and 2 columns"),
        ([("een", ""), "twee"], ValueError, "rows of 0 and 2 columns"),
        (["een", ("twee", "")], TypeError, r"X\[1\] is tuple"),
        ([("a", "b", "c")], ValueError, "rows of 3 columns, expected text, or text and context"),
        ([[1.5, 2.0]], TypeError, r"X\[0\]\[0\] is float"),
    ],
)
def test_what_is_no_text(values, error, message):
    with pytest.raises(error, match=message):
        read_columns(values)
