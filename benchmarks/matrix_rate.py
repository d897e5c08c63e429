"""How fast a machine multiplies the matrices of a base-size encoder, at fp32 and at int8.

The fastest kernel at hand counts: onnxruntime's and torch's products are both tried.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from random_model import INNER, LAYERS, WIDTH

_ROWS = 1024
_SHAPES = {(WIDTH, WIDTH): 4, (WIDTH, INNER): 1, (INNER, WIDTH): 1}
"""Each product of a layer, (features in, out), and how often it occurs."""
_TRIES = 7


class MatrixRate:
    """Products of a layer at both precisions, ready to be timed."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self._kernels: dict[str, dict[tuple[int, int], list[Callable[[], Any]]]] = {
            "fp32": {},
            "int8": {},
        }
        for shape in _SHAPES:
            state = rng.standard_normal((_ROWS, shape[0])).astype(np.float32)
            weight = rng.standard_normal(shape).astype(np.float32)
            small = rng.integers(0, 255, state.shape).astype(np.uint8)
            bytes_ = rng.integers(-127, 127, shape).astype(np.int8)
            left, right = torch.from_numpy(state), torch.from_numpy(weight)
            self._kernels["fp32"][shape] = [
                _product("MatMul", state, weight),
                lambda left=left, right=right: left @ right,
            ]
            self._kernels["int8"][shape] = [_product("MatMulInteger", small, bytes_)]

    def seconds_per_token(self, precision: str) -> float:
        """What all products of the encoder with its weights take for one token."""
        per_layer = sum(
            n * min(_fastest(kernel) for kernel in self._kernels[precision][shape])
            for shape, n in _SHAPES.items()
        )
        return LAYERS * per_layer / _ROWS


def gigaflops(seconds_per_token: float) -> float:
    """Billions of multiplications and additions a second."""
    return LAYERS * sum(2 * n * k * m for (k, m), n in _SHAPES.items()) / seconds_per_token / 1e9


def _product(kind: str, state: np.ndarray, weight: np.ndarray) -> Callable[[], Any]:
    types = {
        "MatMul": (TensorProto.FLOAT,) * 2,
        "MatMulInteger": (TensorProto.UINT8, TensorProto.INT32),
    }[kind]
    graph = helper.make_graph(
        [helper.make_node(kind, ["x", "w"], ["y"])],
        "graph",
        [helper.make_tensor_value_info("x", types[0], state.shape)],
        [helper.make_tensor_value_info("y", types[1], [_ROWS, weight.shape[1]])],
        [numpy_helper.from_array(weight, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return lambda: session.run(None, {"x": state})


def _fastest(kernel: Callable[[], Any]) -> float:
    kernel()
    times = []
    for _ in range(_TRIES):
        begin = time.perf_counter()
        kernel()
        times.append(time.perf_counter() - begin)
    return min(times)
