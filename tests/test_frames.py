import json
import subprocess
import sys
import warnings

import datasets
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import failed_examples
from killed_runs import HashingClassifier

from stance import StanceClassifier, frames, tables
from stance.errors import InputError
from stance.frames import label_frame

TEXTS = [
    "De sancties tegen Iran blijven.",
    None,
    "Zij wil dat embargo opheffen.",
    "  ",
    "Het regent.",
]
WHOLE = [TEXTS[0], TEXTS[2], TEXTS[4]]
NEW = [
    *("label", "score", "p_favor", "p_against", "p_neutral", "p_unrelated", "truncated"),
    *("target", "not_dutch", "holders", "rejected"),
]


@pytest.fixture(autouse=True)
def _no_bars():
    datasets.disable_progress_bars()


def as_pandas(columns):
    return pd.DataFrame(columns, index=range(10, 10 + len(columns["text"])))


def rows_of(frame):
    """The rows of any frame as Python values, None for what is missing."""
    if isinstance(frame, pd.DataFrame):
        columns = {name: frames._pandas_values(frame[name]) for name in frame}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return frame.to_dicts() if isinstance(frame, pl.DataFrame) else [dict(row) for row in frame]


FORMS = {
    "pandas": as_pandas,
    "polars": pl.DataFrame,
    "dataset": datasets.Dataset.from_dict,
    "iterable": lambda columns: datasets.Dataset.from_dict(columns).to_iterable_dataset(),
    "generator": lambda columns: datasets.IterableDataset.from_generator(
        lambda: (
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        )
    ),
}


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


