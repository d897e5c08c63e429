import numpy as np
import onnxruntime
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from training.graphs import INT8_METHODS, prepare_int8, write_fp32, write_int8


@pytest.fixture(scope="module")
def graphs(trained_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("graphs")
    write_fp32(trained_folder, folder / "fp32.onnx")
    prepare_int8(folder / "fp32.onnx", folder / "prepared.onnx")
    for method in INT8_METHODS:
        write_int8(folder / "prepared.onnx", folder / f"{method}.onnx", method)
    return folder


@pytest.mark.parametrize(
    ("name", "tolerance"), [("fp32", 1e-4), ("dynamic", 0.5), ("weights", 0.1)]
)
@pytest.mark.parametrize("shape", [(1, 3), (5, 17)])
def test_graphs_compute_what_torch_does_for_any_batch_and_length(
    graphs, trained_folder, name, tolerance, shape
):
    rng = np.random.default_rng(0)
    ids = rng.integers(5, 300, shape)
    mask = np.ones_like(ids)
    session = onnxruntime.InferenceSession(graphs / f"{name}.onnx")
    (found,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    model = AutoModelForSequenceClassification.from_pretrained(trained_folder).eval()
    with torch.no_grad():
        wanted = model(torch.from_numpy(ids), torch.from_numpy(mask)).logits.numpy()
    assert np.abs(found - wanted).max() < tolerance


@pytest.mark.parametrize("method", INT8_METHODS)
def test_int8_is_smaller(graphs, method):
    whole = (graphs / "fp32.onnx").stat().st_size
    assert (graphs / f"{method}.onnx").stat().st_size < 0.7 * whole


def test_rounded_weights_do_not_mind_the_company(graphs):
    """The same row alone, and beside one with far larger states."""
    session = onnxruntime.InferenceSession(graphs / "weights.onnx")
    ids = np.random.default_rng(0).integers(5, 300, (8, 12))
    mask = np.ones_like(ids)
    (together,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    (alone,) = session.run(None, {"input_ids": ids[:1], "attention_mask": mask[:1]})
    assert np.abs(together[:1] - alone).max() < 1e-4
