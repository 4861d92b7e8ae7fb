"""Layers in a row, and the network they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nncore import describing
from nncore.activations import Activation, Linear, Sigmoid, Softmax, activations
from nncore.arrays import Array, Shape
from nncore.buffers import Buffers, Plan, Slot, carve
from nncore.checks import finite, numbers, whole
from nncore.initializers import Initializer, initializers
from nncore.layers import Dense, Dropout, Layer
from nncore.members import column, lead, member_of
from nncore.passes import EVALUATION_ROWS, Evaluator, Pass

OUTPUTS = (Softmax, Sigmoid, Linear)
"""Activations that, standing last, turn logits into predictions and are left to the loss."""


@dataclass(frozen=True)
class Sequential:
    """Layers applied in order: a description of a network, not yet the network.

    A softmax, sigmoid or linear at the end is the output activation: `predict` applies it, losses
    take what comes before.

    >>> Sequential((Dense(64), activations["relu"](), Dense(10)), width=64).parameters()
    4810
    """

    layers: tuple[Layer, ...]
    width: int | None = None
    """Features per row going in, where it is known."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        for place, stage in enumerate(self.layers):
            if isinstance(stage, type) or not hasattr(stage, "forward"):
                raise ValueError(
                    f"Layer {place} is {stage!r}, which is no layer: Dense(64), say, or "
                    "activations['relu']()."
                )
        if self.width is not None:
            whole("width", self.width)
        if not self.body:
            raise ValueError("A Sequential needs a layer besides its output activation.")

    @classmethod
    def from_dims(
        cls,
        layer_dims: Sequence[int],
        *,
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        initializer: str | Initializer = "he_normal",
        keep_prob: float | Sequence[float | None] | None = None,
    ) -> Sequential:
        """Dense layers with an activation, and dropout if asked, after each hidden one.

        Args:
            layer_dims: the whole list, the input's width first and the outputs last.
            keep_prob: for every hidden layer, or one a hidden layer (None: no dropout there).
        """
        if not isinstance(layer_dims, Iterable) or len(layer_dims) < 2:
            raise ValueError(
                f"layer_dims is {layer_dims!r}; it is the whole list, from the input's width "
                "to the outputs: at least two numbers."
            )
        act = activation if isinstance(activation, Activation) else activations[activation]()
        out = output if isinstance(output, Activation) else activations[output]()
        init = initializers[initializer]() if isinstance(initializer, str) else initializer
        width, *hidden, outputs = (whole("a width in layer_dims", one) for one in layer_dims)
        keeps = _one_each(keep_prob, len(hidden))
        stages: list[Layer] = []
        for units, keep in zip(hidden, keeps, strict=True):
            stages += [Dense(units, init), act]
            stages += [Dropout(keep)] if keep is not None else []
        return cls((*stages, Dense(outputs, init), out), width)

    @property
    def body(self) -> tuple[Layer, ...]:
        """The layers without the output activation."""
        return self.layers[:-1] if self._ends_in_output() else self.layers

    @property
    def output(self) -> Activation:
        """What turns logits into predictions; linear where nothing is said."""
        last = self.layers[-1]
        return last if isinstance(last, OUTPUTS) else Linear()

    def _ends_in_output(self) -> bool:
        return bool(self.layers) and isinstance(self.layers[-1], OUTPUTS)

    def ending_in(self, link: type[Activation]) -> Sequential:
        """The same with the output activation a loss asks for.

        Raises:
            ValueError: it ends in another one.
        """
        if isinstance(self.output, link):
            return self
        if not isinstance(self.output, Linear):
            raise ValueError(
                f"The network ends in {activations.name_of(self.output)}, but the loss takes "
                f"{activations.name_of(link())}. End it in that, or choose another loss."
            )
        return replace(self, layers=(*self.body, link()))

    def member(self, member: int) -> Sequential:
        """As it is for one member: its own keep_prob, where each has one."""
        return replace(self, layers=tuple(member_of(stage, member) for stage in self.layers))

    def plans(self, width: int | None = None) -> list[Plan]:
        """Each layer's plan, without the output activation, for inputs of that width."""
        if self.width is not None and width is not None and self.width != width:
            raise ValueError(f"The network takes {self.width} features, but the data has {width}.")
        width = self.width if width is None else width
        if width is None:
            raise ValueError("How many features go in? Give `width`.")
        plans: list[Plan] = []
        for stage in self.body:
            plans.append(stage.plan(width))
            width = plans[-1].width
        return plans

    def parameters(self, width: int | None = None) -> int:
        """How many numbers it learns."""
        return sum(describing.parameters(plan) for plan in self.plans(width))

    def summary(self, width: int | None = None) -> str:
        """A table: each layer, its output's shape, its parameters, and the total."""
        return describing.summary(self.layers, self.plans(width))

    def to_json(self) -> dict[str, Any]:
        """A description of plain values, which `from_json` reads."""
        return {"width": self.width, "layers": [describing.to_json(s) for s in self.layers]}

    @classmethod
    def from_json(cls, described: Mapping[str, Any]) -> Sequential:
        """The network `to_json` described.

        Raises:
            LookupError: a layer, activation or initializer that is not known.
            TypeError, ValueError: it is known, but takes no such value.
        """
        if not isinstance(described.get("layers"), list):
            raise ValueError("A network's description has a list called 'layers'.")
        stages = tuple(describing.layer_from_json(one) for one in described["layers"])
        return cls(stages, described.get("width"))

    def build(
        self,
        width: int,
        rows: int,
        rng: np.random.Generator | Sequence[np.random.Generator],
        members: int | None = None,
        *,
        masks: Sequence[np.random.BitGenerator] | None = None,
        dtype: Any = np.float32,
    ) -> Network:
        """Allocate a network for training batches of up to `rows`, each of `width` features.

        Args:
            rng: draws the first weights; with members one each, or one that spawns them.
            members: how many independent networks of this shape; None: one, without the axis.
            masks: draw the dropout masks, one a member; default: those of `rng`.
        """
        if isinstance(rng, np.random.Generator):
            rng = [rng] if members is None else rng.spawn(members)
        masks = masks or [one.bit_generator for one in rng]
        buffers = Buffers.lay_out(self.plans(width), rng, members, dtype)
        return Network(self, width, rows, buffers, masks, members)


