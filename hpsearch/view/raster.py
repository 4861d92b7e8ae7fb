"""Curves as braille: eight dots a cell, drawn whole columns at a time.

What cannot be drawn (NaN, infinity, no points, no room) is left out; nothing here raises on data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:  # its import takes longer than all of ours
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Numbers: TypeAlias = "NDArray[np.int64]"

_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
"""Bit of each dot in a cell, by row and column (Unicode, from U+2800 on)."""

NOBODY = -1


@dataclass(frozen=True)
class Scale:
    """What part of an axis is shown, and how."""

    low: float
    high: float
    log: bool = False

    def place(self, values: Floats) -> Floats:
        """Where values stand: 0 at `low`, 1 at `high`; NaN where a logarithm has none."""
        if not self.log:
            return (values - self.low) / (self.high - self.low)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(values > 0, np.log10(values), np.nan)
        low, high = math.log10(self.low), math.log10(self.high)
        return (logs - low) / (high - low)


class Raster:
    """A field of dots, 2 × 4 a cell. What is drawn later hides what was drawn before."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = max(0, columns), max(0, rows)
        self._bits = np.zeros((self.rows, self.columns), dtype=np.uint8)
        self.owner = np.full((self.rows, self.columns), NOBODY, dtype=np.int16)
        """Whose dots a cell shows, (rows, columns)."""

    def line(self, x: Floats, y: Floats, owner: int) -> None:
        """Draw a line through points, given from 0 to 1 each; x does not fall.

        Parts beyond the edges are left out, as are points that are no numbers.
        """
        kept = np.isfinite(x) & np.isfinite(y)
        x, y = x[kept], y[kept]
        if not len(x) or not self.columns or not self.rows:
            return
        across, down = 2 * self.columns, 4 * self.rows
        at = x * (across - 1)
        height = np.clip((1.0 - y) * (down - 1), -(10.0**6), 10.0**6)
        first, last = max(0, math.ceil(at[0] - 0.5)), min(across - 1, math.floor(at[-1] + 0.5))
        if last < first:
            return
        columns = np.arange(first, last + 1)
        middle = np.interp(columns, at, height)
        before = np.interp(columns - 0.5, at, height)
        after = np.interp(columns + 0.5, at, height)
        low = np.minimum(np.minimum(before, after), middle)
        high = np.maximum(np.maximum(before, after), middle)
        # Where there are more points than columns, none of them may be lost.
        near = np.clip(np.rint(at).astype(np.int64), first, last) - first
        np.minimum.at(low, near, height)
        np.maximum.at(high, near, height)
        self._columns(columns, np.rint(low), np.rint(high), owner)

    def points(self, x: Floats, y: Floats, owner: int, fat: bool = False) -> None:
        """Draw points, given from 0 to 1 each; those outside are left out.

        Args:
            fat: with the dots to the right and above.
        """
        inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)  # false for NaN
        if not self.columns or not self.rows or not inside.any():
            return
        dots = np.zeros((4 * self.rows, 2 * self.columns), dtype=bool)
        rows = np.rint((1.0 - y[inside]) * (4 * self.rows - 1)).astype(np.int64)
        across = np.rint(x[inside] * (2 * self.columns - 1)).astype(np.int64)
        dots[rows, across] = True
        if fat:
            right, above = np.minimum(across + 1, 2 * self.columns - 1), np.maximum(rows - 1, 0)
            dots[rows, right] = dots[above, across] = dots[above, right] = True
        self._put(dots, owner, over=True)

    def text(self) -> list[str]:
        """The rows as braille; cells without dots are blanks."""
        codes = self._bits.astype(np.int32) + 0x2800
        codes[self._bits == 0] = 0x20
        return ["".join(map(chr, row)) for row in codes]

    def plain_text(self) -> list[str]:
        """The rows in ASCII, a star where there is a dot."""
        return ["".join("*" if bits else " " for bits in row) for row in self._bits]

    def _columns(self, columns: NDArray[np.int64], low: Floats, high: Floats, owner: int) -> None:
        rows = np.arange(4 * self.rows)[:, None]
        dots = np.zeros((4 * self.rows, 2 * self.columns), dtype=bool)
        dots[:, columns] = (rows >= low) & (rows <= high)
        self._put(dots, owner)

    def _put(self, dots: NDArray[np.bool_], owner: int, over: bool = False) -> None:
        """Set dots, (4 × rows, 2 × columns); `over` keeps those of others in the same cells."""
        cells = dots.reshape(self.rows, 4, self.columns, 2)
        bits = np.einsum("rdce,de->rc", cells, _BITS, dtype=np.uint8, casting="unsafe")
        mine = bits != 0
        self._bits[mine] = (self._bits[mine] | bits[mine]) if over else bits[mine]
        self.owner[mine] = owner


