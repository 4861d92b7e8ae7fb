"""Preparing numbers: inputs of about the same size, and class ids as one-hot rows.

A normalizer is fitted to the training rows and to nothing else; what it gives is a scaler, which
maps any rows and back again, and survives JSON to the bit.

>>> x = np.array([[1.0, 50.0], [3.0, 70.0]])
>>> scaler = normalizers["minmax"]().fit(x)
>>> scaler.apply(x)
array([[0., 0.],
       [1., 1.]])
>>> scaler.inverse(scaler.apply(x))
array([[ 1., 50.],
       [ 3., 70.]])
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncore.arrays import Array
from nncore.checks import numbers, whole
from nncore.registry import Registry


@dataclass(frozen=True)
class LinearScaler:
    """x ↦ (x − shift) / scale, each column with its own."""

    shift: tuple[float, ...]
    scale: tuple[float, ...]

    def apply(self, x: Array) -> Array:
        """`x`, shape (rows, columns), scaled; float64. NaN stays NaN.

        Raises:
            ValueError: it has other columns than the rows the scaler was fitted to.
        """
        _columns(x, len(self.shift))
        return (x - np.array(self.shift)) / np.array(self.scale)

    def inverse(self, y: Array) -> Array:
        """What `apply` made `y` of, up to rounding; float64."""
        _columns(y, len(self.shift))
        return y * np.array(self.scale) + np.array(self.shift)

    def to_json(self) -> dict[str, Any]:
        """Floats survive JSON exactly."""
        return {"kind": "linear", "shift": list(self.shift), "scale": list(self.scale)}


@dataclass(frozen=True)
class QuantileScaler:
    """x ↦ √12 (rank − ½): its rank among the training rows, spread with mean 0 and variance 1.

    What lies outside the training rows gets the rank of the nearest of them, so that only what
    lies within comes back from `inverse`.
    """

    points: tuple[tuple[float, ...], ...]
    """For each column, ascending values."""
    ranks: tuple[tuple[float, ...], ...]
    """For each of these, which share of the training rows lies below it."""

    def apply(self, x: Array) -> Array:
        """`x`, shape (rows, columns), scaled; float64. NaN stays NaN.

        Raises:
            ValueError: it has other columns than the rows the scaler was fitted to.
        """
        _columns(x, len(self.points))
        y = np.empty(np.shape(x))
        for at, (points, ranks) in enumerate(zip(self.points, self.ranks, strict=True)):
            y[:, at] = np.interp(x[:, at], points, ranks)
        return (y - 0.5) * np.sqrt(12.0)

    def inverse(self, y: Array) -> Array:
        """What `apply` made `y` of, up to rounding; float64."""
        _columns(y, len(self.points))
        rank = y / np.sqrt(12.0) + 0.5
        x = np.empty(np.shape(y))
        for at, (points, ranks) in enumerate(zip(self.points, self.ranks, strict=True)):
            x[:, at] = np.interp(rank[:, at], ranks, points)
        return x

    def to_json(self) -> dict[str, Any]:
        """Floats survive JSON exactly."""
        return {
            "kind": "quantile",
            "points": [list(column) for column in self.points],
            "ranks": [list(column) for column in self.ranks],
        }


Scaler = LinearScaler | QuantileScaler


def scaler_from_json(saved: dict[str, Any]) -> Scaler:
    """What `to_json` of either kind wrote.

    Raises:
        ValueError: it is of no kind that is known, or holds what no scaler has.
        LookupError: it lacks something.
    """
    if saved["kind"] == "linear":
        shift, scale = _floats(saved["shift"]), _floats(saved["scale"])
        if len(shift) != len(scale) or not all(scale) or not np.isfinite([shift, scale]).all():
            raise ValueError("A linear scaler has a shift and a scale other than 0 each column.")
        return LinearScaler(shift, scale)
    if saved["kind"] != "quantile":
        raise ValueError(f"A scaler is of kind 'linear' or 'quantile', not {saved['kind']!r}.")
    points = tuple(_floats(column) for column in saved["points"])
    ranks = tuple(_floats(column) for column in saved["ranks"])
    if [len(column) for column in points] != [len(column) for column in ranks]:
        raise ValueError("A quantile scaler has a rank for each point.")
    return QuantileScaler(points, ranks)


class Normalizer(ABC):
    """A way to choose scales by looking at the training rows."""

    def fit(self, x: Array | Sequence[Array]) -> Scaler:
        """The scaler for rows like these.

        Args:
            x: shape (rows, columns); or a list of columns, which may differ in length where gaps
                were left out.

        Raises:
            ValueError: there are no rows, or NaN or infinity among them.
        """
        if isinstance(x, np.ndarray):
            numbers("x", x)
            if x.ndim != 2:
                raise ValueError(f"x has shape {x.shape}; it is (rows, columns).")
            x = list(np.ascontiguousarray(x.T, np.float64))
        for at, column in enumerate(x):
            if not len(column):
                raise ValueError(f"Column {at} has no rows to fit a normalizer to.")
            if not np.isfinite(column).all():
                raise ValueError(
                    f"Column {at} holds NaN or infinity; leave those rows out of the fit."
                )
        return self.of(x)

    @abstractmethod
    def of(self, columns: Sequence[Array]) -> Scaler:
        """The scaler for columns of finite numbers, each with a row at least."""


normalizers: Registry[type[Normalizer]] = Registry("normalizer")


def spread(values: Array) -> float:
    """The standard deviation; where there is none but rounding, what makes that small."""
    deviation = float(values.std())
    return _or_one(deviation, float(np.abs(values).max(initial=0.0)))


def _or_one(scale: float, size: float) -> float:
    rounding = 1e-12 * size
    return scale if scale > rounding else max(1.0, rounding)


@normalizers("standard")
@dataclass(frozen=True)
class Standard(Normalizer):
    """(x − mean) / standard deviation; a constant column becomes 0."""

    def of(self, columns: Sequence[Array]) -> Scaler:
        means = tuple(float(c.mean()) for c in columns)
        return LinearScaler(means, tuple(spread(c) for c in columns))


@normalizers("minmax")
@dataclass(frozen=True)
class MinMax(Normalizer):
    """(x − min) / (max − min): the training rows to 0…1; a constant column becomes 0."""

    def of(self, columns: Sequence[Array]) -> Scaler:
        low = [float(c.min()) for c in columns]
        high = [float(c.max()) for c in columns]
        size = [max(abs(a), abs(b)) for a, b in zip(low, high, strict=True)]
        wide = [_or_one(b - a, s) for a, b, s in zip(low, high, size, strict=True)]
        return LinearScaler(tuple(low), tuple(wide))


@normalizers("robust")
@dataclass(frozen=True)
class Robust(Normalizer):
    """(x − median) / (upper − lower quartile), which outliers do not move.

    Where the quartiles are one number, the standard deviation takes their place.
    """

    def of(self, columns: Sequence[Array]) -> Scaler:
        middle, scale = [], []
        for column in columns:
            low, median, high = (float(q) for q in np.quantile(column, (0.25, 0.5, 0.75)))
            wide = high - low
            middle.append(median)
            scale.append(wide if wide > 1e-12 * float(np.abs(column).max()) else spread(column))
        return LinearScaler(tuple(middle), tuple(scale))


@normalizers("quantile")
@dataclass(frozen=True)
class Quantile(Normalizer):
    """The rank among the training rows: whatever their distribution, an even one."""

    count: int = 101
    """How many points of a column's distribution are kept."""

    def __post_init__(self) -> None:
        if self.count < 2:
            raise ValueError(f"quantile: count is {self.count}; it keeps 2 points or more.")

    def of(self, columns: Sequence[Array]) -> Scaler:
        every_point, every_rank = [], []
        for column in columns:
            points = np.quantile(column, np.linspace(0, 1, self.count))
            values, at, runs = np.unique(points, return_index=True, return_counts=True)
            # A value that many rows share stands in the middle of its run.
            every_point.append(_floats(values))
            every_rank.append(_floats((at + (runs - 1) / 2) / (self.count - 1)))
        return QuantileScaler(tuple(every_point), tuple(every_rank))


