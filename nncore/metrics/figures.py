"""What a metric is, and the registry of them."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import ClassVar, Literal

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
