import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from training.row_int8 import round_rows

WIDTH, INNER = 64, 96


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def make_model(rng, kind="Identity"):
    """Two products of one input, and one behind `kind`; ids look up rows of a table."""
    constants = {
        "table": rng.standard_normal((50, WIDTH)),
        "w1": rng.standard_normal((WIDTH, INNER)) * 0.1,
        "w2": rng.standard_normal((WIDTH, INNER)) * 0.1,
        "w3": rng.standard_normal((INNER, 4)) * 0.1,
    }
    constants["w1"][:, 3] = 0
    constants["table"][7] = 0
    constants["table"][:, 5] *= 40  # a feature that dwarfs the others, in every row
    nodes = [
        ("Gather", ["table", "input_ids"], ["x"]),
        ("MatMul", ["x", "w1"], ["a"]),
        ("MatMul", ["x", "w2"], ["b"]),
        ("Add", ["a", "b"], ["c"]),
        (kind, ["c"], ["d"]),
        ("MatMul", ["d", "w3"], ["y"]),
    ]
    names = ("input_ids", "attention_mask")
    graph = helper.make_graph(
        [helper.make_node(*node) for node in nodes],
        "graph",
        [helper.make_tensor_value_info(one, TensorProto.INT64, ["r", "t"]) for one in names],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["r", "t", 4])],
        [numpy_helper.from_array(v.astype(np.float32), name) for name, v in constants.items()],
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def batch_of(ids):
    return {"input_ids": ids, "attention_mask": np.ones_like(ids)}


def run(model, ids):
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, batch_of(ids))[0]


def rounded(model, ids):
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    round_rows(changed, [batch_of(ids)])
    onnx.checker.check_model(changed)
    return changed


@pytest.mark.parametrize("kind", ["Identity", "Gelu"])
def test_the_answers_stay_and_the_matrices_are_int8(rng, kind):
    model, ids = make_model(rng, kind), rng.integers(0, 50, (6, 9))
    changed = rounded(model, ids)
    wanted = run(model, ids)
    error = np.sqrt(np.square(run(changed, ids) - wanted).mean() / wanted.var())
    assert 0 < error < 0.02
    large = [one for one in changed.graph.initializer if one.name.startswith(("w", "a", "b", "y"))]
    matrices = [one for one in large if len(one.dims) == 2]
    assert [one.data_type for one in matrices] == [TensorProto.INT8] * 3


def test_features_that_dwarf_the_others_cost_them_no_precision(rng):
    """Without factors, rounding by the largest entry of a row leaves the others few levels."""
    model, ids = make_model(rng), rng.integers(0, 50, (6, 9))
    wanted = run(model, ids)
    blind = onnx.ModelProto()
    blind.CopyFrom(model)
    # Where only the row of zeros was seen, all features weigh the same.
    round_rows(blind, [batch_of(np.full((1, 1), 7))])
    errors = [np.abs(run(one, ids) - wanted).mean() for one in (rounded(model, ids), blind)]
    assert errors[0] < 0.6 * errors[1]


def test_a_row_does_not_mind_its_company(rng):
    model, ids = make_model(rng, "Gelu"), rng.integers(0, 50, (6, 9))
    changed = rounded(model, ids)
    together = run(changed, ids)
    alone = np.concatenate([run(changed, row[None, None]) for row in ids.ravel()])
    assert np.abs(together.reshape(-1, 4) - alone.reshape(-1, 4)).max() < 1e-6


def test_padding_does_not_count(rng):
    model, ids = make_model(rng), rng.integers(8, 50, (2, 5))
    one, other = ids.copy(), ids.copy()
    one[:, 3:], other[:, 3:] = 7, 9
    changed = []
    for padded in (one, other):
        batch = batch_of(padded)
        batch["attention_mask"][:, 3:] = 0
        changed.append(onnx.ModelProto())
        changed[-1].CopyFrom(model)
        round_rows(changed[-1], [batch])
    assert changed[0] == changed[1]


def test_zeros_stay_zeros(rng):
    changed = rounded(make_model(rng), rng.integers(0, 50, (6, 9)))
    assert np.array_equal(run(changed, np.full((1, 1), 7)), np.zeros((1, 1, 4)))
