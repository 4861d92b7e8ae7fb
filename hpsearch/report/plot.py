"""One picture: paths in a field of 1,000 × 1,000, with its ticks as text beside it.

The field is stretched to the room that the page has, lines keep their width, and a path of no
length with round ends is a point that stays round.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hpsearch.report.markup import Child, Markup, tag
from hpsearch.view.axes import Axis
from hpsearch.view.chart import tick_text
from hpsearch.view.format import parameter
from hpsearch.view.raster import Floats, Scale, limits, ticks

SIZE = 1000
"""Units of the field, across and down."""
FEW_POINTS = 300
"""More of them are drawn smaller."""
_BEYOND = 4.0
"""Fields; as far as what lies outside is drawn, so that lines leave at the right angle."""


@dataclass(frozen=True)
class Ruler:
    """One axis: where values lie on it, from 0 to 1, and what stands beside it."""

    scale: Scale
    marks: Sequence[tuple[float, str]]
    """From 0 to 1 each, rising."""
    name: str = ""
    outside: int = 0
    """How many values are too far away to be shown."""

    def place(self, values: Floats) -> Floats:
        """From 0 to 1 within; NaN where a value has no place."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.scale.place(values)

    @property
    def title(self) -> str:
        """Its name, and whether it is logarithmic."""
        return f"{self.name}, log" if self.scale.log else self.name


def ruler(
    values: Sequence[Floats],
    name: str,
    *,
    log: bool = False,
    percent: bool = False,
    most: int = 5,
    within: float | None = None,
) -> Ruler | None:
    """An axis for these values; None where none of them can be shown.

    Args:
        log: if all values are above 0, and the largest is more than thrice the smallest.
        percent: fractions are written as per cent.
        most: how many ticks.
        within: a value that shall be seen, however far it lies from all others.
    """
    known = np.concatenate([each[np.isfinite(each)] for each in values]) if values else np.empty(0)
    log = log and len(known) > 0 and bool(known.min() > 0) and bool(known.max() / 3 > known.min())
    found = limits(values, log)
    if found is None:
        return None
    scale, outside = found
    if within is not None and not scale.low <= within <= scale.high:
        scale = Scale(min(scale.low, within), max(scale.high, within), log)
        outside = int(((known < scale.low) | (known > scale.high)).sum())
    if percent:
        scale = Scale(max(scale.low, -0.02), min(scale.high, 1.02))
    if not scale.high > scale.low:
        return None
    return replace(fixed(scale, name, percent, most), outside=outside)


def fixed(scale: Scale, name: str, percent: bool = False, most: int = 5) -> Ruler:
    """An axis with these ends."""
    at = ticks(scale, most)
    places = scale.place(np.array(at, dtype=float)).tolist()
    texts = [tick_text(100 * value if percent else value) for value in at]
    return Ruler(scale, tuple(zip(places, texts, strict=True)), name)


def along(axis: Axis) -> Ruler:
    """A hyperparameter's axis, on which `Axis.place` says where a trial lies."""
    if axis.options:
        marks = [(axis.place(option), parameter(option)) for option in axis.options]
        half = apart(axis) / 2  # as much of the axis for each
        low, high = marks[0][0] - half, marks[-1][0] + half
    else:
        marks = fixed(Scale(axis.low, axis.high, axis.log), axis.title, most=4).marks
        low, high = -0.03, 1.03
    within = [((place - low) / (high - low), text) for place, text in marks]
    return Ruler(Scale(low, high), within, axis.title)


def apart(axis: Axis) -> float:
    """How far its options lie from each other."""
    if len(axis.options) < 2:
        return 1.0
    first, second, *_ = axis.options
    return axis.place(second) - axis.place(first)


def plot(layers: Child, x: Ruler, y: Ruler, told: str, kind: str = "") -> Markup:
    """The field with its ticks.

    Args:
        layers: paths, the first at the bottom.
        told: the same in words, for who cannot see it.
        kind: a further class of the style sheet.
    """
    grid = "".join(f"M0 {down(place)}h{SIZE}" for place, _ in y.marks if 0 <= place <= 1)
    return tag(
        "div",
        tag("div", _labels(y, "top"), class_="ys", aria_hidden="true"),
        tag(
            "svg",
            tag("path", class_="grid", d=grid),
            layers,
            viewBox=f"0 0 {SIZE} {SIZE}",
            preserveAspectRatio="none",
            role="img",
            aria_label=told,
        ),
        tag("div", _labels(x, "left"), class_="xs", aria_hidden="true"),
        class_=f"plot {kind}".rstrip(),
    )


def figure(title: str, aside: str, inside: Child, note: str = "") -> Markup:
    """A picture with its title above it and a sentence below."""
    return tag(
        "figure",
        tag("figcaption", tag("b", title), " ", tag("span", aside) if aside else None),
        inside,
        tag("p", note, class_="note") if note else None,
    )


def line(x: Floats, y: Floats) -> str:
    """A line through points, given from 0 to 1 each; those that are no numbers are passed over."""
    kept = np.isfinite(x) & np.isfinite(y)
    if not kept.any():
        return ""
    across = _units(x[kept])
    height = _units(1.0 - y[kept])
    if len(across) == 1:
        return f"M{across[0]} {height[0]}h0"
    steps = np.stack([np.diff(across), np.diff(height)], axis=1).ravel().tolist()
    return f"M{across[0]} {height[0]}l" + " ".join(map(str, steps)).replace(" -", "-")


def dots(x: Floats, y: Floats) -> str:
    """Points, given from 0 to 1 each; those outside are left out."""
    inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)  # false for NaN
    return "".join(
        f"M{across} {height}h0"
        for across, height in zip(
            _units(x[inside]).tolist(), _units(1.0 - y[inside]).tolist(), strict=True
        )
    )


def down(place: float) -> int:
    """A place from 0 to 1 as units from the top."""
    return round(SIZE * (1.0 - min(max(place, -4.0), 4.0)))


def _units(places: Floats) -> np.ndarray:
    return np.rint(SIZE * np.clip(places, -_BEYOND, _BEYOND)).astype(np.int64)


def _labels(ruler: Ruler, side: str) -> list[Markup]:
    """Its ticks as text, each at its place in per cent; the outermost stay inside."""
    found = []
    for place, text in ruler.marks:
        if not math.isfinite(place) or not 0 <= place <= 1:
            continue
        at = 100 * (1 - place if side == "top" else place)
        edge = None if 8 < at < 92 or side == "top" else "first" if at <= 8 else "last"
        found.append(tag("span", text, style=f"{side}:{at:.4g}%", class_=edge))
    return found
