import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from conftest import stance_rows
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForSequenceClassification

from stance import StanceClassifier
from stance.backends import OnnxBackend, TorchBackend, takes_type_ids
from stance.encoding import Encoded, pad
from stance.errors import MissingExtraError, ModelError
from stance.model_folder import load_settings, save_settings

TEXTS = [row["text"] for row in stance_rows()]


@pytest.fixture
def folder(trained_folder, tmp_path):
    shutil.copytree(trained_folder, tmp_path / "model")
    return tmp_path / "model"


def test_onnx_equals_torch(trained_folder):
    def probabilities(backend):
        model = StanceClassifier.from_pretrained(trained_folder, backend=backend, device="cpu")
        return model.predict_proba(TEXTS)

    reference = probabilities("torch")
    assert np.abs(probabilities("onnx-fp32") - reference).max() < 1e-5
    assert np.abs(probabilities("onnx-int8") - reference).max() < 0.1


def test_labelling_needs_no_torch(trained_folder):
    code = (
        "import sys\n"
        "from stance import StanceClassifier\n"
        f"StanceClassifier.from_pretrained({str(trained_folder)!r}).predict(['Een zin.'])\n"
        "StanceClassifier.from_pretrained().predict(['Een zin.'])\n"
        "print({'torch', 'transformers', 'sklearn', 'datasets', 'training'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


def test_an_unexported_model_runs_on_torch(folder):
    shutil.rmtree(folder / "onnx")
    settings = folder / "stance.json"
    settings.write_text(settings.read_text("utf-8").replace('"onnx/model_int8.onnx"', "null")
                        .replace('"onnx/model.onnx"', "null"), "utf-8")  # fmt: skip
    assert StanceClassifier.from_pretrained(folder).predict(["Een zin."])
    with pytest.raises(ModelError, match="make it with `stance export`"):
        StanceClassifier.from_pretrained(folder, backend="onnx")


def test_without_torch_both_ways_out_are_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"stance-nl\[train\].*stance export"):
        TorchBackend(folder, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backend": "tensorflow"}, "backend is 'tensorflow', expected one of onnx"),
        ({"backend": "onnx", "device": "cuda"}, "runs on the CPU only"),
        ({"backend": "torch", "device": "toaster"}, "device 'toaster' is not available"),
    ],
)
def test_wrong_options(trained_folder, options, message):
    with pytest.raises(ValueError, match=message):
        StanceClassifier.from_pretrained(trained_folder, **options)


def test_a_truncated_graph(folder):
    path = folder / "onnx" / "model.onnx"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"model\.onnx: damaged"):
        StanceClassifier.from_pretrained(folder, backend="onnx-fp32")


def test_truncated_weights(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match="weights cannot be loaded"):
        StanceClassifier.from_pretrained(folder, backend="torch")


def test_missing_weights(folder):
    (folder / "model.safetensors").unlink()
    shutil.rmtree(folder / "onnx")
    with pytest.raises(ModelError, match=r"no model\.safetensors.*train again\.$"):
        StanceClassifier.from_pretrained(folder, backend="torch")


def test_the_shipped_model_has_no_weights_for_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # installing it would not help
    message = r"no model\.safetensors, .* can be used with backend='onnx-int8' on the CPU \(onnx/"
    with pytest.raises(ModelError, match=message):
        StanceClassifier.from_pretrained(backend="torch")


def test_an_export_that_is_not_there(folder):
    (folder / "onnx" / "model_int8.onnx").unlink()
    with pytest.raises(ModelError, match=r"stance export.*'onnx-fp32'.* or backend='torch'"):
        StanceClassifier.from_pretrained(folder, backend="onnx-int8")


EMBED = ("Gather", ["table", "input_ids"], ["x"])
FLATTEN = ("Flatten", ["x"], ["logits"])


def write_graph(path, nodes, name="input_ids", kind=TensorProto.INT64, outputs=("logits",)):
    """A graph over one input, with a table of 600 rows and the number one at hand."""

    def value(name, kind):
        return helper.make_tensor_value_info(name, kind, ["rows", None])

    constants = {"table": np.ones((600, 4), np.float32), "one": np.array([1])}
    graph = helper.make_graph(
        [helper.make_node(*node) for node in nodes],
        "graph",
        [value(name, kind)],
        [value(output, TensorProto.FLOAT) for output in outputs],
        [numpy_helper.from_array(array, key) for key, array in constants.items()],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)


