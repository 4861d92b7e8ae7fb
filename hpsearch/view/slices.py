"""One hyperparameter against the value: a point a trial."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpsearch.store.records import TrialRecord
from hpsearch.view.axes import Axis
from hpsearch.view.format import cells, cut, parameter
from hpsearch.view.inked import Line
from hpsearch.view.raster import NOBODY, Raster, limits

FEW = 100
"""Up to so many trials are drawn as four dots each: one is easily overlooked."""


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
    if axis.options:  # each in the middle of its part
        x = (x * (len(axis.options) - 1) + 0.5) / len(axis.options)
    y = np.array([np.nan if t.value is None else t.value for t in trials], dtype=float)
    found = limits([y], log=log and bool((y[np.isfinite(y)] > 0).all()))
    raster = Raster(width - 1, height - 2)
    if found is not None:
        scale, _ = found
        up = scale.place(y)
        best = max(1, len(trials) // 20)
        here = [at for at, trial in enumerate(trials) if trial.number == cursor]
        fat = len(trials) <= FEW
        for owner, chosen in enumerate((slice(best, None), slice(best), here)):
            raster.points(x[chosen], up[chosen], owner, fat)
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


def _centred(words: Sequence[str], width: int) -> str:
    """Each in the middle of its part of the width, as far as those before it leave room."""
    text = ""
    for at, word in enumerate(words):
        begin = round((at + 0.5) * width / len(words) - cells(word) / 2)
        left = sum(map(cells, words[at:])) + len(words) - at - 1
        begin = min(begin, width - left)
        text += " " * max(1 if text else 0, begin - cells(text)) + word
    return text[:width]


def _foot(axis: Axis, width: int) -> Line:
    """Both ends of the axis, or the options where they fit."""
    if axis.options:
        words = [parameter(option) for option in axis.options]
        if sum(map(cells, words)) + len(words) <= width:
            return [(_centred(words, width), "dim")]
    low, high = axis.ends
    middle = " log " if axis.log and width > cells(low) + cells(high) + 8 else ""
    gap = width - cells(low) - cells(high) - cells(middle)
    if gap < 1:
        return [(cut(low, width), "dim")]
    return [(low, "dim"), (" " * (gap // 2), "plain"), (middle, "faint"),
            (" " * (gap - gap // 2), "plain"), (high, "dim")]  # fmt: skip
