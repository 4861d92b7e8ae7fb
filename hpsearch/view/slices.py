"""One hyperparameter against the value: a point a trial."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpsearch.store.records import TrialRecord
from hpsearch.view.axes import Axis
from hpsearch.view.format import cells, cut, parameter
from hpsearch.view.inked import Line
from hpsearch.view.raster import NOBODY, Raster, limits


def slice_lines(
    axis: Axis,
    trials: Sequence[TrialRecord],
    width: int,
    height: int,
    *,
    log: bool = True,
    cursor: int | None = None,
    ascii: bool = False,
    lit: bool = False,
) -> list[Line]:
    """A scatter of exactly `height` lines: the parameter across, the value up.

    Args:
        trials: best first; the best twentieth is bright.
        log: the value's axis.
        cursor: the number of the trial to be told from the others.
        lit: whether the name is lit.
    """
    if width < 6 or height < 4:
        return [[("", "plain")] for _ in range(max(0, height))]
    lines: list[Line] = [[(cut(f" {axis.title}", width), "accent" if lit else "title")]]
    x = axis.places(trials)
    y = np.array([np.nan if t.value is None else t.value for t in trials], dtype=float)
    found = limits([y], log=log and bool((y[np.isfinite(y)] > 0).all()))
    raster = Raster(width - 1, height - 2)
    if found is not None:
        scale, _ = found
        up = scale.place(y)
        best = max(1, len(trials) // 20)
        raster.points(x[best:], up[best:], 0)
        raster.points(x[:best], up[:best], 1)
        here = [at for at, trial in enumerate(trials) if trial.number == cursor]
        raster.points(x[here], up[here], 2)
    inks = ("line0", "line3", "top")
    text = raster.plain_text() if ascii else raster.text()
    for row, owners in zip(text, raster.owner, strict=True):
        line: Line = [("|" if ascii else "│", "faint")]
        for sign, owner in zip(row, owners, strict=True):
            ink = "plain" if owner == NOBODY else inks[owner]
            if line[-1][1] == ink:
                line[-1] = (line[-1][0] + sign, ink)
            else:
                line.append((sign, ink))
        lines.append(line)
    lines.append(_foot(axis, width))
    return lines


def _foot(axis: Axis, width: int) -> Line:
    """Both ends of the axis, or the options where they fit."""
    if axis.options:
        words = [parameter(option) for option in axis.options]
        if sum(map(cells, words)) + len(words) <= width:
            gap = (width - sum(map(cells, words))) // max(1, len(words) - 1) if words[1:] else 0
            return [((" " * max(1, gap)).join(words)[:width], "dim")]
    low, high = axis.ends
    middle = " log " if axis.log and width > cells(low) + cells(high) + 8 else ""
    gap = width - cells(low) - cells(high) - cells(middle)
    if gap < 1:
        return [(cut(low, width), "dim")]
    return [(low, "dim"), (" " * (gap // 2), "plain"), (middle, "faint"),
            (" " * (gap - gap // 2), "plain"), (high, "dim")]  # fmt: skip
