"""A chart of curves as lines of inked text: axes, ticks, braille, a name at each line's end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hpsearch.view.format import cells, cut
from hpsearch.view.inked import Line
from hpsearch.view.raster import NOBODY, Floats, Raster, Scale, limits, ticks

GUTTER = 7
"""Cells to the left for the numbers of the y-axis."""


NAMES = 6
"""Cells to the right for names, at least: charts above each other shall begin and end alike."""


@dataclass(frozen=True)
class Curve:
    """One line of a chart."""

    x: Floats
    y: Floats
    ink: str
    name: str = ""
    """Stands at its end."""
    counts: bool = True
    """Whether the axis makes room for it."""


@dataclass(frozen=True)
class Frame:
    """How a chart is drawn."""

    title: str
    x_end: float
    """Where the x-axis ends; it begins at 0. Fixed, so that a running curve moves nothing else."""
    log: bool = False
    percent: bool = False
    """Fractions are shown as per cent."""
    robust: bool = True
    ascii: bool = False
    rung: float | None = None
    """A vertical mark: where the trial under the cursor was pruned."""
    cross: float | None = None
    """Where the crosshair stands."""
    x_name: str = ""
    zoom: tuple[float, float] = (0.0, 1.0)
    """The part of the x-axis that is shown."""
    nothing: str = "no epochs yet"


@dataclass
class _Field:
    """Rows of characters and their inks, written to by place."""

    width: int
    height: int
    text: list[list[str]] = field(init=False)
    inks: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.text = [[" "] * self.width for _ in range(self.height)]
        self.inks = [["plain"] * self.width for _ in range(self.height)]

    def write(self, row: int, column: int, text: str, ink: str) -> None:
        if not 0 <= row < self.height:
            return
        for at, character in enumerate(text, column):
            if 0 <= at < self.width:
                self.text[row][at], self.inks[row][at] = character, ink

    def lines(self) -> list[Line]:
        return [_joined(text, inks) for text, inks in zip(self.text, self.inks, strict=True)]


def chart(curves: Sequence[Curve], frame: Frame, width: int, height: int) -> list[Line]:
    """A chart of exactly `height` lines of `width` cells. The last curve lies on top."""
    board = _Field(max(0, width), max(0, height))
    board.write(0, GUTTER + 1, _title(frame), "title")
    names = max((cells(curve.name) for curve in curves), default=0)
    names = max(names, NAMES) + 1 if width >= 40 else 0
    plot_width, plot_height = width - GUTTER - 1 - names, height - 2
    if plot_width < 4 or plot_height < 1:
        return board.lines()
    counted = [curve.y for curve in curves if curve.counts]
    found = limits(counted, frame.log, frame.robust)
    if found is None:
        _axes(board, plot_height, frame)
        board.write(1 + plot_height // 2, GUTTER + 2, cut(frame.nothing, plot_width - 1), "dim")
        return board.lines()
    scale, _ = found
    if frame.percent:
        scale = Scale(max(scale.low, -0.02), min(scale.high, 1.02))
    across = _across(frame)
    _axes(board, plot_height, frame)
    _grid(board, scale, plot_width, plot_height, frame)
    _x_ticks(board, across, plot_width, plot_height, frame)
    if frame.rung is not None:
        _vertical(board, across, frame.rung, plot_width, plot_height, "┊", frame)
    if frame.cross is not None:
        _vertical(board, across, frame.cross, plot_width, plot_height, "│", frame, "accent")
    _lines(board, curves, across, scale, plot_width, plot_height, frame)
    if names:
        _names(board, curves, scale, width - names + 1, plot_height)
    if told := _off_scale(counted, scale, frame):
        board.write(0, width - cells(told), told, "warning")
    return board.lines()


def _off_scale(series: Sequence[Floats], scale: Scale, frame: Frame) -> str:
    """How many values lie above and below what is shown; "" where none does."""
    values = np.concatenate([each[np.isfinite(each)] for each in series])
    above = values > scale.high
    below = (values < scale.low) & (values > 0 if scale.log else True)
    signs = ("^", "v") if frame.ascii else ("▲", "▼")
    sides = zip(signs, (above, below), strict=True)
    told = [f"{sign} {side.sum()}" for sign, side in sides if side.any()]
    return f" {' '.join(told)} off scale" if told else ""


def _title(frame: Frame) -> str:
    return f"{frame.title}  (log y)" if frame.log else frame.title


def _across(frame: Frame) -> Scale:
    end = frame.x_end if math.isfinite(frame.x_end) and frame.x_end > 0 else 1.0
    low, high = frame.zoom[0] * end, frame.zoom[1] * end
    return Scale(low, high if high > low else low + 1.0)


def _axes(board: _Field, height: int, frame: Frame) -> None:
    for row in range(1, height + 1):
        board.write(row, GUTTER, "|" if frame.ascii else "│", "faint")
    board.write(height + 1, GUTTER, "+" if frame.ascii else "└", "faint")


def _grid(board: _Field, scale: Scale, width: int, height: int, frame: Frame) -> None:
    for value in ticks(scale, max(1, min(6, (height + 1) // 3))):
        place = float(scale.place(np.array([value]))[0])
        row = 1 + round((1 - place) * (height - 1))
        label = tick_text(100 * value if frame.percent else value)
        board.write(row, GUTTER - cells(label), label, "dim")
        board.write(row, GUTTER, "+" if frame.ascii else "┤", "faint")
        board.write(row, GUTTER + 1, ("." if frame.ascii else "┈") * width, "track")


def _x_ticks(board: _Field, across: Scale, width: int, height: int, frame: Frame) -> None:
    taken, first = 0, board.width
    for value in ticks(across, 1 + max(1, min(6, width // 9))):
        if value == 0:
            continue
        place = float(across.place(np.array([value]))[0])
        text = tick_text(value)
        at = GUTTER + 1 + round(place * (width - 1)) - cells(text) // 2
        at = min(at, GUTTER + 1 + width - cells(text))
        if at > taken:
            board.write(height + 1, at, text, "dim")
            taken, first = at + cells(text) + 1, min(first, at)
    if GUTTER + 2 + cells(frame.x_name) < first:
        board.write(height + 1, GUTTER + 2, frame.x_name, "faint")


def _vertical(
    board: _Field,
    across: Scale,
    value: float,
    width: int,
    height: int,
    sign: str,
    frame: Frame,
    ink: str = "faint",
) -> None:
    place = float(across.place(np.array([value]))[0])
    if 0 <= place <= 1:
        for row in range(1, height + 1):
            column = GUTTER + 1 + round(place * (width - 1))
            board.write(row, column, ":" if frame.ascii else sign, ink)


def _lines(
    board: _Field,
    curves: Sequence[Curve],
    across: Scale,
    scale: Scale,
    width: int,
    height: int,
    frame: Frame,
) -> None:
    raster = Raster(width, height)
    for at, curve in enumerate(curves):
        with np.errstate(over="ignore", invalid="ignore"):
            x, y = across.place(curve.x), scale.place(curve.y)
        raster.line(x, y, at)
        if np.isfinite(x).sum() == 1:  # one epoch is a point, not yet a line
            raster.points(x, y, at)
    text = raster.plain_text() if frame.ascii else raster.text()
    for row, column in zip(*np.nonzero(raster.owner != NOBODY), strict=True):
        ink = curves[int(raster.owner[row, column])].ink
        board.write(int(row) + 1, GUTTER + 1 + int(column), text[row][column], ink)


def _names(board: _Field, curves: Sequence[Curve], scale: Scale, column: int, height: int) -> None:
    """The name of each curve beside its end; where two would meet, the later one gives way."""
    taken: set[int] = set()
    for curve in reversed(curves):
        inside = np.isfinite(curve.y) & np.isfinite(curve.x)
        if not curve.name or not inside.any():
            continue
        with np.errstate(over="ignore", invalid="ignore"):
            place = float(scale.place(curve.y[inside][-1:])[0])
        if not math.isfinite(place):
            continue
        wanted = round((1 - min(1.0, max(0.0, place))) * (height - 1))
        free = [row for row in range(height) if row not in taken]
        if not free:
            return
        row = min(free, key=lambda row: (abs(row - wanted), row))
        taken.add(row)
        board.write(row + 1, column, curve.name, curve.ink)


def tick_text(value: float) -> str:
    """A tick's label, in at most seven cells.

    >>> tick_text(0.1), tick_text(60.0), tick_text(1e-05), tick_text(25000.0)
    ('0.1', '60', '1e-05', '25k')
    """
    size = abs(value)
    if size >= 1e6 or 0 < size < 1e-3:
        return f"{value:.0e}"
    if size >= 1e4:
        return f"{value / 1000:.3g}k"
    return f"{value:.4g}"


def _joined(text: list[str], inks: list[str]) -> Line:
    line: Line = []
    start = 0
    for at in range(1, len(inks) + 1):
        if at == len(inks) or inks[at] != inks[start]:
            line.append(("".join(text[start:at]), inks[start]))
            start = at
    return line
