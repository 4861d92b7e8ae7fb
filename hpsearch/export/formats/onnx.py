"""A retrained model as ONNX: raw columns go in, predictions in the target's own words come out.

The encoder is part of the graph, so nothing has to be written again where the model is used.
Numbers go in as float64, NaN where a cell is empty; words as strings, "" where one is. What the
reader of a file does (decimal marks, blanks around words) is not said; and as ONNX cannot refuse a
cell, one that is neither of a boolean's words counts as empty.
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import numpy as np

import hpsearch
from hpsearch.data.cells import LARGEST
from hpsearch.data.columns import Block, Category, Number
from hpsearch.data.encoder import Encoder, named
from hpsearch.data.scaling import LinearScaler, Scaler
from hpsearch.errors import UsageError
from hpsearch.export.exporters import ModelExporter
from hpsearch.export.graph import Graph
from hpsearch.models.saved import SavedModel
from nncore import Dense, Dropout, Network, activations
from nncore.activations import Activation

_SAME = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "linear": "Identity"}
"""Activations that ONNX has under another name."""
_TOLD = (
    "A network of hpsearch with its encoder. Each input is a column: numbers as float64, NaN where "
    'a cell is empty; words as strings, "" where one is. The outputs are those of predict.'
)


class OnnxExporter(ModelExporter):
    """The outputs are `prediction` (one for each of several targets), and `probabilities`."""

    def content(self, model: SavedModel) -> bytes:
        encoder = model.encoder
        for column in encoder.columns:
            _refuse(column)
        graph = Graph(encoder.names)
        x = _encoded(graph, encoder)
        p = _through(graph, model.network, x)
        _decoded(graph, encoder, p)
        about = {
            "task": model.task,
            "targets": json.dumps(list(encoder.targets), ensure_ascii=False),
            "classes": json.dumps(list(encoder.classes), ensure_ascii=False),
            "fingerprint": model.fingerprint,
        }
        return graph.model(model.name, _TOLD, about, hpsearch.__version__)


def _refuse(column: object) -> None:
    name = getattr(column, "name", "")
    if not isinstance(column, Number | Category | Block):
        kind = type(column).__name__.lower()
        raise UsageError(f"The column {name!r} is a {kind}, which cannot be said in ONNX yet.")
    if not name:
        raise UsageError("A column without a name cannot be an input in ONNX; name it.")


# Columns to inputs ------------------------------------------------------------------------------


def _encoded(graph: Graph, encoder: Encoder) -> str:
    """Inputs of the network, float32 (rows, width), in the encoder's order."""
    parts: list[str] = []
    columns = [_number(graph, number) for number in encoder.numbers]
    columns += [_block(graph, block) for block in encoder.blocks]
    if columns:
        values = graph.add("Concat", *columns, axis=1)
        missing = graph.add("IsNaN", values)
        fills = graph.constant([encoder.fills], np.float64)
        filled = graph.add("Where", missing, fills, values)
        bounds = (graph.constant(-LARGEST, np.float64), graph.constant(LARGEST, np.float64))
        scaled = graph.add("Clip", _scaled(graph, encoder.scaler, filled), *bounds)
        parts.append(_cast(graph, scaled, np.float32))
        told = [at for at, number in enumerate(encoder.numbers) if number.indicator]
        if told:
            signs = graph.add("Gather", missing, graph.constant(told, np.int64), axis=1)
            parts.append(_cast(graph, signs, np.float32))
    parts += [_category(graph, category, encoder) for category in encoder.categories]
    return graph.add("Concat", *parts, axis=1)


def _number(graph: Graph, number: Number) -> str:
    """A column of numbers, float64 (rows, 1), with NaN for gaps."""
    axis = graph.constant([1], np.int64)
    if number.words is None:
        return graph.add("Unsqueeze", graph.input(number.name, np.float64), axis)
    spelt = {
        spelling: float(at) for at, word in enumerate(number.words) for spelling in _spelt(word)
    }
    value = graph.add(
        "LabelEncoder",
        graph.input(number.name, str),
        keys_strings=list(spelt),
        values_floats=list(spelt.values()),
        default_float=float("nan"),
    )
    return graph.add("Unsqueeze", _cast(graph, value, np.float64), axis)


def _spelt(word: str) -> list[str]:
    """A word in every mixture of small and capital letters."""
    return ["".join(letters) for letters in product(*({c.lower(), c.upper()} for c in word))]


def _block(graph: Graph, block: Block) -> str:
    """A column of arrays, float64 (rows, size)."""
    if not block.octets:
        return graph.input(block.name, np.float64, block.size)
    return _cast(graph, graph.input(block.name, np.uint8, block.size), np.float64)


def _category(graph: Graph, category: Category, encoder: Encoder) -> str:
    """A column of words as one-hot rows, float32 (rows, width)."""
    none = category.width  # out of range, which OneHot takes for no class at all
    empty = len(category.levels) + category.rest if category.missing else none
    places = dict.fromkeys(encoder.dialect.nothing, empty)
    places |= {level: at for at, level in enumerate(category.levels)}
    code = graph.add(
        "LabelEncoder",
        graph.input(category.name, str),
        keys_strings=list(places),
        values_int64s=list(places.values()),
        default_int64=len(category.levels) if category.rest else none,
    )
    depth = graph.constant([category.width], np.int64)
    return graph.add("OneHot", code, depth, graph.constant([0.0, 1.0], np.float32), axis=-1)


