"""Metrics of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nncore.arrays import Array, Targets
from nncore.metrics.figures import Direction, Metric, metrics


class Difference(Metric):
    """A metric of numbers, shape (rows, outputs)."""

    classification: ClassVar[bool] = False


@metrics("mse")
@dataclass(frozen=True)
class MeanSquared(Difference):
    """mean((z − y)²) in the square of the target's own units; the mean over outputs."""

    direction: ClassVar[Direction] = "minimize"

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        d = np.subtract(z, y, dtype=np.float64)
        each = np.mean(d * d, axis=0)
        return float(np.mean(each if scale is None else each * np.square(scale)))


@metrics("rmse")
@dataclass(frozen=True)
class RootMeanSquaredError(Difference):
    """√mean((z − y)²) in the target's own units; the mean over outputs."""

    direction: ClassVar[Direction] = "minimize"

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        d = np.subtract(z, y, dtype=np.float64)
        each = np.sqrt(np.mean(d * d, axis=0))
        return float(np.mean(each if scale is None else each * scale))


@metrics("mae")
@dataclass(frozen=True)
class MeanAbsolute(Difference):
    """mean |z − y| in the target's own units; the mean over outputs."""

    direction: ClassVar[Direction] = "minimize"

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        each = np.mean(np.abs(np.subtract(z, y, dtype=np.float64)), axis=0)
        return float(np.mean(each if scale is None else each * scale))


@metrics("r2")
@dataclass(frozen=True)
class R2(Difference):
    """1 − Σ(z − y)² / Σ(y − ȳ)²: the share of the variance explained; the mean over outputs.

    A target that never changes counts 1 where it is met and else 0, as in scikit-learn; one row
    has no variance and so no value.
    """

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        if len(y) < 2:
            return None
        y = y.astype(np.float64)
        left = np.sum((z - y) ** 2, axis=0)
        spread = np.sum((y - y.mean(axis=0)) ** 2, axis=0)
        moves = spread > 0.0
        each = np.where(left > 0.0, 0.0, 1.0)
        each[moves] = 1.0 - left[moves] / spread[moves]
        return float(np.mean(each))