def quietly(data, classifier=None, **options):
    """Label rows of which some cannot be, which a frame in memory says in a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "2 of 5 rows cannot be labelled")
        return label_frame(data, classifier or HashingClassifier(), **options)


def test_every_frame_gives_what_a_file_gives(form, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"n": i, "text": t}) + "\n" for i, t in enumerate(TEXTS)))
    job = tables.prepare(path, tmp_path / "out.jsonl", sentences=True)
    tables.run(job, HashingClassifier())
    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    rejects = (tmp_path / "out.jsonl.rejects.jsonl").read_text().splitlines()
    found = rows_of(quietly(form({"n": [*range(5)], "text": TEXTS})))
    assert [[*row] for row in found] == [["n", "text", *NEW]] * 5
    assert [row["text"] for row in found] == TEXTS
    for row, expected in zip([found[0], found[2], found[4]], written, strict=True):
        place = {"row", "sentence_index", "start", "end", "sentence"}
        assert {name: row[name] for name in expected.keys() - place} == {
            name: value for name, value in expected.items() if name not in place
        }
        assert row["rejected"] is None
    for row, line in zip([found[1], found[3]], rejects, strict=True):
        assert row["rejected"] == json.loads(line)["reason"]
        assert {row[name] for name in NEW[:-1]} == {None}


def test_every_frame_in_several_batches(form, monkeypatch):
    monkeypatch.setattr(frames, "_STREAMED", 3)
    monkeypatch.setattr(frames.chunks, "ROWS", 2)
    done = []
    columns = {"text": [f"Zin {i}." for i in range(11)]}
    found = rows_of(label_frame(form(columns), HashingClassifier(), progress=done.append))
    assert [row["p_favor"] for row in found] == [
        round(float(p), 6) for p in HashingClassifier().score(columns["text"]).probabilities[:, 0]
    ]
    assert sum(done) == 11
    assert len(done) > 3


def test_the_index_and_the_types_of_pandas(tmp_path):
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2)])
    frame = pd.DataFrame({"text": pd.Categorical(WHOLE), "n": 1}, index=index)
    found = label_frame(frame, HashingClassifier())
    assert found.index.equals(index)
    assert [*frame] == ["text", "n"]
    assert isinstance(found["text"].dtype, pd.CategoricalDtype)
    for some in (found, quietly(pd.DataFrame({"text": TEXTS}))):
        assert some["label"].dtype == some["rejected"].dtype == "str"
        assert some["p_favor"].dtype == np.float64
        assert some["truncated"].dtype == some["not_dutch"].dtype == "boolean"
    assert isinstance(found["holders"].iloc[0], list)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_whatever_pandas_takes_for_missing(missing):
    frame = pd.DataFrame({"text": [WHOLE[0], missing], "context": [missing, "Zin."]}, dtype=object)
    with pytest.warns(UserWarning, match="1 of 2 rows cannot be labelled, the first is row 2"):
        found = label_frame(frame, HashingClassifier())
    assert found["rejected"].iloc[1] == "column text is missing"
    assert pd.isna(found["label"].iloc[1])


def test_values_that_are_no_text_are_rejected():
    frame = pd.DataFrame({"text": [WHOLE[0], 3.5, ["a"]]}, index=["x", "y", "z"])
    with pytest.warns(UserWarning, match="2 of 3 rows"):
        found = label_frame(frame, HashingClassifier())
    assert found.loc["y", "rejected"] == "column text is float (3.5), expected text"
    assert found.loc["z", "rejected"] == "column text is list (['a']), expected text"


def test_a_series_becomes_a_frame():
    found = label_frame(pd.Series(WHOLE, index=[3, 1, 1]), HashingClassifier())
    assert [*found] == ["text", *NEW]
    assert found.index.tolist() == [3, 1, 1]
    assert [*label_frame(pd.Series(WHOLE, name="zin"), HashingClassifier())] == ["zin", *NEW]
    assert [*label_frame(pd.Series(WHOLE, name=0), HashingClassifier())] == ["text", *NEW]
    for name, expected in (("zin", "zin"), ("", "text")):
        assert label_frame(pl.Series(name, WHOLE), HashingClassifier()).columns[0] == expected


def test_the_types_of_polars_and_datasets():
    schema = quietly(pl.DataFrame({"text": TEXTS})).schema
    assert schema["label"] == schema["rejected"] == pl.String
    assert schema["truncated"] == pl.Boolean
    assert schema["holders"].inner.to_schema()["start"] == pl.Int64
    features = quietly(datasets.Dataset.from_dict({"text": TEXTS})).features
    assert features["holders"].feature["score"] == datasets.Value("float64")


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"text": []}),
        pl.DataFrame(schema={"text": str}),
        datasets.Dataset.from_dict({"text": []}),
    ],
)
def test_frames_without_rows(data):
    found = label_frame(data, HashingClassifier())
    names = found.column_names if isinstance(found, datasets.Dataset) else found.columns
    assert [*names] == ["text", *NEW]
    assert len(found) == 0


def test_a_stream_without_rows():
    stream = datasets.IterableDataset.from_generator(lambda: iter([]))
    assert [*label_frame(stream, HashingClassifier())] == []


def test_a_stream_is_read_as_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(frames, "_STREAMED", 4)
    read = []

    def rows():
        for i in range(100):
            read.append(i)
            yield {"text": f"Zin {i}."}

    labelled = label_frame(datasets.IterableDataset.from_generator(rows), HashingClassifier())
    assert read == []
    assert next(iter(labelled))["label"]
    assert len(read) <= 8
    assert [one["text"] for one in labelled.take(3)] == ["Zin 0.", "Zin 1.", "Zin 2."]


def test_a_selection_of_a_dataset_stays_in_its_order():
    data = datasets.Dataset.from_dict({"text": [f"Zin {i}." for i in range(9)]}).select([5, 2, 7])
    found = label_frame(data, HashingClassifier())
    assert found["text"] == ["Zin 5.", "Zin 2.", "Zin 7."]
    expected = HashingClassifier().score(found["text"]).probabilities[:, 0]
    assert [*found["p_favor"]] == pytest.approx(expected.tolist(), abs=1e-6)


@pytest.mark.parametrize("form", ["numpy", "pandas", "arrow", "polars"])
def test_a_dataset_may_be_given_out_in_another_form(form):
    data = datasets.Dataset.from_dict({"text": TEXTS, "n": [1, 2, 3, 4, 5]})
    found = quietly(data.with_format(form, columns=["text"]))
    assert found.format["type"] == form
    assert found.format["columns"] == ["text", *NEW]
    assert rows_of(found.with_format(None)) == rows_of(quietly(data))


def read(data):
    """Read a stream; other frames are labelled at once."""
    return [*data] if isinstance(data, datasets.IterableDataset) else data


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"zin": WHOLE}, {}, "the frame has no column 'text'; it has zin. Name the right one"),
        ({"text": WHOLE}, {"context": "ervoor"}, "no column 'ervoor'"),
        ({"text": WHOLE, "label": WHOLE}, {}, "a column 'label' already, where labels are to"),
        ({"text": WHOLE, "rejected": WHOLE, "score": WHOLE}, {}, "'score', 'rejected' already"),
        ({"text": [None, ""]}, {}, r"none of 2 rows can be labelled \(row 1: column text is miss"),
    ],
)
@pytest.mark.filterwarnings("ignore:This model reads no context")
def test_frames_that_cannot_be_labelled(form, columns, options, message):
    lazy = form in (FORMS["iterable"], FORMS["generator"])
    if lazy and columns == {"text": [None, ""]}:
        found = [*label_frame(form(columns), HashingClassifier())]
        assert [one["rejected"] for one in found] == [
            "column text is missing",
            "column text is empty",
        ]
        return
    data = pd.DataFrame(columns) if form is FORMS["pandas"] else form(columns)
    with pytest.raises(InputError, match=message):
        read(label_frame(data, HashingClassifier(), **options))


def test_a_column_name_that_stands_twice():
    frame = pd.DataFrame([["a", "b"]], columns=["text", "text"])
    with pytest.raises(InputError, match="several columns 'text'"):
        label_frame(frame, HashingClassifier())


@pytest.mark.parametrize(
    "data", [["een zin"], "een zin", None, pl.LazyFrame({"text": ["a"]}), pa.table({"text": ["a"]})]
)
def test_what_is_no_frame(data):
    with pytest.raises(TypeError, match="expected a DataFrame or Series of pandas or polars"):
        label_frame(data, HashingClassifier())


def test_a_subclass_is_a_frame_too():
    class Archive(pd.DataFrame):
        @property
        def _constructor(self):
            return Archive

    assert type(label_frame(Archive({"text": WHOLE}), HashingClassifier())) is Archive


def test_contexts_reach_the_model(trained_folder):
    classifier = StanceClassifier.from_pretrained(trained_folder)
    contexts = ["Gisteren ging het in de Kamer over Mali.", None, ""]
    frame = pd.DataFrame({"zin": WHOLE, "ervoor": contexts})
    found = label_frame(frame, classifier, text="zin", context="ervoor")
    expected = classifier.predict_proba(WHOLE, [one or "" for one in contexts])
    assert found["p_favor"].tolist() == pytest.approx(expected[:, 0].tolist(), abs=1e-6)
    assert not np.allclose(found["p_favor"], label_frame(frame, classifier, text="zin")["p_favor"])
    assert "holders" not in found  # this model does not tell them


def test_a_context_that_the_model_does_not_read():
    frame = pd.DataFrame({"text": WHOLE, "ervoor": WHOLE})
    with pytest.warns(UserWarning, match="reads no context; 'ervoor' only serves to find targets"):
        label_frame(frame, HashingClassifier(), context="ervoor")


def test_only_the_package_of_the_frame_is_imported():
    code = (
        "import sys, polars as pl\n"
        "from stance import StanceClassifier\nfrom stance.frames import label_frame\n"
        "classifier = StanceClassifier.from_pretrained()\n"
        "print(label_frame(pl.Series(['Het regent.']), classifier)['label'].to_list())\n"
        "print(sorted({'pandas', 'datasets', 'torch', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "['unrelated']\n[]\n", done.stderr


def test_the_examples_of_the_docs_are_true():
    assert failed_examples("frames.md") == 0
