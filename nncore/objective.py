"""What an optimizer minimises: the mean loss of a mini-batch and the penalty on large weights."""

from __future__ import annotations

import numpy as np

from nncore.arrays import Array
from nncore.buffers import Slot
from nncore.losses import Loss
from nncore.network import Network


class Objective:
    """Cost of a mini-batch, mean loss + λ/(2N) Σ‖W‖², and its gradient by every parameter.

    N is the number of *training* rows, not of the batch: with 209 rows and batches of 32 the other
    reading is 6.5 times too strong. Biases are not penalised.
    """

    def __init__(self, network: Network, loss: Loss, lambd: float, rows: int) -> None:
        if not lambd >= 0.0:
            raise ValueError(f"lambd is {lambd:g}; a penalty's strength is 0 or more.")
        self._network, self._loss = network, loss
        buffers = network.buffers
        weights = buffers.theta[..., : buffers.decayed]
        self._weights, self._dweights = weights, buffers.grad[..., : buffers.decayed]
        self._room = buffers.work[1, ..., : buffers.decayed]
        self._across, self._upright = weights[..., None, :], weights[..., :, None]
        self._strength = np.asarray(lambd / rows, buffers.theta.dtype)
        self._penalised = lambd > 0.0
        self._slots: dict[int, Slot] = {}

    def gradient(self, x: Array, target: Array) -> Array:
        """Fill the network's gradient for a batch, dropout on.

        Args:
            target: numbers, shape (..., rows, outputs); class ids as one-hot rows.

        Returns:
            The cost of the batch times its rows, shape (..., 1, 1): one a member.
        """
        rows = x.shape[-2]
        views = self._network.at(rows)
        at = self._slots.get(rows) or self._slot(rows)
        cost = self._loss(at, views.forward(x, True), target, views.doutput)
        views.backward(x)
        if self._penalised:
            np.multiply(self._weights, self._strength, out=self._room)
            np.add(self._dweights, self._room, out=self._dweights)
            cost = cost + rows * self.penalty()
        return cost

    def penalty(self) -> Array:
        """λ/(2N) Σ‖W‖², shape (..., 1, 1)."""
        return 0.5 * self._strength * np.matmul(self._across, self._upright)

    def _slot(self, rows: int) -> Slot:
        """The room the loss needs for a batch of `rows`. Made once per size."""
        net, dtype = self._network, self._network.buffers.theta.dtype
        plan = self._loss.plan(net.outputs)
        copies = rows * (net.members or 1)
        scratch = {name: np.empty(copies * width, dtype) for name, width in plan.scratch.items()}
        at = net.slot(rows, plan, scratch)
        count = rows * net.outputs
        at.across = np.ones((net.outputs, 1), dtype)
        at.units = np.full((count, 1), 1.0 / net.outputs, dtype)
        at.flat, at.upright = (*net.lead, 1, count), (*net.lead, count, 1)
        at.per_row = np.asarray(1.0 / rows, dtype)
        at.slope = np.asarray(self._loss.factor / count, dtype)
        self._slots[rows] = at
        return at
