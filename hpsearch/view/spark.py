"""A curve in a few cells, as a line of bars. Without NumPy: `hpsearch top` must start at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.-=+*%#"


def spark(values: Sequence[float | None], cells: int, bars: str = BARS, log: bool = True) -> str:
    """A curve in `cells` cells, or fewer where it is shorter; blank where it has no figures.

    Each cell is the mean of its share of the values, the lowest of them the lowest bar.

    Args:
        log: heights are even in the logarithm, if all values are above 0.

    >>> spark([8.0, 4.0, None, 2.0, 1.0], 5), spark([1.0] * 9, 3), spark([], 8)
    ('█▆ ▃▁', '▁▁▁', '')
    """
    cells = min(cells, len(values))
    if cells <= 0:
        return ""
    means = [_mean(part) for part in _parts(values, cells)]
    known = [mean for mean in means if mean is not None]
    if log and known and min(known) > 0:
        means = [None if mean is None else math.log(mean) for mean in means]
        known = [mean for mean in means if mean is not None]
    if not known:
        return " " * cells
    low, high = min(known), max(known)
    span = high / 2 - low / 2  # halves: the whole may be beyond a float
    return "".join(" " if mean is None else _bar(mean, low, span, bars) for mean in means)


def _bar(mean: float, low: float, span: float, bars: str) -> str:
    if span <= 0:
        return bars[0]
    return bars[round((mean / 2 - low / 2) / span * (len(bars) - 1))]


def _parts(values: Sequence[float | None], cells: int) -> list[Sequence[float | None]]:
    ends = [at * len(values) // cells for at in range(cells + 1)]
    return [values[begin:end] for begin, end in pairwise(ends)]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return math.fsum(value / len(known) for value in known) if known else None
