import numpy as np
import onnxruntime
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from training.graphs import write_fp32, write_int8


@pytest.fixture(scope="module")
def graphs(trained_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("graphs")
    write_fp32(trained_folder, folder / "fp32.onnx")
    write_int8(folder / "fp32.onnx", folder / "int8.onnx", folder)
    return folder


@pytest.mark.parametrize(("name", "tolerance"), [("fp32", 1e-4), ("int8", 0.5)])
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


def test_int8_is_smaller(graphs):
    assert (graphs / "int8.onnx").stat().st_size < 0.6 * (graphs / "fp32.onnx").stat().st_size
