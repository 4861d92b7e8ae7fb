"""What is shown of an epoch: costs and metrics on the training and validation rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nncore.arrays import Array, Figure, Targets
from nncore.dataset import Dataset
from nncore.losses import Loss
from nncore.metrics import Metric, metrics
from nncore.network import Network
from nncore.passes import EVALUATION_ROWS

SAMPLE = 10_000
"""Training rows that are measured where there are more."""


class Evaluation:
    """Measures a network on the rows it learns from and on those it is judged by.

    Its memory is its own and is made once, so that an epoch's figures allocate next to nothing.
    """

    @classmethod
    def of(
        cls,
        network: Network,
        loss: Loss,
        names: Sequence[str],
        data: Sequence[Dataset],
        seeds: Sequence[int],
    ) -> Evaluation | Apart:
        """What measures a training.

        Args:
            data: for all members, or one each.
            seeds: decide which rows of a large table are measured; for all members, or one each.
        """
        sampled = len(set(seeds)) > 1 and any(one.rows > SAMPLE for one in data)
        if len(data) == 1 and not sampled:
            return cls(network, loss, names, data[0], seeds[0])
        count = network.members or 1
        return Apart(
            [
                cls(network.member(k), loss, names, data[k % len(data)], seeds[k % len(seeds)])
                for k in range(count)
            ]
        )

    def __init__(
        self, network: Network, loss: Loss, names: Sequence[str], data: Dataset, seed: int
    ) -> None:
        self._network, self._loss = network, loss
        self._metrics = {name: metrics[name]() for name in names}
        self._scale = data.y_scale
        self._parts = {"train": _Part(network, loss, data.x, data.y)}
        if data.rows > SAMPLE:
            rng = np.random.default_rng([seed, SAMPLE])
            chosen = np.sort(rng.choice(data.rows, SAMPLE, replace=False))
            self._parts["train"] = _Part(network, loss, data.x, data.y, chosen)
        if data.x_valid is not None and data.y_valid is not None:
            self._parts["val"] = _Part(network, loss, data.x_valid, data.y_valid)

    def figures(self) -> dict[str, Figure]:
        """The mean loss and every metric of each part, dropout off and without the penalty."""
        costs: dict[str, Figure] = {}
        others: dict[str, Figure] = {}
        for part, rows in self._parts.items():
            z = rows.logits()
            for name, metric in self._metrics.items():
                others[f"{part}_{name}"] = self._each(z, rows.y, metric)
            costs[f"{part}_cost"] = self._cost(z, rows.y)  # last: it spends z
        return costs | others

    def _each(self, z: Array, y: Targets, metric: Metric) -> Figure:
        if self._network.members is None:
            return metric.quietly(z, y, self._scale)
        return np.array([metric.quietly(one, y, self._scale) for one in self._members(z)])

    def _cost(self, z: Array, y: Targets) -> Figure:
        if self._network.members is None:
            return self._loss.mean(z, y)
        return np.array([self._loss.mean(one, y) for one in self._members(z)])

    def _members(self, z: Array) -> Array:
        """Shape (members, rows, outputs), for a single member too."""
        return z if z.ndim == 3 else z[None]


class Apart:
    """Measures each member by rows of its own: folds, say."""

    def __init__(self, each: Sequence[Evaluation]) -> None:
        self._each = each

    def figures(self) -> dict[str, Figure]:
        """The members' figures, beside each other."""
        found = [one.figures() for one in self._each]
        return {name: np.array([one[name] for one in found]) for name in found[0]}


class _Part:
    """Some rows, their targets, and room for what the network says of them."""

    def __init__(
        self,
        network: Network,
        loss: Loss,
        x: Array,
        y: Targets,
        chosen: Array | None = None,
    ) -> None:
        self._network, self._chosen = network, chosen
        dtype = network.buffers.theta.dtype
        self._x = x = np.ascontiguousarray(x, dtype)
        y = loss.targets(np.asarray(y), network.outputs)
        self.y = y if chosen is None else y[chosen]
        # a unit's numbers side by side: maxima and sums over a row's units are 20 times faster
        z = np.empty((*network.lead, network.outputs, len(self.y)), dtype)
        self._z = z.swapaxes(-1, -2)
        # sampled rows are gathered a batch at a time: together they may not fit in memory
        rows = 0 if chosen is None else EVALUATION_ROWS
        self._batch = np.empty((rows, x.shape[1]), dtype)

    def logits(self) -> Array:
        """Shape (..., rows, outputs); spent by the loss, filled anew by the next call."""
        if self._chosen is None:
            self._network.evaluate(self._x, self._z)
            return self._z
        for start in range(0, len(self._chosen), EVALUATION_ROWS):
            ids = self._chosen[start : start + EVALUATION_ROWS]
            batch = self._batch[: len(ids)]
            np.take(self._x, ids, axis=0, out=batch, mode="clip")
            self._network.evaluate(batch, self._z[..., start : start + len(ids), :])
        return self._z
