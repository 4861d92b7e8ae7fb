"""Running a network: the views one batch size needs, made once and then only used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from nncore.arrays import Array
from nncore.buffers import Slot, carve, turned

if TYPE_CHECKING:  # a pass is part of a network, and only its type comes from there
    from nncore.network import Network

EVALUATION_ROWS = 512
"""Rows that go through the network at once when it predicts. Fixed, because a matrix product's
last bits depend on how many rows it has; 512 rows of common widths stay in the cache."""

Forward = tuple[Callable[..., None], Slot, Array, Array]
Backward = tuple[Callable[..., None], Slot, Array, Array, Array, Array]


class Pass:
    """The views one batch size needs, in the order they are used.

    Where a layer's parameters are joint, its input stands over a row of ones.
    """

    def __init__(self, network: Network, rows: int) -> None:
        lead, plans, body = network.lead, network.plans, network.sequential.body
        dtype = network.buffers.theta.dtype
        self._network, self._rows = network, rows
        self.slots = [network.slot(rows, plan) for plan in plans]
        joints = [network.joined, *(plan.joint for plan in plans[1:])]
        xs = [  # what goes into each layer but the first
            np.ones((*lead, plan.width + joint, rows), dtype)
            for plan, joint in zip(plans, joints[1:], strict=False)
        ]
        zs = [x[..., : plan.width, :] for x, plan in zip(xs, plans, strict=False)]
        zs.append(np.empty((*lead, plans[-1].width, rows), dtype))
        # a layer's dL/dy is done with once dL/dx is there: two pieces of memory take turns
        widest = max(plan.width for plan in plans) * rows * (network.members or 1)
        memory = [np.empty(widest, dtype) for _ in range(2)]
        dzs = [carve(memory[i % 2], *lead, plan.width, rows) for i, plan in enumerate(plans)]
        for i, (slot, own) in enumerate(zip(self.slots, network.buffers.slots, strict=True)):
            vars(slot).update(vars(own))
            slot.joined, slot.dyT = joints[i], turned(dzs[i])
            slot.outer = bool(lead) and plans[i].width == 1
            if i and joints[i] and _worth_a_copy(plans[i - 1].width, plans[i].width, rows):
                slot.upright = np.empty(slot.dyT.shape, dtype)
        if plans[0].joint and not network.joined:
            self.slots[0].room = np.empty((*lead, rows, plans[0].width), dtype)
        self.ys = [turned(z) for z in zs]
        """What comes out of each layer, shape (..., rows, width)."""
        self.output, self.doutput = self.ys[-1], turned(dzs[-1])
        self.logits, self.dlogits = zs[-1], dzs[-1]
        """The output and the gradient by it as they lie in memory, (..., outputs, rows)."""
        inner = range(1, len(body))
        self._enter = (body[0].forward, self.slots[0], zs[0])
        self._forward: list[Forward] = [
            (body[i].forward, self.slots[i], xs[i - 1], zs[i]) for i in inner
        ]
        self._backward: list[Backward] = [
            (body[i].backward, self.slots[i], xs[i - 1], zs[i], dzs[i], dzs[i - 1])
            for i in reversed(inner)
        ]
        self._leave = (body[0].backward, self.slots[0], zs[0], dzs[0])

    def entering(self, x: Array) -> Array:
        """A batch of shape (..., rows, features) as `forward` and `backward` take it."""
        x = x.astype(self.logits.dtype, copy=False)
        if not self._network.joined:
            return turned(np.ascontiguousarray(x))
        columns = np.ones((*x.shape[:-2], x.shape[-1] + 1, self._rows), x.dtype)
        columns[..., :-1, :] = turned(x)
        return columns

    def forward(self, x: Array, training: bool) -> Array:
        """Logits, (..., outputs, rows), in memory that the next batch reuses."""
        forward, at, y = self._enter
        forward(at, x, y, training)
        for forward, at, z, y in self._forward:
            forward(at, z, y, training)
        return self.logits

    def backward(self, x: Array) -> None:
        """Every parameter's gradient, from what the loss wrote into `dlogits`."""
        for backward, at, z, y, dy, dz in self._backward:
            backward(at, z, y, dy, dz)
        backward, at, y, dy = self._leave
        backward(at, x, y, dy, None)


def _worth_a_copy(width: int, units: int, rows: int) -> bool:
    """Whether dy is better turned over in memory, for the product that gives dW.

    OpenBLAS is twice as slow when the second factor of a small product is a turned view; of a
    large one it makes a copy of its own.
    """
    return width * units >= 2048 and units >= 32 and width * units * rows <= 10**6


class Evaluator:
    """Runs rows through a network in fixed batches, in memory of its own."""

    def __init__(self, network: Network) -> None:
        self._network = network
        widest = max(plan.width for plan in network.plans)
        size = EVALUATION_ROWS * widest * (network.members or 1)
        self._memory = [np.empty(size, network.buffers.theta.dtype) for _ in range(2)]
        self._ready: dict[int, list[tuple[Callable[..., None], Slot, Array]]] = {}

    def __call__(self, x: Array, out: Array) -> None:
        """Write the logits of `x` into `out`, shape (..., rows, outputs).

        Args:
            x: shape (rows, width), of everybody; or (members, rows, width).
        """
        out = turned(out)
        for start in range(0, x.shape[-2], EVALUATION_ROWS):
            batch = x[..., start : start + EVALUATION_ROWS, :]
            rows, y = batch.shape[-2], turned(batch)
            for forward, at, z in self._steps(rows):
                forward(at, y, z, False)
                y = z
            np.copyto(out[..., start : start + rows], y)

    def _steps(self, rows: int) -> list[tuple[Callable[..., None], Slot, Array]]:
        if rows not in self._ready:
            self._ready[rows] = self._made(rows)
        return self._ready[rows]

    def _made(self, rows: int) -> list[tuple[Callable[..., None], Slot, Array]]:
        net, steps = self._network, []
        for i, (stage, plan) in enumerate(zip(net.sequential.body, net.plans, strict=True)):
            slot = net.slot(rows, plan, training=False)
            vars(slot).update(vars(net.buffers.slots[i]))
            if i == 0 and plan.joint and not net.joined:
                slot.room = np.empty((*net.lead, rows, plan.width), self._memory[0].dtype)
            z = carve(self._memory[i % 2], *net.lead, plan.width, rows)
            steps.append((stage.forward, slot, z))
        return steps
