"""Losses: how wrong a batch of outputs is, and the gradient by them.

A *loss* belongs to one row, the mean over rows is what is shown, and the *cost* an optimizer
minimises adds the penalty to that. All losses take logits (what comes before the output
activation), so they are exact far beyond where probabilities round to 0 or 1.

>>> losses["categorical_cross_entropy"]().mean(np.array([[0.0, 1e4]]), np.array([0]))
10000.0
>>> losses["mse"]().mean(np.array([[1.0], [4.0]]), np.array([[1.0], [2.0]]))
2.0
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nncore.activations import Activation, Linear, Sigmoid, Softmax
from nncore.arrays import ONE, ZERO, Array, Targets
from nncore.buffers import Plan, Slot
from nncore.registry import Registry


class Loss(ABC):
    """A loss of each row, and how to run it without allocating.

    Its slot holds, beside the scratch of its plan, `dot`, the matrix product of (..., n, k) and
    (..., k, m) into a third argument; `each`, ones of shape (rows, 1); `across`, ones of shape
    (1, outputs); `flat` and `upright`, the shapes (..., 1, outputs · rows) and (..., outputs ·
    rows, 1); `units`, 1/outputs in the latter shape; and as 0-d arrays `per_row`, 1/rows, and
    `slope`, the loss's `factor` / (rows · outputs).

    Where rows have `weights`, (..., 1 or outputs, rows) and else None, `each` and `units` hold them
    already; the gradient is multiplied by them afterwards.
    """

    link: ClassVar[type[Activation]]
    """The output activation that makes predictions of the logits this loss takes."""
    factor: ClassVar[float] = 1.0
    """Of the gradient, left to the constant it is multiplied by anyway."""
    kinks: ClassVar[tuple[float, ...]] = ()
    """Values of z − target where the gradient jumps. A gradient check steps around them."""

    def plan(self, width: int) -> Plan:
        return Plan(width, scratch={"room": width})

    @abstractmethod
    def targets(self, y: Targets, outputs: int) -> Targets:
        """`y` in the form the loss works with.

        Raises:
            ValueError: it does not fit the loss or the number of outputs; says how.
        """

    @abstractmethod
    def __call__(self, at: Slot, z: Array, target: Array, dz: Array) -> Array:
        """Write the gradient of the mean loss into `dz`; return the *sum* of the rows' losses.

        `z`, `target` and `dz` are (..., outputs, rows), the sum is (..., 1, 1): one a member.
        """

    @abstractmethod
    def mean(self, z: Array, y: Targets) -> float:
        """The mean loss of `z`, shape (rows, outputs), which is spent; `y` as `targets` gave it."""


losses: Registry[type[Loss]] = Registry("loss")


@losses("categorical_cross_entropy")
@dataclass(frozen=True)
class CategoricalCrossEntropy(Loss):
    """−Σₖ tₖ log softmax(z)ₖ, in nats. Targets: class ids (rows,), or one-hot (rows, outputs).

    With z shifted by its row's maximum it is log Σ exp(z) − z[target], and the gradient of the
    mean over rows is (softmax(z) − t) / rows.
    """

    link: ClassVar[type[Activation]] = Softmax

    def plan(self, width: int) -> Plan:
        return Plan(width, scratch={"top": 1, "total": 1})

    def targets(self, y: Targets, outputs: int) -> Targets:
        if y.ndim == 1 and np.issubdtype(y.dtype, np.integer):
            if len(y) and not (y.min() >= 0 and y.max() < outputs):
                raise ValueError(
                    f"The class ids run from {y.min()} to {y.max()}, but the network has "
                    f"{outputs} outputs: ids 0 to {outputs - 1}."
                )
            return y.astype(np.int64, copy=False)
        shares = _numbers(y, outputs, "class ids (rows,) as integers, or one-hot rows")
        if len(shares) and not np.allclose(shares.sum(axis=1), 1.0, atol=1e-4):
            raise ValueError("One-hot targets must sum to 1 in every row.")
        return shares

    def __call__(self, at: Slot, z: Array, target: Array, dz: Array) -> Array:
        top, total = at.top, at.total
        np.maximum.reduce(z, axis=-2, keepdims=True, out=top)
        np.subtract(z, top, out=dz)
        counted = target if at.weights is None else target * at.weights
        right = at.dot(dz.reshape(at.flat), counted.reshape(at.upright))
        np.exp(dz, out=dz)
        at.dot(at.across, dz, total)  # each row's sum, in a third less time than sum()
        np.divide(dz, total, out=dz)
        np.subtract(dz, target, out=dz)
        np.multiply(dz, at.per_row, out=dz)
        np.log(total, out=total)
        return at.dot(total, at.each) - right

    def mean(self, z: Array, y: Targets) -> float:
        np.subtract(z, np.maximum.reduce(z, axis=-1, keepdims=True), out=z)
        if y.ndim == 1:
            right = np.take_along_axis(z, y[:, None], axis=1).sum(dtype=np.float64)
        else:
            right = np.vdot(z, y)
        np.exp(z, out=z)
        total = np.log(z.sum(axis=-1))
        return float((total.sum(dtype=np.float64) - right) / len(z))


@losses("binary_cross_entropy")
@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """log(1 + exp(z)) − t z: −t log p − (1−t) log(1−p) with p = sigmoid(z), in nats.

    The mean over the units of a row; targets (rows, outputs) in 0…1. The gradient of the mean over
    rows is (sigmoid(z) − t) / (rows · outputs).
    """

    link: ClassVar[type[Activation]] = Sigmoid

    def targets(self, y: Targets, outputs: int) -> Targets:
        y = _numbers(y, outputs, "0 or 1 for every unit")
        if y.size and not (y.min() >= 0.0 and y.max() <= 1.0):
            raise ValueError(
                f"Binary targets lie in 0…1, but they run from {y.min():g} to {y.max():g}."
            )
        return y

    def __call__(self, at: Slot, z: Array, target: Array, dz: Array) -> Array:
        room = at.room
        np.multiply(z, target, out=room)
        np.logaddexp(ZERO, z, out=dz)
        np.subtract(dz, room, out=dz)
        total = at.dot(dz.reshape(at.flat), at.units)
        np.negative(z, out=dz)
        np.exp(dz, out=dz)  # infinity far below zero is right: its reciprocal is 0
        np.add(dz, ONE, out=dz)
        np.divide(ONE, dz, out=dz)
        np.subtract(dz, target, out=dz)
        np.multiply(dz, at.slope, out=dz)
        return total

    def mean(self, z: Array, y: Targets) -> float:
        loss = np.logaddexp(ZERO, z)
        loss -= np.multiply(z, y, out=z)
        return float(loss.mean(dtype=np.float64))


class Regression(Loss):
    """A loss of the differences z − target, each unit on its own; the mean over a row's units."""

    link: ClassVar[type[Activation]] = Linear

    def targets(self, y: Targets, outputs: int) -> Targets:
        return _numbers(y, outputs, "numbers")

    @abstractmethod
    def of(self, d: Array, room: Array) -> None:
        """Write each difference's loss into `room`, the gradient by it ÷ `factor` into `d`."""

    def __call__(self, at: Slot, z: Array, target: Array, dz: Array) -> Array:
        np.subtract(z, target, out=dz)
        self.of(dz, at.room)
        np.multiply(dz, at.slope, out=dz)
        return at.dot(at.room.reshape(at.flat), at.units)

    def mean(self, z: Array, y: Targets) -> float:
        room = np.empty_like(z)
        self.of(np.subtract(z, y, out=z), room)
        return float(room.mean(dtype=np.float64))


