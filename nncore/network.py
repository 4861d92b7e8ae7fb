"""A network with its memory, which runs and learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nncore.arrays import Array, Shape
from nncore.buffers import Buffers, Plan, Slot, carve
from nncore.checks import finite, numbers
from nncore.members import column, lead
from nncore.passes import EVALUATION_ROWS, Evaluator, Pass

if TYPE_CHECKING:  # a network is what a description becomes; only the type comes from there
    from nncore.sequential import Sequential

NARROW = 128
"""Features up to which a batch is turned over before it goes in, which lets biases come along
with the first layer's weights. Turning wider rows over costs more than that gains."""


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
        self.joined = self.plans[0].joint and width <= NARROW
        """Whether batches go in as columns with a row of ones; else as they lie in memory."""
        self._passes: dict[int, Pass] = {}
        self._evaluator: Evaluator | None = None
        self._fills: dict[float, Array] = {}

    def __reduce__(self) -> tuple[object, ...]:
        # It is many views of one vector, so only that travels.
        told = (self.sequential, self.width, self.rows, self.members, self.masks)
        return again, (*told, self.buffers.theta)

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

    def at(self, rows: int) -> Pass:
        """The views for batches of exactly `rows`. Made once per size."""
        if rows not in self._passes:
            if rows > self.rows:
                raise ValueError(f"A batch of {rows} rows; the network was built for {self.rows}.")
            self._passes[rows] = Pass(self, rows)
        return self._passes[rows]

    def slot(self, rows: int, plan: Plan, training: bool = True) -> Slot:
        """What every kernel finds in its slot for a batch of `rows`, scratch while training."""
        dtype = self.buffers.theta.dtype
        slot = Slot(ones=np.ones((1, rows), dtype), joined=False, room=None, upright=None)
        # the same numbers, but a call of dot is 0.5 µs cheaper, a tenth of a small network's step
        slot.dot = np.matmul if self.lead else np.dot
        slot.draws = tuple(mask.random_raw for mask in self.masks)
        for name, value in plan.constants.items():
            setattr(slot, name, column(value, dtype, 3))
        for name, width in plan.scratch.items() if training else ():
            setattr(slot, name, np.empty((*self.lead, width, rows), dtype))
        for name, value in plan.fills.items():
            setattr(slot, name, self._filled(value, rows, plan.width))
        return slot

    def _filled(self, value: float, rows: int, width: int) -> Array:
        """An array that holds `value` throughout; one memory serves all layers."""
        size = rows * width * (self.members or 1)
        if value not in self._fills or self._fills[value].size < size:
            self._fills[value] = np.full(size, value, self.buffers.theta.dtype)
        return carve(self._fills[value], *self.lead, width, rows)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Logits of `x`, shape (..., rows, width): at most the rows it was built for."""
        at = self.at(x.shape[-2])
        at.forward(at.entering(x), training)
        return at.output

    def backward(self, x: Array) -> None:
        """Fill `buffers.grad` from dL/dlogits, which stands in `at(rows).doutput`."""
        at = self.at(x.shape[-2])
        at.backward(at.entering(x))

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

    def member(self, member: int, rows: int = 1) -> Network:
        """One of the members as a network of its own, on the same parameters.

        Args:
            rows: the largest batch that it is to learn from.
        """
        if self.members is None or not 0 <= member < self.members:
            raise IndexError(f"There is no member {member}: there are {self.members or 'none'}.")
        sequential = self.sequential.member(member)
        buffers, masks = self.buffers.member(member), [self.masks[member]]
        return Network(sequential, self.width, rows, buffers, masks, None)

    def predict(self, x: Array) -> Array:
        """Probabilities or values, shape (..., rows, outputs), for x of shape (rows, width)."""
        z = self.logits(x)
        y = np.empty_like(z)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            self.sequential.output.f(z, y)
        return y

    def evaluate(self, x: Array, out: Array) -> None:
        """Write the logits of `x`, (rows, width) or with an axis of members, with dropout off."""
        if self._evaluator is None:
            self._evaluator = Evaluator(self)
        with np.errstate(all="ignore"):
            self._evaluator(x, out)


def again(
    sequential: Sequential,
    width: int,
    rows: int,
    members: int | None,
    masks: Sequence[np.random.BitGenerator],
    theta: Array,
) -> Network:
    """A network that was pickled or copied."""
    rng, dtype = np.random.default_rng(0), theta.dtype
    network = sequential.build(width, rows, rng, members, masks=masks, dtype=dtype)
    network.buffers.theta[...] = theta
    return network
