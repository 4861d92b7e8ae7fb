"""Metrics of numbers."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nncore.arrays import Array, Targets
from nncore.metrics.figures import Direction, Metric, metrics


class Difference(Metric):
    """A metric of numbers, shape (rows, outputs), or (members, rows, outputs) for several."""

    classification: ClassVar[bool] = False

    @abstractmethod
    def outputs(self, z: Array, y: Array, scale: Array | None) -> Array:
        """The figure of every output, shape (..., outputs)."""

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        return float(_mean(self.outputs(z, y, scale)))

    def each(self, z: Array, y: Array, scale: Array | None) -> Array:
        return _mean(self.outputs(z, y, scale)) if z.shape[1] else super().each(z, y, scale)


@metrics("mse")
@dataclass(frozen=True)
class MeanSquared(Difference):
    """mean((z − y)²) in the square of the target's own units; the mean over outputs."""

    direction: ClassVar[Direction] = "minimize"

    def outputs(self, z: Array, y: Array, scale: Array | None) -> Array:
        each = _squares(np.subtract(z, y, dtype=np.float64)) / z.shape[-2]
        return each if scale is None else each * np.square(scale)


@metrics("rmse")
@dataclass(frozen=True)
class RootMeanSquaredError(Difference):
    """√mean((z − y)²) in the target's own units; the mean over outputs."""

    direction: ClassVar[Direction] = "minimize"

    def outputs(self, z: Array, y: Array, scale: Array | None) -> Array:
        each = np.sqrt(_squares(np.subtract(z, y, dtype=np.float64)) / z.shape[-2])
        return each if scale is None else each * scale


@metrics("mae")
@dataclass(frozen=True)
class MeanAbsolute(Difference):
    """mean |z − y| in the target's own units; the mean over outputs."""

    direction: ClassVar[Direction] = "minimize"

    def outputs(self, z: Array, y: Array, scale: Array | None) -> Array:
        d = np.subtract(z, y, dtype=np.float64)
        each = np.add.reduce(np.abs(d, out=d), axis=-2) / z.shape[-2]
        return each if scale is None else each * scale


@metrics("r2")
@dataclass(frozen=True)
class R2(Difference):
    """1 − Σ(z − y)² / Σ(y − ȳ)²: the share of the variance explained; the mean over outputs.

    A target that never changes counts 1 where it is met and else 0, as in scikit-learn; one row
    has no variance and so no value.
    """

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        return None if len(y) < 2 else super().figure(z, y, scale)

    def each(self, z: Array, y: Array, scale: Array | None) -> Array:
        return super().each(z, y, scale) if z.shape[1] > 1 else np.full(len(z), self.stand_in)

    def outputs(self, z: Array, y: Array, scale: Array | None) -> Array:
        y = y.astype(np.float64)
        left = _squares(z - y)
        spread = _squares(y - np.add.reduce(y, axis=-2, keepdims=True) / y.shape[-2])
        moves = spread > 0.0
        each = np.where(left > 0.0, 0.0, 1.0)
        each[moves] = 1.0 - left[moves] / spread[moves]
        return each


# np.mean and np.sum take longer to begin than all the rest for the rows a search has
def _squares(d: Array) -> Array:
    """Σ d² over the rows; spends d."""
    return np.add.reduce(np.multiply(d, d, out=d), axis=-2)


def _mean(each: Array) -> Array:
    return np.add.reduce(each, axis=-1) / each.shape[-1]
