"""What a metric is, and the registry of them."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np

from nncore.arrays import Array, Targets
from nncore.checks import finite, numbers
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

    def each(self, z: Array, y: Array, scale: Array | None) -> Array:
        """The figures of several members at once, without a warning, shape (members,).

        Args:
            z: shape (members, rows, outputs).
            y: shape (members, rows) or (members, rows, outputs).
            scale: shape (members, outputs).
        """
        units = [None] * len(z) if scale is None else scale
        return np.array([self.quietly(*one) for one in zip(z, y, units, strict=True)])

    def __call__(self, z: Array, y: Targets, scale: Array | None = None) -> float:
        """The figure of outputs `z` for targets `y`.

        Args:
            scale: the units of a standardised regression target, shape (outputs,).

        Raises:
            ValueError: the two do not fit each other, or hold NaN or infinity; says how.
        """
        fit_each_other(z, y, classes=self.classification)
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


def fit_each_other(z: Array, y: Targets, classes: bool) -> None:
    """Refuse outputs and targets that a figure would compare without making sense.

    Args:
        classes: whether `y` may be class ids, shape (rows,).

    Raises:
        ValueError: says what does not fit.
    """
    numbers("the outputs", z)
    numbers("the targets", y)
    ids = classes and y.ndim == 1
    if z.ndim != 2 or len(z) != len(y) or (y.shape != z.shape and not ids):
        wanted = "their shape, or class ids (rows,)" if classes else "their shape"
        raise ValueError(
            f"The outputs have shape {z.shape} and the targets {y.shape}; outputs are (rows, "
            f"outputs), and targets have {wanted}."
        )
    finite("the outputs", z, "The training has diverged, or x was not finite.", "output")
    finite("the targets", y, "Leave those rows out.", "output")
    if ids and len(y):
        count = z.shape[1]
        if y.dtype.kind not in "bui":
            raise ValueError(f"Class ids are of type {y.dtype}; they are whole: y.astype(int).")
        if not (y.min() >= 0 and y.max() < count):
            raise ValueError(
                f"The class ids run from {y.min()} to {y.max()}, but there are {count} outputs: "
                f"ids 0 to {count - 1}."
            )


class Metrics(Registry[type[Metric]]):
    """The metrics by name, which also know the direction of every figure an epoch shows.

    >>> import numpy as np
    >>> metrics["rmse"]()(np.array([[1.0], [4.0]]), np.array([[1.0], [2.0]])).__round__(3)
    1.414
    >>> metrics.direction("val_rmse"), metrics.direction("train_accuracy")
    ('minimize', 'maximize')
    """

    def direction(self, figure: str) -> Direction:
        """Which way is better for a figure such as `val_cost`, `train_accuracy` or `parameters`.

        Raises:
            LookupError: no metric is called so.
        """
        bare = figure.removeprefix("train_").removeprefix("val_")
        return "minimize" if bare in ("cost", "parameters") else self[bare].direction


metrics = Metrics("metric")
direction = metrics.direction
