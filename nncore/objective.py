"""What an optimizer minimises: the mean loss of a mini-batch and the penalty on large weights."""

from __future__ import annotations

import numpy as np

from nncore.arrays import Array
from nncore.buffers import Slot, turned
from nncore.losses import Loss
from nncore.members import Setting, column, each, refuse
from nncore.network import Network
from nncore.passes import Pass


class Objective:
    """Cost of a mini-batch, mean loss + λ/(2N) Σ‖W‖², and its gradient by every parameter.

    N is the number of *training* rows, not of the batch: with 209 rows and batches of 32 the other
    reading is 6.5 times too strong. Biases are not penalised.
    """

    def __init__(
        self, network: Network, loss: Loss, lambd: Setting, rows: int | tuple[int, ...]
    ) -> None:
        """Args:
        rows: training rows; where members learn from different ones, how many each has.
        """
        refuse(lambd, "lambd", lambda number: number >= 0.0, "a penalty's strength is 0 or more.")
        self._network, self._loss = network, loss
        buffers = network.buffers
        self._theta, self._grad, self._room = buffers.theta, buffers.grad, buffers.work[1]
        self._strength = column(_strength(lambd, rows), buffers.theta.dtype, 2) * buffers.decays
        """λ/N of a weight, 0 of a bias."""
        self._penalised = any(each(lambd))
        self._ready: dict[int, tuple[Pass, Slot]] = {}

    def gradient(self, x: Array, target: Array, weights: Array | None = None) -> Array:
        """Fill the network's gradient for a batch, dropout on.

        Args:
            target: numbers, shape (..., rows, outputs); class ids as one-hot rows.
            weights: what each row's loss is multiplied by, shape (..., rows, 1), or each unit's,
                shape (..., rows, outputs). The mean is over rows, whatever their weights add up to.

        Returns:
            The cost of the batch times its rows, shape (..., 1, 1): one a member.
        """
        dtype = self._theta.dtype
        others = (target,) if weights is None else (target, weights)
        columns = (np.ascontiguousarray(turned(one), dtype) for one in others)
        return self.of_batch(self._network.at(x.shape[-2]).entering(x), *columns)

    def of_batch(self, x: Array, target: Array, weights: Array | None = None) -> Array:
        """`gradient` of what `Batches` deals: all the other way up, x as the network takes it."""
        rows = x.shape[-1]
        views, at = self._ready.get(rows) or self._made(rows)
        if weights is None:
            cost = self._loss(at, views.forward(x, True), target, views.dlogits)
        else:
            self._weigh(at, weights)
            cost = self._loss(at, views.forward(x, True), target, views.dlogits)
            np.multiply(views.dlogits, weights, out=views.dlogits)
        views.backward(x)
        if self._penalised:
            cost = cost + rows * self.penalty()
            np.add(self._grad, self._room, out=self._grad)
        return cost

    def penalty(self) -> Array:
        """λ/(2N) Σ‖W‖², shape (..., 1, 1); its gradient is left in the second row of `work`."""
        np.multiply(self._theta, self._strength, out=self._room)
        theta, pull = self._theta, self._room
        return 0.5 * np.matmul(theta[..., None, :], pull[..., :, None])

    def _weigh(self, at: Slot, weights: Array) -> None:
        """Have the losses of a batch added up by their weights."""
        net, rows = self._network, weights.shape[-1]
        if at.weights is None:
            dtype = net.buffers.theta.dtype
            at.each = np.empty((*net.lead, rows, 1), dtype)
            at.units = np.empty(at.upright, dtype)
        at.weights = weights
        at.each[..., 0] = weights[..., 0, :]
        units = at.units.reshape(*net.lead, net.outputs, rows)
        np.multiply(weights, 1.0 / net.outputs, out=units, casting="same_kind")

    def _made(self, rows: int) -> tuple[Pass, Slot]:
        """The views and the room for a batch of `rows`. Made once per size."""
        self._ready[rows] = made = self._network.at(rows), self._slot(rows)
        return made

    def _slot(self, rows: int) -> Slot:
        """The room the loss needs for a batch of `rows`."""
        net, dtype = self._network, self._network.buffers.theta.dtype
        at = net.slot(rows, self._loss.plan(net.outputs))
        count = rows * net.outputs
        at.weights = None
        at.across, at.each = np.ones((1, net.outputs), dtype), np.ones((rows, 1), dtype)
        at.units = np.full((count, 1), 1.0 / net.outputs, dtype)
        at.flat, at.upright = (*net.lead, 1, count), (*net.lead, count, 1)
        at.per_row = np.asarray(1.0 / rows, dtype)
        at.slope = np.asarray(self._loss.factor / count, dtype)
        return at


def _strength(lambd: Setting, rows: int | tuple[int, ...]) -> Setting:
    """λ/N; one a member where either is."""
    if not isinstance(lambd, tuple) and not isinstance(rows, tuple):
        return lambd / rows
    count = max(len(each(lambd)), len(each(rows)))
    lambds, every = (one if isinstance(one, tuple) else (one,) * count for one in (lambd, rows))
    return tuple(strength / n for strength, n in zip(lambds, every, strict=True))