@pytest.mark.parametrize(
    ("nodes", "values", "message"),
    [
        ([("Gather", ["table", "ids"], ["x"]), FLATTEN], {"name": "ids"}, "takes ids tensor.int64"),
        (
            [("Identity", ["input_ids"], ["logits"])],
            {"kind": TensorProto.FLOAT},
            "takes input_ids tensor.float. and .* expected int64 tensors out of input_ids",
        ),
        (
            [EMBED, FLATTEN, ("Identity", ["logits"], ["b"])],
            {"outputs": ["logits", "b"]},
            "gives logits tensor.float., b tensor.float.; expected",
        ),
        ([EMBED, FLATTEN], {}, "gives 12 logits a text, but the model has 4 labels"),
        (
            [("Add", ["one", "input_ids"], ["n"]), ("Gather", ["table", "n"], ["x"]), FLATTEN],
            {},
            "fails on a batch .*indices element out of data bounds",
        ),
    ],
)
def test_graphs_of_others(tmp_path, capfd, nodes, values, message):
    path = tmp_path / "model.onnx"
    write_graph(path, nodes, **values)
    with pytest.raises(ModelError, match=message):
        OnnxBackend(path, 4).logits(pad([Encoded((1, 2, 599), (0, 0, 0), False)], 0))
    assert capfd.readouterr() == ("", "")


def test_weights_of_an_encoder_without_a_head(folder):
    path = folder / "model.safetensors"
    tensors = {k: v for k, v in load_file(path).items() if not k.startswith("classifier")}
    save_file(tensors, path, {"format": "pt"})
    with pytest.raises(ModelError, match="it is not a trained classifier"):
        StanceClassifier.from_pretrained(folder, backend="torch")


def test_a_graph_of_another_model(folder, trained_folder):
    settings = load_settings(folder)
    labels = (*settings.labels, "fifth")
    save_settings(replace(settings, labels=labels, conformal=()), folder)
    config = folder / "config.json"
    config.write_text(
        config.read_text("utf-8").replace('"3": "unrelated"', '"3": "unrelated", "4": "fifth"'),
        "utf-8",
    )
    with pytest.raises(ModelError, match="gives 4 logits a text, but the model has 5 labels"):
        StanceClassifier.from_pretrained(folder, backend="onnx-fp32")


def test_token_types_reach_models_that_have_them(tmp_path):
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, num_labels=2,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    assert takes_type_ids(tmp_path)
    backend = TorchBackend(tmp_path, 2, "cpu")
    one = backend.logits(pad([Encoded((1, 2, 3), (0, 0, 0), False)], 0)).labels
    two = backend.logits(pad([Encoded((1, 2, 3), (0, 0, 1), False)], 0)).labels
    assert one.shape == (1, 2)
    assert not np.allclose(one, two)


def test_robbert_has_one_token_type_and_gets_none(robbert_folder):
    assert not takes_type_ids(robbert_folder)


def outside(table, location):
    """Move a table of a graph to a file that the graph then names."""
    table.ClearField("raw_data")
    table.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "0", "length": str(600 * 16)}.items():
        entry = table.external_data.add()
        entry.key, entry.value = key, value


@pytest.mark.parametrize("location", ["../../secret.bin", "{}/secret.bin", "link.data"])
def test_a_graph_reads_no_file_outside_its_folder(tmp_path, location):
    """Older versions of onnxruntime did, which is why there is a lower bound."""
    (tmp_path / "secret.bin").write_bytes(b"\0" * 600 * 16)
    path = tmp_path / "model" / "onnx" / "model.onnx"
    path.parent.mkdir(parents=True)
    (path.parent / "link.data").symlink_to(tmp_path / "secret.bin")
    write_graph(path, [EMBED, ("ReduceMean", ["x"], ["logits"])])
    graph = onnx.load(path)
    outside(next(one for one in graph.graph.initializer if one.name == "table"),
            location.format(tmp_path))  # fmt: skip
    path.write_bytes(graph.SerializeToString())
    with pytest.raises(ModelError, match=r"model\.onnx: damaged"):
        OnnxBackend(path, 4)


def test_a_graph_may_keep_its_weights_beside_it(tmp_path):
    path = tmp_path / "model.onnx"
    (tmp_path / "weights.data").write_bytes(b"\0" * 600 * 16)
    write_graph(path, [EMBED, ("GlobalAveragePool", ["x"], ["logits"])])
    graph = onnx.load(path, load_external_data=False)
    outside(next(one for one in graph.graph.initializer if one.name == "table"), "weights.data")
    path.write_bytes(graph.SerializeToString())
    assert OnnxBackend(path, 4).name == "onnxruntime model"
