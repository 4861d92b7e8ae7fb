"""What is shown of an epoch: costs and metrics on the training and validation rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from nncore.arrays import Array, Figure, Targets
from nncore.dataset import Dataset
from nncore.losses import Loss
from nncore.metrics import Metric, metrics
from nncore.network import Network
from nncore.passes import EVALUATION_ROWS

SMALL = 4 << 20
"""Bytes of rows that may be copied, so that they lie together."""
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
        most: int = SAMPLE,
    ) -> Evaluation | Apart:
        """What measures a training.

        Args:
            data: for all members, or one each.
            seeds: decide which rows of a large table are measured; for all members, or one each.
            most: training rows that are measured.
        """
        sampled = len(set(seeds)) > 1 and any(one.rows > most for one in data)
        if len(data) == 1 and not sampled:
            return cls(network, loss, names, data[0], seeds[0], most)
        return Apart(network, loss, names, data, seeds, most)

    def __init__(
        self,
        network: Network,
        loss: Loss,
        names: Sequence[str],
        data: Dataset,
        seed: int,
        most: int,
    ) -> None:
        self._network, self._loss = network, loss
        self._metrics = {name: metrics[name]() for name in names}
        self._scale = data.y_scale
        self._parts = {
            name: _Part(network, loss, *rows) for name, rows in _rows(data, seed, most).items()
        }

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
        z = self._members(z)
        return metric.each(z, _everybodys(y, z), _everybodys(self._scale, z))

    def _cost(self, z: Array, y: Targets) -> Figure:
        if self._network.members is None:
            return self._loss.mean(z, y)
        return np.array([self._loss.mean(one, y) for one in self._members(z)])

    def _members(self, z: Array) -> Array:
        """Shape (members, rows, outputs), for a single member too."""
        return z if z.ndim == 3 else z[None]


class Apart:
    """Measures each member by rows of its own: folds, say."""

    def __init__(
        self,
        network: Network,
        loss: Loss,
        names: Sequence[str],
        data: Sequence[Dataset],
        seeds: Sequence[int],
        most: int,
    ) -> None:
        self._loss, self._count = loss, network.members or 1
        self._metrics = {name: metrics[name]() for name in names}
        own = [data[k % len(data)] for k in range(self._count)]
        rows = [_rows(one, seeds[k % len(seeds)], most) for k, one in enumerate(own)]
        self._parts = {
            name: _groups(network, loss, [each[name] for each in rows], [d.y_scale for d in own])
            for name in rows[0]
        }

    def figures(self) -> dict[str, Figure]:
        """The members' figures, beside each other."""
        names = [f"{part}_{name}" for name in ("cost", *self._metrics) for part in self._parts]
        found = {name: np.empty(self._count) for name in names}
        for part, groups in self._parts.items():
            for group in groups:
                z, at = group.logits(), group.members
                for name, metric in self._metrics.items():
                    found[f"{part}_{name}"][at] = metric.each(z, group.y, group.scale)
                costs = [self._loss.mean(*one) for one in zip(z, group.y, strict=True)]
                found[f"{part}_cost"][at] = costs
        return dict(found)


@dataclass(frozen=True, eq=False)
class _Group:
    """Members that are measured by as many rows, each by its own: figures in one go."""

    members: list[int]
    parts: list[_Part]
    z: Array
    """Shape (members, rows, outputs); the parts write into it."""
    y: Targets
    """Shape (members, rows) or (members, rows, outputs)."""
    scale: Array | None
    """Shape (members, outputs)."""
    network: Network
    x: Array | None
    """The rows of all members, (members, rows, width), where these are all there are."""

    def logits(self) -> Array:
        """What each member says of its rows; spent by the loss."""
        if self.x is not None:
            self.network.evaluate(self.x, self.z)
            return self.z
        for part in self.parts:
            part.logits()
        return self.z


def _groups(
    network: Network,
    loss: Loss,
    rows: Sequence[_Measured],
    scales: Sequence[Array | None],
) -> list[_Group]:
    """The members by how many rows each is measured by."""
    lengths = [len(y if chosen is None else chosen) for _, y, chosen in rows]
    made = []
    for length in dict.fromkeys(lengths):
        members = [k for k, its in enumerate(lengths) if its == length]
        z = _room(network, (len(members),), length)
        parts = [
            _Part(network.member(k), loss, *rows[k], z=room)
            for k, room in zip(members, z, strict=True)
        ]
        units = [scale for k in members if (scale := scales[k]) is not None]
        y = np.stack([part.y for part in parts])
        scale = np.stack(units) if units else None
        x = _together([part.x for part in parts]) if len(members) == network.members else None
        made.append(_Group(members, parts, z, y, scale, network, x))
    return made


def _together(tables: Sequence[Array | None]) -> Array | None:
    """The members' rows in one piece, where a copy of them is small."""
    whole = [x for x in tables if x is not None]
    if len(whole) < len(tables) or sum(x.nbytes for x in whole) > SMALL:
        return None
    return np.stack(whole)


_Measured = tuple[Array, Targets, Array | None]
"""x, y, and which of the rows are measured; None: all."""


def _rows(data: Dataset, seed: int, most: int) -> dict[str, _Measured]:
    """What is measured of a data set; of a large one `most` training rows, drawn by `seed`."""
    found: dict[str, _Measured] = {"train": (data.x, data.y, None)}
    if data.rows > most:
        rng = np.random.default_rng([seed, most])
        chosen = np.sort(rng.choice(data.rows, most, replace=False))
        small = most * data.x.itemsize * data.features <= SMALL
        part = (data.x[chosen], data.y[chosen], None) if small else (data.x, data.y, chosen)
        found["train"] = part
    if data.x_valid is not None and data.y_valid is not None:
        found["val"] = (data.x_valid, data.y_valid, None)
    return found


def _room(network: Network, lead: tuple[int, ...], rows: int) -> Array:
    """Room for logits, (*lead, rows, outputs).

    A unit's numbers lie side by side: maxima and sums over a row's units are 20 times faster.
    """
    z = np.empty((*lead, network.outputs, rows), network.buffers.theta.dtype)
    return z.swapaxes(-1, -2)


@overload
def _everybodys(values: Array, z: Array) -> Array: ...
@overload
def _everybodys(values: None, z: Array) -> None: ...
def _everybodys(values: Array | None, z: Array) -> Array | None:
    """The same for each member of `z`, without a copy."""
    return None if values is None else np.broadcast_to(values, (len(z), *values.shape))


class _Part:
    """Some rows, their targets, and room for what the network says of them."""

    def __init__(
        self,
        network: Network,
        loss: Loss,
        x: Array,
        y: Targets,
        chosen: Array | None = None,
        z: Array | None = None,
    ) -> None:
        """Args:
        chosen: which of the rows; None: all.
        z: room for what is said of them, made here where there is none.
        """
        self._network, self._chosen = network, chosen
        dtype = network.buffers.theta.dtype
        self._x = x = np.ascontiguousarray(x, dtype)
        y = loss.targets(np.asarray(y), network.outputs)
        self.y = y if chosen is None else y[chosen]
        self._z = _room(network, network.lead, len(self.y)) if z is None else z
        # sampled rows are gathered a batch at a time: together they may not fit in memory
        rows = 0 if chosen is None else EVALUATION_ROWS
        self._batch = np.empty((rows, x.shape[1]), dtype)

    @property
    def x(self) -> Array | None:
        """The rows, where all are measured."""
        return self._x if self._chosen is None else None

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
