"""Metrics: what a person would ask of a trained network.

Each takes logits or values of shape (rows, outputs) and targets: class ids (rows,), or numbers
(rows, outputs), where 0 and 1 mean units that are each on or off. Each knows which direction is
better. Where a figure has no value (a zero denominator) it is what scikit-learn would give, with
an `UndefinedMetric` warning instead of a crash.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from nncore.arrays import Array, Targets
from nncore.registry import Registry

Direction = Literal["minimize", "maximize"]


class UndefinedMetric(UserWarning):
    """A metric has no value on these rows, and its stand-in was given."""


class Metric(ABC):
    """A figure that says how good outputs are."""

    direction: ClassVar[Direction] = "maximize"
    stand_in: ClassVar[float] = 0.0
    """What is given where there is no value."""
    classification: ClassVar[bool] = True
    """Whether it is about classes (or units that are on or off), rather than numbers."""

    @abstractmethod
    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        """The figure, or None where it has no value."""

    def quietly(self, z: Array, y: Targets, scale: Array | None = None) -> float:
        """The figure without a warning: an epoch in which no row got a class is nothing unusual."""
        value = self.figure(z, y, scale) if len(z) else None
        return self.stand_in if value is None else value

    def __call__(self, z: Array, y: Targets, scale: Array | None = None) -> float:
        """The figure of outputs `z` for targets `y`.

        Args:
            scale: the units of a standardised regression target, shape (outputs,).
        """
        value = self.figure(z, y, scale) if len(z) else None
        if value is None:
            name = metrics.name_of(self)
            warnings.warn(
                f"{name} has no value on these rows; {self.stand_in:g} stands in for it.",
                UndefinedMetric,
                stacklevel=2,
            )
            return self.stand_in
        return value


class Metrics(Registry[type[Metric]]):
    """The metrics by name, which also know the direction of every figure an epoch shows."""

    def direction(self, figure: str) -> Direction:
        """Which way is better for a figure such as `val_cost`, `train_accuracy` or `parameters`.

        Raises:
            LookupError: no metric is called so.
        """
        bare = figure.removeprefix("train_").removeprefix("val_")
        return "minimize" if bare in ("cost", "parameters") else self[bare].direction


metrics = Metrics("metric")
direction = metrics.direction


def decide(z: Array, y: Targets) -> tuple[Array, Array]:
    """What `z` says and what is true: class ids (rows,), or booleans (rows, outputs).

    One-hot targets of several units cannot be told from units that are on or off: they are taken
    as the latter.
    """
    if y.ndim == 1:
        ids = np.empty(len(z), np.intp)
        for start in range(0, len(z), 512):  # argmax copies what does not lie row by row
            np.argmax(z[start : start + 512], axis=-1, out=ids[start : start + 512])
        return ids, y
    return z > 0.0, y >= 0.5


@metrics("accuracy")
@dataclass(frozen=True)
class Accuracy(Metric):
    """The share of rows whose largest output is the right class; or of all units that are right."""

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        said, true = decide(z, y)
        return float(np.count_nonzero(said == true) / true.size)


def counts(said: Array, true: Array, classes: int) -> tuple[Array, Array, Array]:
    """For each class how many rows are rightly called it, called it, and are it."""
    right = np.bincount(true[said == true], minlength=classes)
    return right, np.bincount(said, minlength=classes), np.bincount(true, minlength=classes)


def unit_counts(said: Array, true: Array) -> tuple[Array, Array, Array]:
    """The same for units that are on or off, shape (outputs,)."""
    return (said & true).sum(axis=0), said.sum(axis=0), true.sum(axis=0)


@metrics("balanced_accuracy")
@dataclass(frozen=True)
class BalancedAccuracy(Metric):
    """The mean recall of the classes that occur; for several units, the mean over units."""

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        said, true = decide(z, y)
        if true.ndim == 1:
            return self._of(said, true, z.shape[-1])
        units = [
            self._of(s.astype(np.int64), t.astype(np.int64), 2)
            for s, t in zip(said.T, true.T, strict=True)
        ]
        return float(np.mean(units))

    def _of(self, said: Array, true: Array, classes: int) -> float:
        right, _, are = counts(said, true, classes)
        occurs = are > 0
        return float(np.mean(right[occurs] / are[occurs]))


@metrics("f1")
@dataclass(frozen=True)
class F1(Metric):
    """2 · right / (called + are): of one unit alone; else the mean over classes or units (macro).

    Classes that neither occur nor are called are left out, as scikit-learn does.
    """

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        said, true = decide(z, y)
        if true.ndim == 1:
            right, called, are = counts(said, true, z.shape[-1])
            known = called + are > 0
            return float(np.mean(2 * right[known] / (called + are)[known]))
        right, called, are = unit_counts(said, true)
        total = called + are
        if len(total) == 1 and total[0] == 0:
            return None
        return float(np.mean(2 * right / np.maximum(total, 1)))


@metrics("roc_auc")
@dataclass(frozen=True)
class RocAuc(Metric):
    """The chance that a row of the class is ranked above one of the others; ties count half.

    Several classes or units: the mean of each against the rest, those without both kinds of rows
    left out. Fawcett 2006. https://doi.org/10.1016/j.patrec.2005.10.010
    """

    stand_in: ClassVar[float] = 0.5

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        if y.ndim == 1:
            # against the rest, rows are compared by probability: logits of a row have no zero
            score = np.exp(z - z.max(axis=-1, keepdims=True))
            score /= score.sum(axis=-1, keepdims=True)
            if z.shape[-1] == 2:
                score = z[:, 1:] - z[:, :1]
                true = y[:, None] == 1
            else:
                true = y[:, None] == np.arange(z.shape[-1])
        else:
            score, true = z, y >= 0.5
        areas = [_area(s, t) for s, t in zip(score.T, true.T, strict=True)]
        known = [area for area in areas if area is not None]
        return float(np.mean(known)) if known else None


def _area(score: Array, true: Array) -> float | None:
    """The area under one ROC curve, by the rank sum of Mann and Whitney."""
    positive = np.count_nonzero(true)
    negative = len(true) - positive
    if not positive or not negative:
        return None
    _, place, many = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(many) - (many - 1) / 2  # the mean rank of those that tie
    over = rank[place.reshape(-1)][true].sum() - positive * (positive + 1) / 2
    return float(over / (positive * negative))


class Difference(Metric):
    """A metric of numbers, shape (rows, outputs)."""

    classification: ClassVar[bool] = False


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