class Network:
    """A `Sequential` with its memory: ready to run, and to learn.

    Arrays that come out of `forward` are reused by the next call; copy them to keep them.
    """

    def __init__(
        self,
        sequential: Sequential,
        width: int,
        rows: int,
        buffers: Buffers,
        masks: Sequence[np.random.BitGenerator],
        members: int | None,
    ) -> None:
        self.sequential = sequential
        self.width = width
        self.rows = rows
        self.buffers = buffers
        self.masks = tuple(masks)
        self.members = members
        self.lead: Shape = lead(members)
        """The members' axis, where kernels see one; a single member goes without."""
        self.plans = sequential.plans(width)
        self.outputs = self.plans[-1].width
        self._passes: dict[int, Pass] = {}
        self._evaluator: Evaluator | None = None
        self._fills: dict[float, Array] = {}
        self._reserve(rows)

    @property
    def parameters(self) -> int:
        """How many numbers it learns; with members, each of them."""
        return self.buffers.theta.shape[-1]

    @property
    def weights(self) -> dict[str, Array]:
        """Live views of every parameter, called as `0.W` and `0.b` after the layer's place."""
        return {
            f"{place}.{name}": self._shown(getattr(slot, name))
            for place, (slot, plan) in enumerate(zip(self.buffers.slots, self.plans, strict=True))
            for name in plan.params
        }

    def _reserve(self, rows: int) -> None:
        """Memory for passes of up to `rows`."""
        dtype, copies = self.buffers.theta.dtype, rows * (self.members or 1)
        widest = max(plan.width for plan in self.plans)
        self._ys = [np.empty(copies * plan.width, dtype) for plan in self.plans]
        # a layer's dL/dy is done with once dL/dx is there: two pieces of memory take turns
        self._dys = [np.empty(copies * widest, dtype) for _ in range(2)]
        self._scratch = [
            {name: np.empty(copies * width, dtype) for name, width in plan.scratch.items()}
            for plan in self.plans
        ]

    def at(self, rows: int) -> Pass:
        """The views for batches of exactly `rows`. Made once per size."""
        if rows not in self._passes:
            if rows > self.rows:
                raise ValueError(f"A batch of {rows} rows; the network was built for {self.rows}.")
            self._passes[rows] = Pass(self, rows)
        return self._passes[rows]

    def slot(self, rows: int, plan: Plan, scratch: Mapping[str, Array]) -> Slot:
        """What every kernel finds in its slot for a batch of `rows`."""
        dtype = self.buffers.theta.dtype
        slot = Slot(ones=np.ones((1, rows), dtype))
        # the same numbers, but a call of dot is 0.5 µs cheaper, a tenth of a small network's step
        slot.dot = np.matmul if self.lead else np.dot
        slot.draws = tuple(mask.random_raw for mask in self.masks)
        for name, value in plan.constants.items():
            setattr(slot, name, column(value, dtype, 3))
        for name, memory in scratch.items():
            setattr(slot, name, carve(memory, self.lead, rows, plan.scratch[name]))
        for name, value in plan.fills.items():
            setattr(slot, name, self._filled(value, rows, plan.width))
        return slot

    def _filled(self, value: float, rows: int, width: int) -> Array:
        """An array that holds `value` throughout; one memory serves all layers."""
        size = rows * width * (self.members or 1)
        if value not in self._fills or self._fills[value].size < size:
            self._fills[value] = np.full(size, value, self.buffers.theta.dtype)
        return carve(self._fills[value], self.lead, rows, width)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Logits of `x`, shape (..., rows, width): at most the rows it was built for."""
        return self.at(x.shape[-2]).forward(x, training)

    def backward(self, x: Array) -> None:
        """Fill `buffers.grad` from dL/dlogits, which stands in `at(rows).doutput`."""
        self.at(x.shape[-2]).backward(x)

    def logits(self, x: Array) -> Array:
        """What comes before the output activation, for any number of rows.

        Args:
            x: shape (rows, width).

        Returns:
            Shape (..., rows, outputs). A row's numbers do not depend on its neighbours.

        Raises:
            ValueError: x is of another shape, or holds NaN or infinity; says where.
        """
        numbers("x", x := np.asarray(x))
        x = np.ascontiguousarray(x, self.buffers.theta.dtype)
        if x.ndim != 2 or x.shape[1] != self.width:
            raise ValueError(f"The network takes rows of {self.width} features, not {x.shape}.")
        finite("x", x, "Fill or leave out what is missing.")
        out = np.empty((*self.lead, len(x), self.outputs), x.dtype)
        whole = len(x) - len(x) % EVALUATION_ROWS
        self.evaluate(x[:whole], out[..., :whole, :])
        if whole < len(x):
            last = np.zeros((EVALUATION_ROWS, self.width), x.dtype)
            last[: len(x) - whole] = x[whole:]
            padded = np.empty((*self.lead, EVALUATION_ROWS, self.outputs), x.dtype)
            self.evaluate(last, padded)
            out[..., whole:, :] = padded[..., : len(x) - whole, :]
        return self._shown(out)

    def _shown(self, array: Array) -> Array:
        """With its members' axis, a single member's too."""
        return array[None] if self.members == 1 else array

    def member(self, member: int) -> Network:
        """One of the members as a network of its own, on the same parameters."""
        if self.members is None or not 0 <= member < self.members:
            raise IndexError(f"There is no member {member}: there are {self.members or 'none'}.")
        sequential = self.sequential.member(member)
        buffers, masks = self.buffers.member(member), [self.masks[member]]
        return Network(sequential, self.width, 1, buffers, masks, None)

    def predict(self, x: Array) -> Array:
        """Probabilities or values, shape (..., rows, outputs), for x of shape (rows, width)."""
        z = self.logits(x)
        y = np.empty_like(z)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            self.sequential.output.f(z, y)
        return y

    def evaluate(self, x: Array, out: Array) -> None:
        """Write the logits of `x`, shape (rows, width), into `out`, with dropout off."""
        if self._evaluator is None:
            self._evaluator = Evaluator(self)
        with np.errstate(all="ignore"):
            self._evaluator(x, out)


def _one_each(
    keep_prob: float | Sequence[float | None] | None, hidden: int
) -> Sequence[float | None]:
    """keep_prob for every hidden layer."""
    if keep_prob is None or isinstance(keep_prob, int | float):
        return [keep_prob] * hidden
    if len(keep_prob) != hidden:
        raise ValueError(
            f"keep_prob has {len(keep_prob)} values for {hidden} hidden layers: give one each."
        )
    return keep_prob
