import numpy as np
import onnxruntime
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from training.graphs import INT8_METHODS, write_fp32, write_int8


def random_batch(shape):
    ids = np.random.default_rng(0).integers(5, 300, shape)
    return {"input_ids": ids, "attention_mask": np.ones_like(ids)}


@pytest.fixture(scope="module")
def graphs(trained_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("graphs")
    write_fp32(trained_folder, folder / "fp32.onnx")
    for method in INT8_METHODS:
        write_int8(folder / "fp32.onnx", folder / f"{method}.onnx", method, [random_batch((8, 12))])
    return folder


@pytest.mark.parametrize(
    ("name", "tolerance"), [("fp32", 1e-4), ("dynamic", 0.5), ("rows", 0.1), ("weights", 0.1)]
)
@pytest.mark.parametrize("shape", [(1, 3), (5, 17)])
def test_graphs_compute_what_torch_does_for_any_batch_and_length(
    graphs, trained_folder, name, tolerance, shape
):
    batch = random_batch(shape)
    session = onnxruntime.InferenceSession(graphs / f"{name}.onnx")
    (found,) = session.run(None, batch)
    model = AutoModelForSequenceClassification.from_pretrained(trained_folder).eval()
    with torch.no_grad():
        wanted = model(
            **{name: torch.from_numpy(one) for name, one in batch.items()}
        ).logits.numpy()
    assert np.abs(found - wanted).max() < tolerance


@pytest.mark.parametrize("method", INT8_METHODS)
def test_int8_is_smaller(graphs, method):
    whole = (graphs / "fp32.onnx").stat().st_size
    assert (graphs / f"{method}.onnx").stat().st_size < 0.7 * whole


@pytest.mark.parametrize("method", ["rows", "weights"])
def test_these_do_not_mind_the_company(graphs, method):
    """The same row alone, and beside one with far larger states."""
    session = onnxruntime.InferenceSession(graphs / f"{method}.onnx")
    batch = random_batch((8, 12))
    (together,) = session.run(None, batch)
    (alone,) = session.run(None, {name: one[:1] for name, one in batch.items()})
    assert np.abs(together[:1] - alone).max() < 1e-4
