"""Running a network: the views one batch size needs, made once and then only used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nncore.arrays import Array
from nncore.buffers import Slot, carve

if TYPE_CHECKING:  # a pass is part of a network, and only its type comes from there
    from nncore.network import Network

EVALUATION_ROWS = 512
"""Rows that go through the network at once when it predicts. Fixed, because a matrix product's
last bits depend on how many rows it has; 512 rows of common widths stay in the cache."""

Forward = tuple[Callable[..., None], Slot, Array, Array]
Backward = tuple[Callable[..., None], Slot, Array, Array, Array, Array]


class Pass:
    """The views one batch size needs, in the order they are used."""

    def __init__(self, network: Network, rows: int) -> None:
        lead, plans = network.lead, network.plans
        self.slots = [
            network.slot(rows, plan, scratch)
            for plan, scratch in zip(plans, network._scratch, strict=True)
        ]
        for slot, own in zip(self.slots, network.buffers.slots, strict=True):
            vars(slot).update(vars(own))
        self.ys = [
            carve(y, lead, rows, plan.width) for y, plan in zip(network._ys, plans, strict=True)
        ]
        dys = [carve(network._dys[i % 2], lead, rows, plan.width) for i, plan in enumerate(plans)]
        self.output, self.doutput = self.ys[-1], dys[-1]
        body = network.sequential.body
        self._enter = (body[0].forward, self.slots[0], self.ys[0])
        self._forward: list[Forward] = [
            (body[i].forward, self.slots[i], self.ys[i - 1], self.ys[i])
            for i in range(1, len(body))
        ]
        self._backward: list[Backward] = [
            (body[i].backward, self.slots[i], self.ys[i - 1], self.ys[i], dys[i], dys[i - 1])
            for i in reversed(range(1, len(body)))
        ]
        self._leave = (body[0].backward, self.slots[0], self.ys[0], dys[0])

    def forward(self, x: Array, training: bool) -> Array:
        """Logits of `x`, in memory that the next batch reuses."""
        forward, at, y = self._enter
        forward(at, x, y, training)
        for forward, at, z, y in self._forward:
            forward(at, z, y, training)
        return self.output

    def backward(self, x: Array) -> None:
        """Every parameter's gradient, from what the loss wrote into `doutput`."""
        for backward, at, z, y, dy, dz in self._backward:
            backward(at, z, y, dy, dz)
        backward, at, y, dy = self._leave
        backward(at, x, y, dy, None)


class Evaluator:
    """Runs rows through a network in fixed batches, in memory of its own."""

    def __init__(self, network: Network) -> None:
        self._network = network
        widest = max(plan.width for plan in network.plans)
        size = EVALUATION_ROWS * widest * (network.members or 1)
        self._memory = [np.empty(size, network.buffers.theta.dtype) for _ in range(2)]
        self._ready: dict[int, list[tuple[Callable[..., None], Slot, Array]]] = {}

    def __call__(self, x: Array, out: Array) -> None:
        """Write the logits of `x`, shape (rows, width), into `out`, (..., rows, outputs)."""
        for start in range(0, len(x), EVALUATION_ROWS):
            y = batch = x[start : start + EVALUATION_ROWS]
            for forward, at, z in self._steps(len(batch)):
                forward(at, y, z, False)
                y = z
            np.copyto(out[..., start : start + len(batch), :], y)

    def _steps(self, rows: int) -> list[tuple[Callable[..., None], Slot, Array]]:
        if rows not in self._ready:
            net = self._network
            self._ready[rows] = [
                (
                    stage.forward,
                    Slot(**vars(net.slot(rows, replace(plan, scratch={}), {})), **vars(own)),
                    carve(self._memory[i % 2], net.lead, rows, plan.width),
                )
                for i, (stage, plan, own) in enumerate(
                    zip(net.sequential.body, net.plans, net.buffers.slots, strict=True)
                )
            ]
        return self._ready[rows]
