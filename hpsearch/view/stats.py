"""Small statistics on curves: smoothing, the usual curve, spark lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpsearch.view.raster import Floats

SPARKS = " ▁▂▃▄▅▆▇█"
ASCII_SPARKS = " .,:;+*#@"


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


def spark(values: Floats, cells: int, log: bool = True, signs: str = SPARKS) -> str:
    """A curve in `cells` cells; empty where it has not got to yet or has no figures.

    >>> spark(np.array([8.0, 4.0, 2.0, 1.0]), 4)
    '█▆▃▁'
    """
    if cells <= 0:
        return ""
    kept = np.isfinite(values) & ((values > 0) if log else True)
    if not kept.any():
        return " " * cells
    shown = np.where(kept, values, np.nan)
    parts = [part[np.isfinite(part)] for part in np.array_split(shown, min(cells, len(shown)))]
    means = np.array([part.mean() if len(part) else np.nan for part in parts])
    heights = np.log(means) if log else means
    low, high = np.nanmin(heights), np.nanmax(heights)
    span = high - low
    at = (heights - low) / span if span > 0 and np.isfinite(span) else np.zeros(len(heights))
    levels = len(signs) - 1
    codes = [
        " " if not np.isfinite(level) else signs[1 + round(float(level) * (levels - 1))]
        for level in at
    ]
    return "".join(codes).ljust(cells)
