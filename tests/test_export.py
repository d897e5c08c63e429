import json
import shutil
from dataclasses import replace

import numpy as np
import onnx
import pytest
import yaml

from stance import StanceClassifier
from stance.encoding import pad
from stance.errors import InputError, ModelError, OutputError
from stance.model_folder import load_settings
from training import export as module
from training.export import export


@pytest.fixture
def folder(trained_folder, tmp_path):
    shutil.copytree(trained_folder, tmp_path / "model")
    return tmp_path / "model"


def report_of(folder):
    return json.loads((folder / "onnx" / "report.json").read_text("utf-8"))


def test_the_report_says_what_was_measured(trained_folder):
    report = report_of(trained_folder)
    assert report["n"] == 16
    assert report["fp32"]["agreement"] == 1.0
    assert report["fp32"]["macro_f1"] == report["torch_macro_f1"]
    assert 0 <= report["int8"]["agreement"] <= 1
    assert report["int8"]["megabytes"] < report["fp32"]["megabytes"]
    assert report["fp32"]["same_label_alone"] == 1.0
    assert report["fp32"]["largest_move_alone"] < 1e-5
    assert report["default"] in ("fp32", "int8")
    assert load_settings(trained_folder).onnx == report[report["default"]]["file"]


def test_the_graphs_are_whole_and_take_any_shape(trained_folder):
    for name in ("model.onnx", "model_int8.onnx"):
        graph = onnx.load(trained_folder / "onnx" / name).graph
        for one in graph.input:
            assert [bool(dim.dim_param) for dim in one.type.tensor_type.shape.dim] == [True, True]
    assert sorted(path.name for path in (trained_folder / "onnx").iterdir()) == [
        "model.onnx",
        "model_int8.onnx",
        "report.json",
    ]


@pytest.mark.parametrize(
    ("limit", "default", "method"),
    [
        ({}, "int8", "dynamic"),
        # What activations that are rounded by the largest of a batch do not keep.
        ({"MOST_MOVED": 1e-5}, "int8", "rows"),
        ({"MOST_LOST": -1.0}, "fp32", "weights"),
        ({"LEAST_AGREEMENT": 1.1}, "fp32", "weights"),
        ({"LEAST_STABLE": 1.1}, "fp32", "weights"),
        ({"MOST_MOVED": -1.0}, "fp32", "weights"),
    ],
)
def test_int8_is_the_default_only_within_its_limits(folder, monkeypatch, limit, default, method):
    easy = {"LEAST_AGREEMENT": 0.0, "MOST_LOST": 1.0, "LEAST_STABLE": 0.0, "MOST_MOVED": 1.0}
    for name, value in (easy | limit).items():
        monkeypatch.setattr(module, name, value)
    report = export(folder)
    assert (report["default"], report["int8"]["method"]) == (default, method)
    assert report == report_of(folder)
    assert load_settings(folder).onnx == report[default]["file"]
    assert StanceClassifier.from_pretrained(folder).predict(["Een zin."])


def test_a_folder_where_a_graph_goes(folder):
    (folder / "onnx" / "model.onnx").unlink()
    (folder / "onnx" / "model.onnx").mkdir()
    with pytest.raises(ModelError, match=r"onnx/model\.onnx: is no regular file"):
        export(folder)


def test_a_file_where_the_folder_goes(folder, monkeypatch):
    """Named, and left as it is."""
    monkeypatch.setattr(module, "write_fp32", lambda _, path: path.touch())
    monkeypatch.setattr(module, "write_int8", lambda _, path, *__: path.touch())
    shutil.rmtree(folder / "onnx")
    (folder / "onnx").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match=r"onnx.*cannot be written"):
        export(folder)
    assert (folder / "onnx").exists()


@pytest.mark.parametrize("content", ["[]", "{}", '{"data": 3}', "{"])
def test_damaged_metrics(folder, content):
    (folder / "metrics.json").write_text(content, "utf-8")
    with pytest.raises(ModelError, match=r"metrics\.json"):
        export(folder)


def test_padding_that_matters_would_show(folder, monkeypatch):
    """The unpadded run differs from the padded one exactly if the graph minds its padding."""

    def careless(batch, pad_id):
        arrays = pad(batch, pad_id)
        return arrays | {"attention_mask": np.ones_like(arrays["attention_mask"])}

    examples = [
        replace(one, text=" ".join([one.text] * (1 + i % 3)))
        for i, one in enumerate(module._splits(folder).validation)
    ]
    settings = load_settings(folder)
    assert module._Check(folder, examples, settings).measure("fp32")["largest_move_alone"] < 1e-5
    monkeypatch.setattr("stance.classifier.pad", careless)
    assert module._Check(folder, examples, settings).measure("fp32")["largest_move_alone"] > 1e-4


def test_a_linear_model_needs_none(linear_folder):
    with pytest.raises(ModelError, match="needs no export"):
        export(linear_folder)


def test_a_folder_trained_elsewhere(folder):
    (folder / "train_config.yaml").unlink()
    with pytest.raises(ModelError, match=r"no train_config\.yaml"):
        export(folder)


def test_data_that_changed_since_training(folder, tmp_path, stance_file):
    other = tmp_path / "other.jsonl"
    other.write_text(stance_file.read_text("utf-8") + "\n", "utf-8")
    path = folder / "train_config.yaml"
    config = yaml.safe_load(path.read_text("utf-8"))
    config["data"]["files"] = [str(other)]
    path.write_text(yaml.safe_dump(config), "utf-8")
    with pytest.raises(InputError, match="have changed since training"):
        export(folder)


def test_an_architecture_that_cannot_be_exported(folder, monkeypatch):
    def fail(*_):
        raise NotImplementedError("aten::strange is not supported\nat line 3")

    monkeypatch.setattr(module, "write_fp32", fail)
    message = r"model: this model cannot be written as ONNX \(aten::strange is not supported\); it"
    with pytest.raises(ModelError, match=message):
        export(folder)
    assert StanceClassifier.from_pretrained(folder, backend="torch").predict(["Een zin."])
