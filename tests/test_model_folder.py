import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from conftest import LABELS
from hypothesis import given
from hypothesis import strategies as st

from stance import StanceClassifier, model_folder
from stance.errors import ModelError
from stance.model_folder import (
    ModelSettings,
    digest,
    existing_folder,
    load_settings,
    save_settings,
)


@pytest.fixture
def folder(trained_folder, tmp_path):
    shutil.copytree(trained_folder, tmp_path / "model")
    return tmp_path / "model"


def change(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def test_settings_round_trip(tmp_path):
    settings = ModelSettings("linear", ("voor", "tegen"), "previous", 77, None)
    save_settings(settings, tmp_path)
    assert load_settings(tmp_path) == settings


@given(
    st.floats(0.05, 20),
    st.dictionaries(st.floats(0.01, 0.99), st.tuples(*[st.floats(0, 1)] * len(LABELS)), max_size=5),
)
def test_a_calibration_round_trip(temperature, thresholds):
    conformal = tuple(sorted(thresholds.items()))
    settings = ModelSettings("linear", LABELS, temperature=temperature, conformal=conformal)
    with tempfile.TemporaryDirectory() as folder:
        save_settings(settings, Path(folder))
        assert load_settings(Path(folder)) == settings


def test_folders_of_before_calibration(folder):
    path = folder / "stance.json"
    content = json.loads(path.read_text("utf-8"))
    assert content.pop("temperature") > 0
    assert content.pop("conformal") is not None
    path.write_text(json.dumps(content), "utf-8")
    settings = load_settings(folder)
    assert (settings.temperature, settings.conformal) == (1.0, ())
    assert StanceClassifier.from_pretrained(folder).predict(["Een zin."])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"format": 99}, "format 99, expected 1"),
        ({"kind": "oracle"}, "kind is 'oracle', which is not valid"),
        ({"labels": ["one"]}, "labels is"),
        ({"labels": ["a", "a"]}, "labels is"),
        ({"labels": "abcd"}, "labels is"),
        ({"labels": ["a", "b\x1b[31m"]}, "labels is"),
        ({"context": "next"}, "context is 'next'"),
        ({"max_length": "long"}, "max_length is 'long'"),
        ({"max_length": 3}, "max_length is 3"),
        ({"onnx": "../../secret.onnx"}, r"onnx is '\.\./\.\./secret\.onnx', which is not valid"),
        ({"temperature": 0}, "temperature is 0, which is not valid"),
        ({"temperature": -1.0}, "temperature is -1"),
        ({"temperature": True}, "temperature is True"),
        ({"temperature": "warm"}, "temperature is 'warm'"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"temperature": 1e9}, "temperature is 1000000000.0"),
        ({"conformal": [0.9]}, "conformal is"),
        ({"conformal": {"often": [0.5] * 4}}, "conformal is"),
        ({"conformal": {"1.5": [0.5] * 4}}, "conformal is"),
        ({"conformal": {"nan": [0.5] * 4}}, "conformal is"),
        ({"conformal": {"0.9": [0.5] * 3}}, "conformal is"),
        ({"conformal": {"0.9": [0.5, 0.5, 0.5, 1.5]}}, "conformal is"),
        ({"conformal": {"0.9": [0.5, 0.5, 0.5, None]}}, "conformal is"),
        ({"conformal": {"0.9": 0.5}}, "conformal is"),
        ({"conformal": None}, "conformal is"),
        ({"max_length": 5000}, "has max_length 5000, the model of config.json takes 512 tokens"),
        ({"labels": ["w", "x", "y", "z"]}, "the files are of two different models"),
    ],
)
def test_settings_that_make_no_sense(folder, values, message):
    change(folder / "stance.json", **values)
    with pytest.raises(ModelError, match=message):
        load_settings(folder)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "\0", "3", "null", "[" * 100_000, '{"a": ' + "9" * 5000 + "}"]
)
@pytest.mark.parametrize("name", ["stance.json", "config.json", "tokenizer_config.json"])
def test_files_that_are_no_json_object(folder, name, content):
    (folder / name).write_text(content, "utf-8")
    with pytest.raises(ModelError, match=name):
        StanceClassifier.from_pretrained(folder)


