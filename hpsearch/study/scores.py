"""A trial's score where it trains several networks: the mean over them, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, sqrt
from typing import Any

import numpy as np

from hpsearch.study.events import STANDARD_ERROR


def scored(figures: Mapping[str, Any], metric: str) -> dict[str, float]:
    """Figures of one network or of several, as one number each; those that are not finite go.

    Several networks' figure is their mean, and beside the metric's stands its standard error: the
    standard deviation over the networks (n − 1) by √n. It says how far the mean would move with
    other folds or seeds; folds share rows, so it is on the small side.

    >>> scored({"val_cost": np.array([1.0, 2.0, 3.0])}, "val_cost")
    {'val_cost': 2.0, 'standard_error': 0.5773502691896258}
    """
    found = {name: float(np.mean(value)) for name, value in figures.items()}
    each = np.asarray(figures.get(metric, 0.0), float)
    if each.size > 1:
        found[STANDARD_ERROR] = float(np.std(each, ddof=1)) / sqrt(each.size)
    return {name: value for name, value in found.items() if isfinite(value)}