@normalizers("scale255")
@dataclass(frozen=True)
class Scale255(Normalizer):
    """x / 255: the bytes of an image to 0…1."""

    def of(self, columns: Sequence[Array]) -> Scaler:
        return LinearScaler((0.0,) * len(columns), (255.0,) * len(columns))


@normalizers("none")
@dataclass(frozen=True)
class AsItIs(Normalizer):
    """x."""

    def of(self, columns: Sequence[Array]) -> Scaler:
        return LinearScaler((0.0,) * len(columns), (1.0,) * len(columns))


def one_hot(ids: Array, classes: int | None = None) -> Array:
    """A row for each class id: 1 in its column and 0 elsewhere.

    Args:
        ids: integers, shape (rows,).
        classes: how many columns; None: as many as the largest id needs.

    Returns:
        Shape (rows, classes), float32; `argmax(axis=1)` gives the ids again.

    Raises:
        ValueError: `ids` is not a vector of integers from 0 to classes − 1.

    >>> one_hot(np.array([2, 0]))
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    ids = np.asarray(ids)
    if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(
            f"ids has shape {ids.shape} and type {ids.dtype}; it is (rows,), integers."
        )
    most = int(ids.max(initial=-1)) + 1
    classes = most if classes is None else whole("classes", classes)
    if len(ids) and (ids.min() < 0 or most > classes):
        raise ValueError(
            f"The class ids run from {ids.min()} to {ids.max()}, but there are {classes} classes: "
            f"ids 0 to {classes - 1}."
        )
    rows = np.zeros((len(ids), classes), np.float32)
    rows[np.arange(len(ids)), ids] = 1.0
    return rows


def _columns(x: Array, count: int) -> None:
    if np.ndim(x) != 2 or np.shape(x)[1] != count:
        raise ValueError(
            f"The rows have shape {np.shape(x)}; the scaler was fitted to (rows, {count})."
        )


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
