import json
import shutil

import numpy as np
import pytest
from conftest import stance_rows
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from sklearn.feature_extraction.text import TfidfVectorizer

from stance.errors import ModelError
from stance.linear import LinearModel, NgramBlock

TEXTS = st.text(alphabet="aB éÉ.0_-\n\tß'", max_size=30)


@pytest.mark.parametrize(("analyzer", "ngrams"), [("word", (1, 2)), ("char_wb", (3, 5))])
@given(text=TEXTS)
def test_ngrams_are_those_of_scikit_learn(text, analyzer, ngrams):
    theirs = TfidfVectorizer(analyzer=analyzer, ngram_range=ngrams).build_analyzer()
    ours = NgramBlock("text", analyzer, ngrams, {})
    assert sorted(ours.ngrams(text)) == sorted(theirs(text))


def test_it_reads_texts_without_a_known_ngram(linear_folder):
    model = LinearModel.from_folder(linear_folder, 4)
    logits = model.logits(["", "€€€"], ["", ""])
    assert logits.shape == (2, 4)
    assert logits.dtype == np.float32
    assert (logits[0] == logits[1]).all()


def test_the_context_counts(linear_folder):
    model = LinearModel.from_folder(linear_folder, 4)
    text = stance_rows()[0]["text"]
    one, two = model.logits([text, text], ["", "Gisteren ging het in de Kamer over Mali."])
    assert not np.allclose(one, two)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "linear.safetensors").unlink(), "no linear.safetensors"),
        (lambda f: (f / "linear.safetensors").write_bytes(b"x" * 40), "damaged"),
        (lambda f: (f / "linear.json").unlink(), "no linear.json"),
        (lambda f: (f / "linear.json").write_text("{}"), r"linear\.json: damaged"),
        (lambda f: (f / "linear.json").write_text('{"blocks": [3]}'), r"linear\.json: damaged"),
        (lambda f: (f / "linear.json").write_text('{"blocks": []}'), "they are of two models"),
        (
            lambda f: save_file({"idf": np.zeros(1)}, f / "linear.safetensors"),
            "damaged",
        ),
    ],
)
def test_damage_is_explained(linear_folder, tmp_path, damage, message):
    folder = tmp_path / "model"
    shutil.copytree(linear_folder, folder)
    damage(folder)
    with pytest.raises(ModelError, match=message):
        LinearModel.from_folder(folder, 4)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("field", "title"),
        ("field", None),
        ("analyzer", ["word"]),
        ("ngram_range", [1, 10**9]),
        ("ngram_range", [2, 1]),
        ("ngram_range", [0, 1]),
        ("ngram_range", [True, 2]),
        ("ngram_range", [1.0, 2]),
        ("ngram_range", "12"),
        ("vocabulary", {"de": 0}),
        ("vocabulary", ["de", "de"]),
        ("vocabulary", ["de", ["een"]]),
    ],
)
def test_a_block_that_makes_no_sense(linear_folder, tmp_path, key, value):
    folder = tmp_path / "model"
    shutil.copytree(linear_folder, folder)
    content = json.loads((folder / "linear.json").read_text("utf-8"))
    content["blocks"][1][key] = value
    (folder / "linear.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(ModelError, match=rf"linear\.json: damaged \(blocks\[1\]\.{key} is "):
        LinearModel.from_folder(folder, 4)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("weights", lambda a: a * np.nan),
        ("weights", lambda a: a * 1e300),
        ("weights", lambda a: a.astype(np.int64)),
        ("idf", lambda a: a * 0),
        ("idf", lambda a: a + np.inf),
        ("intercept", lambda a: -np.inf + a),
        ("intercept", lambda a: a.astype(np.complex64)),
    ],
)
def test_weights_that_make_no_sense(linear_folder, tmp_path, name, change):
    folder = tmp_path / "model"
    shutil.copytree(linear_folder, folder)
    path = folder / "linear.safetensors"
    tensors = load_file(path)
    save_file(tensors | {name: change(tensors[name])}, path)
    with pytest.raises(ModelError, match=rf"linear\.safetensors: damaged \({name} "):
        LinearModel.from_folder(folder, 4)


@pytest.mark.parametrize(
    ("dtype", "shape"), [("F64", [2**62, 0]), ("F64", [2**62, 8]), ("F8_E4M3", [0]), ("BF16", [0])]
)
def test_sizes_and_types_that_numpy_does_not_know(linear_folder, tmp_path, dtype, shape):
    folder = tmp_path / "model"
    shutil.copytree(linear_folder, folder)
    header = json.dumps({"idf": {"dtype": dtype, "shape": shape, "data_offsets": [0, 0]}}).encode()
    data = len(header).to_bytes(8, "little") + header
    (folder / "linear.safetensors").write_bytes(data)
    with pytest.raises(ModelError, match=r"linear\.safetensors: damaged"):
        LinearModel.from_folder(folder, 4)


def test_the_files_are_plain_json_and_safetensors(linear_folder):
    content = json.loads((linear_folder / "linear.json").read_text("utf-8"))
    assert {block["field"] for block in content["blocks"]} == {"text", "context"}
    assert not [*linear_folder.glob("*.pkl")]