def limits(
    series: Sequence[Floats], log: bool = False, robust: bool = True
) -> tuple[Scale, int] | None:
    """A scale for these values, and how many of them lie beyond it.

    Args:
        log: only values above 0 count.
        robust: leave the outermost values out where they would squeeze all others together.

    Returns:
        None where there is nothing to show.
    """
    values = np.concatenate([s[np.isfinite(s)] for s in series]) if series else np.empty(0)
    if log:
        values = values[values > 0]
    if not len(values):
        return None
    # Beyond what differences of floats can hold, a scale has no steps.
    values = np.log10(values) if log else np.clip(values, -1e300, 1e300)
    low, high = float(values.min()), float(values.max())
    if robust and len(values) >= 8:
        inner_low, inner_high = (float(q) for q in np.quantile(values, [0.02, 0.98]))
        spread = inner_high - inner_low
        # A few values far away are cut off; an ordinary start of a curve is not.
        low = low if inner_low - low <= 2 * spread else inner_low - 0.1 * spread
        high = high if high - inner_high <= 2 * spread else inner_high + 0.1 * spread
    outside = int(((values < low) | (values > high)).sum())
    if high - low <= 1e-12 * max(1.0, abs(low), abs(high)):
        room = 0.1 if log else 0.05 * max(abs(high), 1e-6)
        low, high = low - room, high + room
    else:
        room = 0.03 * (high - low)
        low, high = low - room, high + room
    if log:
        low, high = max(low, -300.0), min(high, 300.0)
        return Scale(10.0**low, 10.0**high, True), outside
    return Scale(low, high), outside


def ticks(scale: Scale, most: int) -> list[float]:
    """At most `most` round values within a scale, rising.

    >>> ticks(Scale(0, 60), 4), ticks(Scale(0.02, 3, log=True), 4)
    ([0.0, 20.0, 40.0, 60.0], [0.1, 1.0])
    """
    if most < 1:
        return []
    if scale.log:
        return _log_ticks(scale, most)
    span = scale.high - scale.low
    if not span > 0 or not math.isfinite(span):
        return []
    size = 10.0 ** math.floor(math.log10(span / most))
    for step in (size, 2 * size, 5 * size, 10 * size, 20 * size):
        first, last = math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9)
        if last - first + 1 <= most:
            return [float(f"{at * step:.12g}") for at in range(first, last + 1)]
    return []


def _log_ticks(scale: Scale, most: int) -> list[float]:
    low, high = math.log10(scale.low), math.log10(scale.high)
    decades = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    for stride in (1, 2, 3, 5, 10, 20, 50, 100):
        chosen = [decade for decade in decades if decade % stride == 0]
        if 1 < len(chosen) <= most:
            return [float(f"1e{decade}") for decade in chosen]
    if len(decades) > most:
        return [float(f"1e{decade}") for decade in decades][:most]
    fine = [
        float(f"{part}e{decade}")
        for decade in range(math.floor(low), math.ceil(high) + 1)
        for part in (1, 2, 5)
        if scale.low <= part * 10.0**decade <= scale.high
    ]
    if len(fine) > most:
        return [float(f"1e{decade}") for decade in decades] or fine[:: max(1, len(fine) // most)]
    return fine
