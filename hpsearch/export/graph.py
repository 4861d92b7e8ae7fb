"""An ONNX graph, written node by node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hpsearch.errors import UsageError

OPSET, ML_OPSET, IR = 17, 2, 8
"""Of 2022: read by every ONNX Runtime since 1.12, and enough for all that is said here."""


class Graph:
    """Takes nodes in order; each value gets a name that no column has.

    Raises:
        UsageError: the package is missing.
    """

    def __init__(self, columns: tuple[str, ...]) -> None:
        try:
            import onnx
        except ImportError:
            raise UsageError(
                "ONNX needs a package that is not installed: pip install 'hpsearch[onnx]'"
            ) from None
        self._onnx = onnx
        self._taken = set(columns)
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def constant(self, value: Any, dtype: Any = None) -> str:
        """Numbers, or words (an array of objects), that stand in the file."""
        array = np.asarray(value, dtype)
        name = self._name("constant")
        self._constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A node; gives the name of its value."""
        ml = "ai.onnx.ml" if kind == "LabelEncoder" else ""
        name = self._name(kind)
        make = self._onnx.helper.make_node
        self._nodes.append(make(kind, inputs, [name], name=name, domain=ml, **attributes))
        return name

    def input(self, name: str, dtype: Any, *width: int) -> str:
        """A column of that name, shape (rows, *width)."""
        self._inputs.append(self._value(name, dtype, width))
        return name

    def output(self, value: str, name: str, dtype: Any, *width: int) -> None:
        """Give a value out under a name, shape (rows, *width).

        Raises:
            UsageError: a column has that name.
        """
        if name in {one.name for one in self._inputs}:
            raise UsageError(
                f"The column {name!r} is called like a result, and in ONNX no two things may share "
                "a name; rename it, and train again."
            )
        make = self._onnx.helper.make_node
        self._nodes.append(make("Identity", [value], [name], name=f"out {name}"))
        self._outputs.append(self._value(name, dtype, width))

    def model(self, name: str, told: str, about: Mapping[str, str], version: str) -> bytes:
        """The whole, checked.

        Args:
            told: for whoever opens it, how it is used.
            about: facts by name.
        """
        helper = self._onnx.helper
        graph = helper.make_graph(
            self._nodes, name, self._inputs, self._outputs, self._constants, doc_string=told
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
        model = helper.make_model(
            graph,
            opset_imports=opsets,
            ir_version=IR,
            producer_name="hpsearch",
            producer_version=version,
            doc_string=told,
        )
        helper.set_model_props(model, dict(about))
        self._onnx.checker.check_model(model)
        return model.SerializeToString()

    def _name(self, kind: str) -> str:
        at = len(self._taken)
        while (name := f"{kind} {at}") in self._taken:
            at += 1
        self._taken.add(name)
        return name

    def _value(self, name: str, dtype: Any, width: tuple[int, ...]) -> Any:
        helper = self._onnx.helper
        kind = (
            self._onnx.TensorProto.STRING
            if dtype is str
            else helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        )
        return helper.make_tensor_value_info(name, kind, ["rows", *width])