@losses("mse")
@dataclass(frozen=True)
class MeanSquaredError(Regression):
    """(z − t)². There is no ½ in it: the gradient is 2 (z − t)."""

    factor: ClassVar[float] = 2.0

    def of(self, d: Array, room: Array) -> None:
        np.multiply(d, d, out=room)


@losses("mae")
@dataclass(frozen=True)
class MeanAbsoluteError(Regression):
    """|z − t|, with gradient 0 at 0."""

    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    def of(self, d: Array, room: Array) -> None:
        np.abs(d, out=room)
        np.sign(d, out=d)


@losses("huber")
@dataclass(frozen=True)
class Huber(Regression):
    """½d² where |d| ≤ delta, else delta (|d| − ½ delta); d = z − t.

    Huber 1964. https://doi.org/10.1214/aoms/1177703732
    """

    delta: float = 1.0

    def __post_init__(self) -> None:
        if not self.delta > 0.0:
            raise ValueError(f"huber: delta is {self.delta:g}; it is above 0.")

    @property
    def kinks(self) -> tuple[float, ...]:  # type: ignore[override]  # depends on delta
        return (-self.delta, self.delta)

    def of(self, d: Array, room: Array) -> None:
        # with c = d clipped to ±delta both branches are c (d − ½c), and the gradient is c
        clipped = np.clip(d, -self.delta, self.delta)
        np.multiply(clipped, -0.5, out=room)
        np.add(room, d, out=room)
        np.multiply(room, clipped, out=room)
        np.copyto(d, clipped)


def _numbers(y: Targets, outputs: int, wanted: str) -> Targets:
    """`y` as (rows, outputs), or a sentence about what it should be."""
    if y.ndim == 1 and outputs == 1:
        y = y[:, None]
    if y.ndim != 2 or y.shape[1] != outputs:
        raise ValueError(
            f"The targets have shape {y.shape}, but the network has {outputs} "
            f"output{'s' * (outputs != 1)}: it wants (rows, {outputs}), {wanted}."
        )
    if not np.issubdtype(y.dtype, np.floating):
        y = y.astype(np.float32)
    if not np.isfinite(y).all():
        raise ValueError("The targets hold NaN or infinity; leave those rows out.")
    return y
