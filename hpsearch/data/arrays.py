"""Arrays as tables: rows of numbers whose columns get names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from hpsearch.data.table import Table
from hpsearch.errors import DataError


def from_arrays(
    name: str,
    xs: Sequence[np.ndarray],
    ys: Sequence[np.ndarray],
    feature_names: Sequence[str] | None = None,
    note: str = "",
) -> Table:
    """A table of features (x0, x1, … unless named) and targets (`target`, or target0, …).

    `xs` and `ys` hold one array each, or two where the second are rows for testing. A row of
    any shape, such as an image, is laid out flat. Without `ys` there are only features.

    Raises:
        DataError: shapes that do not fit each other.
    """
    rows = [len(x) if x.ndim else 0 for x in xs]
    if min(rows, default=0) == 0:
        raise DataError(f"{name} has no rows.")
    flat = [x.reshape(len(x), -1) for x in xs]
    if len({x.shape[1] for x in flat}) > 1:
        raise DataError(
            f"{name}: training rows have {flat[0].shape[1]:,} features,"
            f" test rows {flat[1].shape[1]:,}."
        )
    x = np.concatenate(flat) if len(flat) > 1 else flat[0]
    if x.shape[1] == 0:
        raise DataError(f"{name} has rows, but no features.")
    names = _names(name, feature_names, x.shape[1])
    columns = dict(
        zip(names, (pl.Series(_native(x[:, at])) for at in range(x.shape[1])), strict=True)
    )
    targets, notes = _targets(name, ys, rows)
    clash = [word for word in targets if word in columns]
    if clash:
        raise DataError(f"{name}: a feature is called {clash[0]!r}, which is the target's name.")
    shape = " × ".join(f"{size:,}" for size in xs[0].shape[1:]) or "1"
    notes.insert(0, note or f"{name}: {len(x):,} rows of {shape} numbers.")
    return Table(
        name,
        pl.DataFrame({**columns, **targets}),
        notes=tuple(notes),
        targets=tuple(targets),
        held=rows[1] if len(rows) > 1 else 0,
        first_row=0,
    )


def _names(name: str, given: Sequence[str] | None, width: int) -> list[str]:
    if given is None:
        return [f"x{at}" for at in range(width)]
    if len(given) != width or len(set(given)) != width:
        raise DataError(f"{name}: {len(given)} feature names for {width} features, or some twice.")
    return list(given)


def _native(values: np.ndarray) -> np.ndarray:
    """In this machine's byte order and in a type polars knows; half floats are not one."""
    if values.dtype == np.float16:
        return values.astype(np.float32)
    if values.dtype.kind == "f" and values.dtype.itemsize > 8:
        return values.astype(np.float64)
    if values.dtype.kind == "S":
        return np.char.decode(values, "latin-1")
    return np.ascontiguousarray(values, values.dtype.newbyteorder("="))


def _targets(
    name: str, ys: Sequence[np.ndarray], rows: Sequence[int]
) -> tuple[dict[str, pl.Series], list[str]]:
    """The target columns by name, and what was noticed about them."""
    if not ys:
        return {}, []
    if [len(y) if y.ndim else 0 for y in ys] != list(rows):
        raise DataError(
            f"{name}: features have {rows[0]:,} rows, but targets have"
            f" {len(ys[0]) if ys[0].ndim else 0:,}."
        )
    flat = [y.reshape(len(y), -1) for y in ys]
    if len({y.shape[1] for y in flat}) > 1:
        raise DataError(f"{name}: targets of training and test rows differ in width.")
    y = np.concatenate(flat) if len(flat) > 1 else flat[0]
    if y.shape[1] == 1:
        return {"target": _column(y[:, 0])}, []
    if y.shape[1] > 2 and y.dtype.kind in "biuf" and _one_hot(y):
        note = f"{name}: targets are one-hot; read as {y.shape[1]} classes."
        return {"target": _column(y.argmax(axis=1))}, [note]
    return {f"target{at}": _column(y[:, at]) for at in range(y.shape[1])}, []


def _one_hot(y: np.ndarray) -> bool:
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def _column(values: np.ndarray) -> pl.Series:
    values = _native(values)
    return pl.Series(values.tolist() if values.dtype.kind in "US" else values)
