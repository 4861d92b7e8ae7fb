"""Parallel coordinates: a line a trial across all axes, the best ones bright and on top."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpsearch.store.records import TrialRecord
from hpsearch.view.axes import Axis
from hpsearch.view.format import cells, cut, pad
from hpsearch.view.inked import Line
from hpsearch.view.raster import NOBODY, Floats, Raster

BEST, GOOD = 0.05, 0.25
"""Shares of the trials that are drawn bright, and blue."""
MOST = 400
"""More lines than this are a grey field."""


def parallel(
    axes: Sequence[Axis],
    trials: Sequence[TrialRecord],
    width: int,
    height: int,
    ascii: bool = False,
    focus: int = 0,
    inks: tuple[str, str, str] = ("line3", "line0", "faint"),
) -> list[Line]:
    """A picture of exactly `height` lines.

    Args:
        axes: the last is the value.
        trials: complete ones, best first.
        focus: the axis whose name is lit.
        inks: of the best, of the good, of the rest.
    """
    if height < 4 or width < 12 or len(axes) < 2:
        return [[("", "plain")] for _ in range(max(0, height))]
    margin = 4
    plot = width - 2 * margin
    at = [margin + round(k * (plot - 1) / (len(axes) - 1)) for k in range(len(axes))]
    lines = [_labels([axis.title for axis in axes], at, width, focus)]
    lines.append(_labels([axis.ends[1] for axis in axes], at, width, -1))
    lines += _field(axes, trials, plot, height - 3, ascii, margin, inks)
    lines.append(_labels([axis.ends[0] for axis in axes], at, width, -1))
    return lines


def _field(
    axes: Sequence[Axis],
    trials: Sequence[TrialRecord],
    width: int,
    height: int,
    ascii: bool,
    margin: int,
    inks: tuple[str, str, str],
) -> list[Line]:
    raster = Raster(width, height)
    places = np.array([axis_places(axis, trials) for axis in axes])
    if len(trials) > MOST:  # the best ones, and some of all others
        kept = np.unique(np.append(np.arange(MOST // 2), np.linspace(0, len(trials) - 1, MOST // 2)
                                   .astype(int)))  # fmt: skip
    else:
        kept = np.arange(len(trials))
    across = np.linspace(0.0, 1.0, 12 * (len(axes) - 1) + 1)
    knots = np.linspace(0.0, 1.0, len(axes))
    for rank in reversed(kept.tolist()):
        heights = places[:, rank]
        whole = np.isfinite(heights)
        if whole.sum() < 2:
            continue
        owner = _class(rank, len(trials))
        raster.line(across, _eased(across, knots[whole], heights[whole]), owner)
    text = raster.plain_text() if ascii else raster.text()
    lines: list[Line] = []
    for row, owners in zip(text, raster.owner, strict=True):
        line: Line = [(" " * margin, "plain")]
        for sign, owner in zip(row, owners, strict=True):
            line.append((sign, "plain" if owner == NOBODY else inks[owner]))
        lines.append(_merged(line))
    return lines


def axis_places(axis: Axis, trials: Sequence[TrialRecord]) -> Floats:
    """Where each trial lies on an axis; on the last one by its value."""
    if axis.name == "value":
        return np.array([axis.place(trial.value) for trial in trials], dtype=float)
    return axis.places(trials)


def _class(rank: int, many: int) -> int:
    if rank < max(1, round(BEST * many)):
        return 0
    return 1 if rank < max(1, round(GOOD * many)) else 2


def _eased(across: Floats, knots: Floats, heights: Floats) -> Floats:
    """Smooth steps from axis to axis: lines that cross on an axis can be told apart."""
    at = np.clip(np.searchsorted(knots, across, side="right") - 1, 0, len(knots) - 2)
    share = (across - knots[at]) / (knots[at + 1] - knots[at])
    share = np.clip(share, 0.0, 1.0)
    ease = share * share * (3 - 2 * share)
    drawn = heights[at] + ease * (heights[at + 1] - heights[at])
    drawn[(across < knots[0]) | (across > knots[-1])] = np.nan
    return drawn


def _labels(texts: Sequence[str], at: Sequence[int], width: int, focus: int) -> Line:
    line: Line = []
    room = max(4, (at[1] - at[0]) - 1)
    column = 0
    for k, text in enumerate(texts):
        shown = cut(text, room)
        begin = max(column, min(at[k] - cells(shown) // 2, width - cells(shown)))
        line.append((" " * (begin - column), "plain"))
        ink = "accent" if k == focus else "bold" if focus >= 0 else "dim"
        line.append((shown, ink))
        column = begin + cells(shown)
    line.append((pad("", max(0, width - column)), "plain"))
    return line


def _merged(line: Line) -> Line:
    merged: Line = []
    for text, ink in line:
        if merged and merged[-1][1] == ink:
            merged[-1] = (merged[-1][0] + text, ink)
        else:
            merged.append((text, ink))
    return merged
