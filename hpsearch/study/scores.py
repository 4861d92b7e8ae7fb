"""A trial's score where it trains several networks: the mean over them, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum, isfinite, sqrt
from typing import Any

from hpsearch.study.events import STANDARD_ERROR


def scored(figures: Mapping[str, Any], metric: str) -> dict[str, float]:
    """Figures of one network or of several, as one number each; those that are not finite go.

    Several networks' figure is their mean, and beside the metric's stands its standard error: the
    standard deviation over the networks (n − 1) by √n. It says how far the mean would move with
    other folds or seeds; folds share rows, so it is on the small side.

    >>> import numpy as np
    >>> scored({"val_cost": np.array([1.0, 2.0, 3.0]), "train_cost": 0.5}, "val_cost")
    {'val_cost': 2.0, 'train_cost': 0.5, 'standard_error': 0.5773502691896257}
    """
    found: dict[str, float] = {}
    error: float | None = None
    for name, value in figures.items():
        each = _numbers(value)
        found[name] = mean = sum(each) / len(each)
        if name == metric and len(each) > 1 and isfinite(mean):
            squares = fsum((one - mean) ** 2 for one in each)
            error = sqrt(squares / (len(each) - 1) / len(each))
    found |= {} if error is None else {STANDARD_ERROR: error}
    return {name: value for name, value in found.items() if isfinite(value)}


def _numbers(value: Any) -> list[float]:
    """Of an array of a number a network, or of a number."""
    return value.tolist() if getattr(value, "ndim", 0) else [float(value)]