def _scaled(graph: Graph, scaler: Scaler, x: str) -> str:
    """What the scaler's `apply` does, float64."""
    if isinstance(scaler, LinearScaler):
        away = graph.add("Sub", x, graph.constant([scaler.shift], np.float64))
        return graph.add("Div", away, graph.constant([scaler.scale], np.float64))
    # The rank is the sum of what each stretch between two points adds to it. Columns with fewer
    # points than others end in stretches of no length.
    most = max(2, *(len(points) for points in scaler.points))
    points = np.array([[*some, *some[-1:] * (most - len(some))] for some in scaler.points])
    ranks = np.array([[*some, *some[-1:] * (most - len(some))] for some in scaler.ranks])
    long = np.diff(points)[None]
    rise = np.diff(ranks)[None] / np.where(long > 0.0, long, 1.0)
    apart = graph.add("Unsqueeze", x, graph.constant([2], np.int64))
    beyond = graph.add("Sub", apart, graph.constant(points[None, :, :-1]))
    inside = graph.add("Max", beyond, graph.constant(0.0, np.float64))
    steps = graph.add("Mul", graph.add("Min", inside, graph.constant(long)), graph.constant(rise))
    total = graph.add("ReduceSum", steps, graph.constant([2], np.int64), keepdims=0)
    rank = graph.add("Add", total, graph.constant(ranks[None, :, 0]))
    middle = graph.add("Sub", rank, graph.constant(0.5, np.float64))
    return graph.add("Mul", middle, graph.constant(np.sqrt(12.0), np.float64))


# The network ------------------------------------------------------------------------------------


def _through(graph: Graph, network: Network, x: str) -> str:
    """Probabilities or standardised values, float32 (rows, outputs).

    Members' weights have a leading axis, which products and sums broadcast over.
    """
    sequential, weights = network.sequential, network.weights
    for place, layer in enumerate(sequential.body):
        if isinstance(layer, Dense):
            W, b = (graph.constant(weights[f"{place}.{name}"]) for name in ("W", "b"))
            x = graph.add("Add", graph.add("MatMul", x, W), b)
        elif isinstance(layer, Activation):
            x = _activated(graph, layer, x)
        elif not isinstance(layer, Dropout):  # which does nothing when predicting
            raise UsageError(f"Layer {place} of the network cannot be said in ONNX yet: {layer!r}.")
    y = _activated(graph, sequential.output, x)
    return y if network.members is None else graph.add("ReduceMean", y, axes=[0], keepdims=0)


def _activated(graph: Graph, activation: Activation, x: str) -> str:
    name = activations.name_of(activation)
    if name == "leaky_relu":
        return graph.add("LeakyRelu", x, alpha=float(activation.slope))  # type: ignore[attr-defined]  # only a LeakyReLU gets here
    if name == "softmax":
        return graph.add("Softmax", x, axis=-1)
    if name not in _SAME:
        raise UsageError(f"The activation {name} cannot be said in ONNX yet.")
    return graph.add(_SAME[name], x)


# Outputs to words and numbers -------------------------------------------------------------------


def _decoded(graph: Graph, encoder: Encoder, p: str) -> None:
    """Add the outputs that `predict` gives, under its columns' names."""
    several = len(encoder.targets) > 1
    names = [f"prediction_{t}" if several else "prediction" for t in encoder.targets]
    if encoder.task == "multiclass":
        ids = graph.add("ArgMax", p, axis=1, keepdims=0)
        _worded(graph, ids, encoder.labels[0], "prediction")
        graph.output(p, "probabilities", np.float32, len(encoder.classes))
        return
    if encoder.task == "regression":
        units = graph.constant([encoder.target_scale.scale], np.float64)
        away = graph.add("Mul", _cast(graph, p, np.float64), units)
        p = graph.add("Add", away, graph.constant([encoder.target_scale.shift], np.float64))
    for at, name in enumerate(names):
        value = graph.add("Gather", p, graph.constant(at, np.int64), axis=1)
        if encoder.task == "regression":
            graph.output(value, name, np.float64)
            continue
        on = graph.add("Greater", value, graph.constant(0.5, np.float32))
        _worded(graph, _cast(graph, on, np.int64), encoder.labels[at], name)
    if encoder.task == "multilabel":
        graph.output(p, "probabilities", np.float32, len(names))
    elif encoder.task == "binary":
        off = graph.add("Sub", graph.constant(1.0, np.float32), p)
        graph.output(graph.add("Concat", off, p, axis=1), "probabilities", np.float32, 2)


def _worded(graph: Graph, ids: str, words: tuple[str, ...], name: str) -> None:
    """Class numbers as the words of the file; as integers where `predict` gives such."""
    classes = named(words)
    whole = classes.dtype.is_integer()
    known = np.array(classes.to_list(), np.int64 if whole else object)
    graph.output(graph.add("Gather", graph.constant(known), ids), name, np.int64 if whole else str)


def _cast(graph: Graph, value: str, dtype: Any) -> str:
    kinds = {np.float32: 1, np.int64: 7, np.float64: 11}  # as TensorProto numbers them
    return graph.add("Cast", value, to=kinds[dtype])


EXPORTER = OnnxExporter("{name}.onnx")
