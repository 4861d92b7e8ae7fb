"""Metrics of classes, and of units that are each on or off."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nncore.arrays import Array, Targets
from nncore.metrics.figures import Direction, Metric, fit_each_other, metrics


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
    """The share of rows whose largest output is the right class; or of all units that are right.

    With several units that is the mean accuracy of the labels, one minus the Hamming loss. It is
    high already where labels are rare and none is called: see `subset_accuracy` and `f1`.
    """

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        said, true = decide(z, y)
        return float(np.count_nonzero(said == true) / true.size)


@metrics("subset_accuracy")
@dataclass(frozen=True)
class SubsetAccuracy(Metric):
    """The share of rows that are right in every unit: what scikit-learn calls accuracy of labels.

    With one unit, or with classes, it is `accuracy`.

    >>> z, y = np.array([[2.0, 1.0], [1.0, -1.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    >>> metrics["subset_accuracy"]()(z, y), metrics["accuracy"]()(z, y)
    (0.5, 0.75)
    """

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        said, true = decide(z, y)
        right = said == true
        return float(np.mean(right if right.ndim == 1 else right.all(axis=-1)))


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


class Ratio(Metric):
    """right / something: of one unit alone; else the mean over classes or units (macro).

    Classes that neither occur nor are called are left out, as scikit-learn does. Of the others,
    and of units, one whose denominator is zero counts 0.
    """

    @abstractmethod
    def below(self, called: Array, are: Array) -> Array:
        """The denominators, of how many rows were called each class and how many are it."""

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        said, true = decide(z, y)
        if true.ndim == 1:
            right, called, are = counts(said, true, z.shape[-1])
            known = called + are > 0
            right, below = right[known], self.below(called, are)[known]
        else:
            right, called, are = unit_counts(said, true)
            below = self.below(called, are)
            if len(below) == 1 and below[0] == 0:
                return None
        return float(np.mean(right / np.maximum(below, 1)))


@metrics("precision")
@dataclass(frozen=True)
class Precision(Ratio):
    """right / called: which share of the rows called a class are it.

    >>> z, y = np.array([[2.0], [1.0], [-1.0]]), np.array([[1.0], [0.0], [1.0]])
    >>> metrics["precision"]()(z, y)
    0.5
    """

    def below(self, called: Array, are: Array) -> Array:
        return called


@metrics("recall")
@dataclass(frozen=True)
class Recall(Ratio):
    """right / are: which share of the rows that are of a class are called it.

    >>> z, y = np.array([[2.0], [-1.0], [1.0]]), np.array([[1.0], [1.0], [1.0]])
    >>> round(metrics["recall"]()(z, y), 3)
    0.667
    """

    def below(self, called: Array, are: Array) -> Array:
        return are


@metrics("log_loss")
@dataclass(frozen=True)
class LogLoss(Metric):
    """−log of the probability given to what is true, in nats; the mean over rows (and units).

    It is taken from logits, in float64, so that a probability that rounds to 0 has a finite loss:
    log Σ exp(z) − z[true] for classes, log(1 + exp(z)) − t z for a unit that is on or off.
    """

    direction: ClassVar[Direction] = "minimize"

    def figure(self, z: Array, y: Targets, scale: Array | None) -> float | None:
        z = z.astype(np.float64)
        if y.ndim == 1:
            z -= z.max(axis=-1, keepdims=True)
            right = np.take_along_axis(z, y[:, None], axis=-1)[:, 0]
            return float(np.mean(np.log(np.exp(z).sum(axis=-1)) - right))
        return float(np.mean(np.logaddexp(0.0, z) - y * z))


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


def confusion_matrix(z: Array, y: Targets) -> Array:
    """How many rows of each class (down) were called each class (across), as integers.

    Args:
        z: logits, shape (rows, outputs).
        y: class ids (rows,), or 0 and 1 (rows, outputs) for units that are on or off.

    Returns:
        (classes, classes) for class ids; (2, 2), off and on, for one unit; (units, 2, 2) for
        several. The sum over everything (for each unit) is the number of rows.

    Raises:
        ValueError: `z` and `y` differ in rows, in units, or name a class that has no output.

    >>> confusion_matrix(np.array([[3.0, 1.0], [0.0, 2.0], [0.0, 1.0]]), np.array([0, 1, 0]))
    array([[1, 1],
           [0, 1]])
    """
    fit_each_other(z, y, classes=True)
    said, true = decide(z, y)
    if true.ndim == 1:
        return _crossed(said, true.astype(np.int64), z.shape[-1])
    units = [_crossed(s, t, 2) for s, t in zip(said.T, true.T, strict=True)]
    return units[0] if len(units) == 1 else np.array(units)


def _crossed(said: Array, true: Array, classes: int) -> Array:
    """The table of one variable with `classes` values."""
    cells = np.bincount(true * classes + said, minlength=classes * classes)
    return cells.reshape(classes, classes)
