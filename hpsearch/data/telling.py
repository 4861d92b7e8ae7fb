"""Columns that say the target in other words: what they teach is of no use on new rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from hpsearch.data.columns import Block, Category, Column
from hpsearch.data.table import quoted
from hpsearch.data.target import Target

_FEWEST = 20
"""Rows below which two columns may well agree by chance."""
_LINE = 1 - 1e-6
"""Correlation from which on a number is the target in other units: rounding leaves no more."""
_GLANCE = 1000
"""Rows that show of most columns that they say something else: with more different cells than
there are classes, or not even _NEAR a line."""
_NEAR = 0.9


def about_telling(
    clean: pl.DataFrame, inputs: Sequence[Column], target: Target, rows: np.ndarray
) -> Iterator[str]:
    """A warning for each input that tells a target wherever these rows fill it.

    It stands on a straight line with a number, or has a cell of its own for each class. Arrays,
    such as images, are not looked at.
    """
    tells = _on_a_line if target.task == "regression" else _one_to_one
    columns = [one for one in inputs if not isinstance(one, Block)]
    if target.task == "regression":
        columns = [one for one in columns if not isinstance(one, Category)]
    truths = target.values.reshape(len(target.values), -1)[rows].T
    for column in columns:
        cells = clean[column.name].to_numpy()[rows]
        words = cells.dtype == object
        known = np.array([one is not None for one in cells]) if words else ~np.isnan(cells)
        if known.sum() < max(_FEWEST, len(known) / 2):
            continue
        for name, truth in zip(target.names, truths, strict=True):
            if tells(cells[known], truth[known]):
                yield (
                    f"WARNING: column {quoted(column.name)} says what {quoted(name)} says, in every"
                    " training row that fills it; where it is not yet known when you predict,"
                    " figures are too good to be true: leave it out with init's --drop, or"
                    " data.drop."
                )


def _one_to_one(cells: np.ndarray, classes: np.ndarray) -> bool:
    """Whether each class has one cell of its own."""
    if len(set(cells[:_GLANCE].tolist())) > len(set(classes[:_GLANCE].tolist())):
        return False
    pairs = set(zip(cells.tolist(), classes.tolist(), strict=True))
    return len(pairs) == len({cell for cell, _ in pairs}) == len({kind for _, kind in pairs}) > 1


def _on_a_line(x: np.ndarray, y: np.ndarray) -> bool:
    if abs(_correlation(x[:_GLANCE], y[:_GLANCE])) < _NEAR:
        return False
    return abs(_correlation(x, y)) >= _LINE


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's; NaN where either is one number throughout."""
    x = x.astype(np.float64)
    x, y = x - x.mean(), y - y.mean()
    both = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / both if both else math.nan
