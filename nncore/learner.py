"""What goes over the training rows once an epoch: all members together, or one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncore.activations import Softmax
from nncore.arrays import Array, Figure, Targets
from nncore.batches import Batches
from nncore.buffers import Slot
from nncore.dataset import Dataset
from nncore.losses import Loss
from nncore.network import Network
from nncore.objective import Objective
from nncore.recipe import Recipe

FLUSH_EVERY = 256
"""Steps after which vanished numbers are set to zero."""
VANISHED = 1e-20
"""Below this no number here changes a result, and at β = 0.9 none reaches float32's denormal range
(1e-38, where arithmetic is 1.5 times slower and worse) before the next flush."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What a network learns from, in its own precision."""

    tables: Sequence[tuple[Array, Targets]]
    """(x, y) for all members, or one each."""
    weights: Sequence[Array]
    """Of the rows of each table; or none."""
    dealt: int
    """Rows that are dealt in an epoch: of the shortest table."""

    @classmethod
    def of(cls, data: Sequence[Dataset], loss: Loss, outputs: int, dtype: Any) -> Rows:
        """Of data sets, for all members or one each."""
        tables = [
            (
                np.ascontiguousarray(one.x, dtype),
                _like(loss.targets(np.asarray(one.y), outputs), dtype),
            )
            for one in data
        ]
        weights = [_weights(one.weights, loss, dtype) for one in data if one.weights is not None]
        return cls(tables, weights, min(one.rows for one in data))

    def member(self, member: int) -> Rows:
        """One member's own."""
        tables, weights = self.tables, self.weights
        own = [weights[member % len(weights)]] if weights else []
        return Rows([tables[member % len(tables)]], own, self.dealt)


class Learner:
    """Takes a network over its rows, step by step."""

    def __init__(
        self,
        recipe: Recipe,
        network: Network,
        rows: Rows,
        shuffles: Sequence[np.random.Generator],
        state: Array,
    ) -> None:
        """Args:
        recipe: of all members of `network`, or of the one that it is.
        shuffles: deal the rows, one a member.
        state: the optimizer's, shape (slots, ..., parameters).
        """
        self._recipe, self._network, self._state = recipe, network, state
        lengths = tuple(len(x) for x, _ in rows.tables)
        count = lengths[0] if len(set(lengths)) == 1 else lengths
        self._objective = Objective(network, recipe.loss, recipe.lambd, count)
        self._batches = Batches(
            rows.tables,
            network.outputs,
            network.rows,
            shuffles,
            network.members,
            rows.weights,
            joined=network.joined,
            most=rows.dealt,
        )
        buffers = network.buffers
        if network.members == 1:  # it costs what a network without the axis costs
            buffers, state = buffers.member(0), state[:, 0]
        self._at = Slot(theta=buffers.theta, work=buffers.work, state=state)
        self._at.decayed = [buffers.theta[..., stretch] for stretch in buffers.decayed]
        recipe.optimizer.prepare(self._at)
        self._costs = np.zeros((len(self._batches.sizes), *network.lead, 1, 1))

    @property
    def cost(self) -> Array:
        """The mean over the last pass of the penalised cost, shape () or (members,)."""
        return self._costs.sum(axis=(0, -2, -1)) / self._batches.rows

    @property
    def steps(self) -> int:
        """Of one pass."""
        return len(self._batches.sizes)

    def learn(self, rate: Figure, step: int) -> Array:
        """One pass over the rows; the length of the last gradient, shape () or (members,).

        Args:
            rate: the learning rate, of all or (members, 1).
            step: steps that were done before.
        """
        gradient, optimize = self._objective.of_batch, self._recipe.optimizer.step
        at, costs, clip = self._at, self._costs, self._recipe.clip_norm
        last = len(costs) - 1
        norm = np.zeros(())
        for i, batch in enumerate(self._batches.dealt()):
            costs[i] = gradient(*batch)
            if clip is not None or i == last:
                norm = np.sqrt(squares(self._network.buffers.grad))
                if clip is not None:
                    self._shorten(norm, clip)
            step += 1
            optimize(at, rate, step)
            if not step % FLUSH_EVERY:
                self._flush()
        return norm

    def _shorten(self, norm: Array, longest: float) -> None:
        """Scale the gradients that are longer down to `longest`."""
        grad = self._network.buffers.grad
        factor = np.asarray(longest / np.maximum(norm, longest), grad.dtype)
        np.multiply(grad, factor[..., None], out=grad)

    def _flush(self) -> None:
        """Set what has all but vanished to zero, before it slows everything down."""
        room = self._network.buffers.work[0]
        for numbers in (self._network.buffers.theta, *self._state):
            np.abs(numbers, out=room)
            np.greater_equal(room, VANISHED, out=room)
            np.multiply(numbers, room, out=numbers)  # a tenth of what copying where(...) takes


def squares(vectors: Array) -> Array:
    """Each member's sum of squares, shape () or (members,)."""
    return np.matmul(vectors[..., None, :], vectors[..., :, None])[..., 0, 0]


def _like(y: Array, dtype: Any) -> Array:
    """Numbers in the network's own precision; class ids as they are."""
    return y if y.ndim == 1 else np.ascontiguousarray(y, dtype)


def _weights(weights: Array, loss: Loss, dtype: Any) -> Array:
    """Of rows, shape (rows, 1); or of units that are on or off, (rows, outputs)."""
    weights = weights.reshape(len(weights), -1)
    if weights.shape[1] > 1 and loss.link is Softmax:
        raise ValueError("A class is of its whole row: weights is (rows,), one number a row.")
    return np.ascontiguousarray(weights, dtype)
