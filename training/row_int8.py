"""Products of a graph in int8, every row of their inputs rounded by a scale of its own.

What onnxruntime makes itself (`quantize_dynamic`) rounds all rows of a batch by one scale, so that
one large state costs every sentence of the batch its precision. A row is 8 bits fine here whatever
its company, for a few passes over the inputs of each product, which are small beside the product.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from stance.encoding import IntArray

_GELU_FLOOR: Final = np.float32(0.17)
"""GELU gives nothing below -0.16997: moved up by this, its rows use all 8 bits."""
_LEAST: Final = np.float32(1e-9)
"""Smallest scale, so that a row of zeros is no division by zero."""
_WIDEST: Final = 1e3
"""By how much features may be scaled differently."""


def round_rows(model: onnx.ModelProto, batches: Iterable[Mapping[str, IntArray]]) -> None:
    """Replace the products of a graph with constant matrices by products of int8.

    Inputs are rounded row by row, matrices column by column. Before, the features of an input are
    divided by factors that the rows of its matrix are multiplied with, so that the errors of both
    weigh the same. Source: SmoothQuant (Xiao et al. 2023, arXiv 2211.10438), with root mean
    squares in place of maxima.

    Args:
        model: a graph in fp32; it is changed.
        batches: inputs that tell how far the features of the states spread, padded as by
            `stance.encoding.pad`.
    """
    graph = model.graph
    constants = {one.name: one for one in graph.initializer}
    products = _products(graph, constants)
    moved = {node.output[0] for node in graph.node if node.op_type == "Gelu"} & set(products)
    spread = _spread(model, list(products), moved, batches)
    changed: dict[str, list[Any]] = {}
    for source, nodes in products.items():
        weights = [numpy_helper.to_array(constants[node.input[1]]) for node in nodes]
        factors = _factors(spread[source], np.concatenate(weights, axis=1))
        before = _round_input(graph, source, factors, up=source in moved)
        for node, weight in zip(nodes, weights, strict=True):
            changed[node.output[0]] = before + _multiply(
                graph, node, weight, factors, up=source in moved
            )
            before = []  # of all products of an input it stands before the first
    rest = [changed.get(node.output[0], [node]) for node in graph.node]
    del graph.node[:]
    graph.node.extend(node for nodes in rest for node in nodes)
    used = {name for node in graph.node for name in node.input}
    kept = [one for one in graph.initializer if one.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _products(graph: Any, constants: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The products with a constant matrix, by their input."""
    found = defaultdict(list)
    for node in graph.node:
        constant = constants.get(node.input[1]) if node.op_type == "MatMul" else None
        if constant is not None and len(constant.dims) == 2:
            found[node.input[0]].append(node)
    return dict(found)


def _spread(
    model: onnx.ModelProto,
    sources: list[str],
    moved: set[str],
    batches: Iterable[Mapping[str, IntArray]],
) -> dict[str, NDArray[np.float64]]:
    """Root mean square of each feature of some states, over all tokens that are no padding."""
    import onnxruntime

    seen = onnx.ModelProto()
    seen.CopyFrom(model)
    del seen.graph.output[:]
    kind = onnx.TensorProto.FLOAT
    seen.graph.output.extend(helper.make_tensor_value_info(name, kind, None) for name in sources)
    session = onnxruntime.InferenceSession(
        seen.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    names = [one.name for one in session.get_inputs()]
    total: dict[str, Any] = dict.fromkeys(sources, 0.0)
    n = dict.fromkeys(sources, 0)
    for batch in batches:
        states = session.run(sources, {name: batch[name] for name in names})
        for name, state in zip(sources, states, strict=True):
            real = batch["attention_mask"] == 1
            # Behind the last attention there may be the first token of each row alone.
            rows = state[real] if state.shape[:2] == real.shape else state
            rows = rows.reshape(-1, state.shape[-1]) + (_GELU_FLOOR if name in moved else 0)
            total[name] = total[name] + np.square(rows, dtype=np.float64).sum(axis=0)
            n[name] += len(rows)
    return {name: np.sqrt(total[name] / n[name]) for name in sources}


def _factors(spread: NDArray[np.float64], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """What to divide the features of an input by, (features,)."""
    own = np.sqrt(np.square(weight, dtype=np.float64).mean(axis=1))
    factors = np.sqrt(spread / np.maximum(own, own.max() / _WIDEST + 1e-12))
    least = factors.max() / _WIDEST
    factors = np.maximum(factors, least if least > 0 else 1.0)
    return np.asarray(factors, dtype=np.float32)


def _round_input(
    graph: Any, source: str, factors: NDArray[np.float32], *, up: bool
) -> list[onnx.NodeProto]:
    """Nodes from a state to its rounded form, and to the largest entry of each of its rows."""
    levels, zero = (255, 0) if up else (127, 128)
    for name, value in {
        "factor": 1 / factors,
        "axis": np.array([-1], np.int64),
        "least": _LEAST,
        "up": _GELU_FLOOR,
        "step": np.float32(1 / levels),
        "zero": np.uint8(zero),
    }.items():
        graph.initializer.append(numpy_helper.from_array(np.asarray(value), f"{source}_{name}"))

    def node(kind: str, *inputs: str, out: str, **attributes: Any) -> onnx.NodeProto:
        names = [f"{source}{one}" for one in inputs]
        return helper.make_node(kind, names, [f"{source}_{out}"], **attributes)

    first = [node("Add", "", "_up", out="moved")] if up else []
    scaled = node("Mul", "_moved" if up else "", "_factor", out="scaled")
    size = [] if up else [node("Abs", "_scaled", out="size")]  # moved up, it is never negative
    return [
        *first,
        scaled,
        *size,
        node("ReduceMax", "_scaled" if up else "_size", "_axis", out="most", keepdims=1),
        node("Max", "_most", "_least", out="largest"),
        node("Div", "_scaled", "_largest", out="unit"),
        node("QuantizeLinear", "_unit", "_step", "_zero", out="int8"),
    ]


def _multiply(
    graph: Any,
    product: Any,
    weight: NDArray[np.float32],
    factors: NDArray[np.float32],
    *,
    up: bool,
) -> list[onnx.NodeProto]:
    """Nodes from a rounded state to what the product gave."""
    source, out = product.input[0], product.output[0]
    scaled = weight * factors[:, None]
    scales = np.abs(scaled).max(axis=0) / 127
    scales[scales == 0] = 1
    rounded = np.round(scaled / scales).astype(np.int8)
    constants = {"int8": rounded, "scales": scales.astype(np.float32)}
    if up:  # taken back behind the product
        back = (rounded * scales / factors[:, None]).sum(axis=0) * -_GELU_FLOOR
        constants["back"] = back.astype(np.float32)
    for name, value in constants.items():
        graph.initializer.append(numpy_helper.from_array(value, f"{out}_{name}"))
    step, zero = f"{source}_step", f"{source}_zero"
    product = helper.make_node(
        "MatMulIntegerToFloat",
        [f"{source}_int8", f"{out}_int8", step, f"{out}_scales", zero],
        [f"{out}_unit"],
        domain="com.microsoft",
    )
    sized = helper.make_node(
        "Mul", [f"{out}_unit", f"{source}_largest"], [f"{out}_sized" if up else out]
    )
    if not up:
        return [product, sized]
    return [product, sized, helper.make_node("Add", [f"{out}_sized", f"{out}_back"], [out])]
