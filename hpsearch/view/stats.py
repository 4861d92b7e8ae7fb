"""Small statistics on curves: smoothing, and what a curve usually looks like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpsearch.view.raster import Floats


def smoothed(values: Floats, weight: float) -> Floats:
    """An exponential moving average of the whole curve, without a bias to its first value.

    What is no number is passed over, and stays none.
    """
    if not 0 < weight < 1:
        return values
    kept = np.isfinite(values)
    result = np.full(len(values), np.nan)
    total = norm = 0.0
    out = []
    for value in values[kept].tolist():
        total = weight * total + (1 - weight) * value
        norm = weight * norm + (1 - weight)
        out.append(total / norm)
    result[kept] = out
    return result


def usual(curves: Sequence[Floats]) -> Floats:
    """The median of curves at each epoch, as far as half of them go; (epochs,)."""
    if not curves:
        return np.empty(0)
    length = max(len(curve) for curve in curves)
    table = np.full((len(curves), length), np.nan)
    for row, curve in zip(table, curves, strict=True):
        row[: len(curve)] = curve
    table[~np.isfinite(table)] = np.nan
    enough = np.isfinite(table).sum(axis=0) * 2 >= len(curves)
    result = np.full(length, np.nan)
    if enough.any():
        result[enough] = np.nanmedian(table[:, enough], axis=0)
    return result