@pytest.mark.parametrize("name", ["stance.json", "tokenizer.json", "onnx/model.onnx"])
def test_a_pipe_in_the_place_of_a_file_does_not_hang(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(ModelError, match="is no regular file"):
        load_settings(folder)


def test_links_that_lead_out_of_the_folder_are_refused(folder, tmp_path):
    shutil.move(folder / "config.json", tmp_path / "elsewhere.json")
    (folder / "config.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(ModelError, match=r"config\.json: is a link to .*outside the model folder"):
        load_settings(folder)


def test_links_within_the_folder_and_to_it_are_fine(folder, tmp_path):
    shutil.move(folder / "config.json", folder / "c.json")
    (folder / "config.json").symlink_to("c.json")
    (tmp_path / "link").symlink_to(folder)
    assert load_settings(tmp_path / "link")


def test_the_cache_of_the_hub_links_to_its_blobs(folder, tmp_path):
    snapshot = tmp_path / "snapshots" / "main"
    (tmp_path / "blobs").mkdir()
    shutil.copytree(folder, snapshot)
    shutil.move(snapshot / "config.json", tmp_path / "blobs" / "1234")
    (snapshot / "config.json").symlink_to("../../blobs/1234")
    assert load_settings(snapshot) == load_settings(folder)


@pytest.mark.parametrize("positions", ["512", -5, 0, None, [], True, 512.0])
def test_positions_that_make_no_sense(folder, positions):
    change(folder / "config.json", max_position_embeddings=positions)
    with pytest.raises(ModelError, match="max_position_embeddings is"):
        load_settings(folder)
    (folder / "stance.json").unlink()
    (folder / "train_config.yaml").unlink()
    with pytest.raises(ModelError, match="max_position_embeddings is"):
        load_settings(folder)


@pytest.mark.parametrize(("positions", "longest"), [(10**12, 512), (130, 128)])
def test_unusual_positions_of_a_plain_folder(folder, positions, longest):
    change(folder / "config.json", max_position_embeddings=positions)
    (folder / "stance.json").unlink()
    (folder / "train_config.yaml").unlink()
    assert load_settings(folder).max_length == longest


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer_config.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        StanceClassifier.from_pretrained(folder)


def test_a_plain_transformers_folder_is_read_with_defaults(folder):
    (folder / "stance.json").unlink()
    (folder / "train_config.yaml").unlink()
    settings = load_settings(folder)
    assert settings.context == "none"
    assert settings.labels == ("favor", "against", "neutral", "unrelated")
    assert settings.max_length == 512  # 514 positions
    assert StanceClassifier.from_pretrained(folder, device="cpu").predict(["Een zin."])


@pytest.mark.parametrize(
    "id2label", [None, [], {}, {"a": "b"}, {"0": "one"}, {"0": "same", "1": "same"}]
)
def test_a_plain_folder_of_another_task(folder, id2label):
    (folder / "stance.json").unlink()
    (folder / "train_config.yaml").unlink()
    change(folder / "config.json", id2label=id2label)
    with pytest.raises(ModelError, match="no usable id2label"):
        load_settings(folder)


def test_paths_that_are_no_folder(tmp_path):
    with pytest.raises(ModelError, match="no such model folder"):
        existing_folder(tmp_path / "x")
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="is a file"):
        existing_folder(tmp_path / "file")
    with pytest.raises(ModelError, match="cannot be opened"):
        existing_folder("~nobody-of-this-name/model")
    with pytest.raises(ModelError, match="cannot be opened"):
        existing_folder("x" * 5000)
    assert existing_folder(None).is_dir()


def test_the_digest_follows_what_decides_the_answers(folder):
    before = digest(folder, load_settings(folder))
    (folder / "README.md").write_text("another card", "utf-8")
    assert digest(folder, load_settings(folder)) == before
    change(folder / "stance.json", max_length=32)
    assert digest(folder, load_settings(folder)) != before


def test_the_digest_of_a_linear_model(linear_folder):
    assert len(digest(linear_folder, load_settings(linear_folder))) == 64


def test_a_trained_folder_that_lost_its_settings(folder):
    (folder / "stance.json").unlink()
    with pytest.raises(ModelError, match=r"no stance\.json, which `stance train` writes"):
        load_settings(folder)


def test_a_file_of_a_size_that_no_model_has(folder, monkeypatch):
    monkeypatch.setattr(model_folder, "_LARGEST_JSON", 5000)
    with pytest.raises(ModelError, match=r"tokenizer\.json: is larger than 5,000 bytes"):
        load_settings(folder)


def test_a_folder_that_names_no_graph_has_none(folder):
    path = folder / "stance.json"
    content = json.loads(path.read_text("utf-8"))
    del content["onnx"]
    path.write_text(json.dumps(content), "utf-8")
    assert load_settings(folder).onnx is None
