"""Normalizers: how columns of numbers become inputs of about the same size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncore.registry import Registry

QUANTILES = 101
"""How many points of a column's distribution the quantile normalizer keeps."""


@dataclass(frozen=True)
class Linear:
    """x ↦ (x − shift) / scale, each column with its own."""

    shift: tuple[float, ...]
    scale: tuple[float, ...]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """`x` is (rows, columns), float64, without gaps."""
        return (x - np.array(self.shift)) / np.array(self.scale)

    def to_json(self) -> dict[str, Any]:
        """Floats survive JSON exactly."""
        return {"kind": "linear", "shift": list(self.shift), "scale": list(self.scale)}


@dataclass(frozen=True)
class Quantile:
    """x ↦ its rank among the training rows, spread evenly with mean 0 and variance 1."""

    points: tuple[tuple[float, ...], ...]
    """For each column, ascending values."""
    ranks: tuple[tuple[float, ...], ...]
    """For each of these, which share of the training rows lies below it."""

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """`x` is (rows, columns), float64, without gaps."""
        y = np.empty_like(x)
        for at, (points, ranks) in enumerate(zip(self.points, self.ranks, strict=True)):
            y[:, at] = np.interp(x[:, at], points, ranks)
        return (y - 0.5) * np.sqrt(12.0)

    def to_json(self) -> dict[str, Any]:
        """Floats survive JSON exactly."""
        return {
            "kind": "quantile",
            "points": [list(column) for column in self.points],
            "ranks": [list(column) for column in self.ranks],
        }


Scaler = Linear | Quantile

normalizer: Registry[Callable[[list[np.ndarray]], Scaler]] = Registry("normalize")
"""By the study file's name. Fits a scaler to the training rows of each column, without gaps."""


def scaler_from_json(saved: dict[str, Any]) -> Scaler:
    """What `to_json` of either kind wrote."""
    if saved["kind"] == "linear":
        return Linear(_floats(saved["shift"]), _floats(saved["scale"]))
    return Quantile(
        tuple(_floats(column) for column in saved["points"]),
        tuple(_floats(column) for column in saved["ranks"]),
    )


def spread(values: np.ndarray) -> float:
    """The standard deviation, or 1 where there is none but rounding."""
    deviation = float(values.std())
    return _or_one(deviation, float(np.abs(values).max(initial=0.0)))


def _or_one(scale: float, size: float) -> float:
    return scale if scale > 1e-12 * size else 1.0


@normalizer("standard")
def _standard(columns: list[np.ndarray]) -> Scaler:
    """To mean 0 and standard deviation 1."""
    return Linear(tuple(float(c.mean()) for c in columns), tuple(spread(c) for c in columns))


@normalizer("minmax")
def _minmax(columns: list[np.ndarray]) -> Scaler:
    """The training rows to 0…1."""
    low = [float(c.min()) for c in columns]
    high = [float(c.max()) for c in columns]
    size = [max(abs(a), abs(b)) for a, b in zip(low, high, strict=True)]
    wide = [_or_one(b - a, s) for a, b, s in zip(low, high, size, strict=True)]
    return Linear(tuple(low), tuple(wide))


@normalizer("robust")
def _robust(columns: list[np.ndarray]) -> Scaler:
    """To median 0 and quartiles one apart; outliers do not matter. Without quartiles, spread."""
    middle, scale = [], []
    for column in columns:
        low, median, high = (float(q) for q in np.quantile(column, (0.25, 0.5, 0.75)))
        wide = high - low
        middle.append(median)
        scale.append(wide if wide > 1e-12 * float(np.abs(column).max()) else spread(column))
    return Linear(tuple(middle), tuple(scale))


@normalizer("quantile")
def _quantile(columns: list[np.ndarray]) -> Scaler:
    every_point, every_rank = [], []
    for column in columns:
        points = np.quantile(column, np.linspace(0, 1, QUANTILES))
        values, at, runs = np.unique(points, return_index=True, return_counts=True)
        # A value that many rows share stands in the middle of its run.
        every_point.append(_floats(values))
        every_rank.append(_floats((at + (runs - 1) / 2) / (QUANTILES - 1)))
    return Quantile(tuple(every_point), tuple(every_rank))


@normalizer("scale255")
def _scale255(columns: list[np.ndarray]) -> Scaler:
    """Bytes of an image to 0…1."""
    return Linear((0.0,) * len(columns), (255.0,) * len(columns))


@normalizer("none")
def _none(columns: list[np.ndarray]) -> Scaler:
    return Linear((0.0,) * len(columns), (1.0,) * len(columns))


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
