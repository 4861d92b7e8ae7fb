"""What the search says of its hyperparameters: which matter, and which values do well."""

from __future__ import annotations

import numpy as np

from hpsearch.report.leaderboard import drawn
from hpsearch.report.markup import Markup, tag
from hpsearch.report.material import Material, spread
from hpsearch.report.plot import FEW_POINTS, along, apart, dots, figure, plot, ruler
from hpsearch.store.records import TrialRecord
from hpsearch.view.axes import Axis, axis
from hpsearch.view.figures import is_share
from hpsearch.view.format import figure as number
from hpsearch.view.format import parameter
from hpsearch.view.importance import FEWEST
from hpsearch.view.parallel import BEST, GOOD, axis_places
from hpsearch.view.ranges import range_text
from hpsearch.view.raster import Floats

POINTS = 1000
"""Trials in one slice, at most."""
LINES = 300
"""Trials across all axes, at most."""
MOST_AXES = 10
"""Hyperparameters of which parallel coordinates are drawn: those that matter most."""
MOST_SLICES = 24
MOST_OPTIONS = 12
"""Options of a choice that are named on its axis."""


def importance(material: Material) -> Markup:
    """A bar for each hyperparameter, or a sentence where too little is known."""
    found = material.importance
    complete = len(material.complete)
    if not material.study.space:
        return tag("p", "This study searches nothing.", class_="empty")
    if not found:
        said = f"Importance needs {FEWEST} complete trials; there "
        said += "is 1." if complete == 1 else f"are {complete}."
        return tag("p", said, class_="empty")
    longest = max(found.values()) or 1.0
    rows = [
        tag("tr", tag("th", name, scope="row"),
            tag("td", tag("i", style=f"width:{100 * share / longest:.3g}%"), class_="bar"),
            tag("td", _percent(share)), tag("td", range_text(material.study.space.get(name))))
        for name, share in found.items()
    ]  # fmt: skip
    head = tag("tr", tag("th", "hyperparameter", scope="col"), tag("th", class_="bar"),
               tag("th", "share", scope="col"), tag("th", "searched", scope="col"))  # fmt: skip
    note = (
        f"PED-ANOVA over {complete:,} complete trials: how much the values in the best tenth by "
        f"{material.study.metric} differ from those in all. Shares add up to 100 %."
    )
    table = tag("table", tag("thead", head), tag("tbody", rows), class_="shares")
    return tag("div", tag("div", table, class_="scroll"), tag("p", note, class_="note"))


def slices(material: Material) -> Markup | None:
    """A picture a hyperparameter: a point a complete trial; None where there are none."""
    trials = spread(material.complete, POINTS, 1)
    if len(trials) < 2 or not material.searched:
        return None
    values = np.array([trial.value for trial in trials], dtype=float)
    metric, falls = material.study.metric, material.study.direction == "minimize"
    percent = is_share(metric)
    up = ruler([values], metric, log=falls, percent=percent, most=4, within=values[0])
    if up is None:
        return None
    y = up.place(values)
    bright = max(1, round(BEST * len(trials)))
    rest = "dots rest" if len(trials) <= FEW_POINTS else "dots rest many"
    pictures = []
    for name in material.searched[:MOST_SLICES]:
        one = _axis(material, name, trials)
        across = along(one)
        x = across.place(_apart(one, one.places(trials), trials))
        if not np.isfinite(x).any():
            continue
        layers = [
            tag("path", class_=rest, d=dots(x[bright:], y[bright:])),
            [drawn(material, trials[at], "dots best", dots(x[at : at + 1], y[at : at + 1]))
             for at in reversed(range(bright))],
        ]  # fmt: skip
        told = f"{metric} by {name}"
        kind = "small words" if one.options else "small"
        aside = "log" if one.log else ""
        pictures.append(figure(name, aside, plot(layers, across, up, told, kind)))
    note = f"Up: {up.title}. The best {100 * BEST:.0f} % of the trials are marked."
    if len(trials) < len(material.complete):
        note += f" {len(trials):,} of {len(material.complete):,} trials are drawn."
    if (left := len(material.searched) - MOST_SLICES) > 0:
        note += f" {left} hyperparameters that matter less are left out."
    return tag("div", tag("div", pictures, class_="grid"), tag("p", note, class_="note"))


def parallel(material: Material) -> Markup | None:
    """A line a trial across all axes, the best bright and on top; None where there are too few."""
    trials = spread(material.complete, LINES, 1)
    names = material.searched[:MOST_AXES]
    if len(trials) < 2 or not names:
        return None
    axes = [_axis(material, name, trials) for name in names]
    values = [trial.value for trial in trials if trial.value is not None]
    log = material.study.direction == "minimize" and min(values) > 0
    low, high = min(values), max(values)
    axes.append(Axis("value", material.study.metric, low, high if high > low else low + 1.0, log))
    places = np.array([axis_places(one, trials) for one in axes])  # (axes, trials)
    across = np.linspace(0, 1000, len(axes)).round().astype(int)
    good, bright = _shares(len(trials))
    paths = [_bent(across, places[:, at]) for at in range(len(trials))]
    layers = [
        tag("path", class_="line back", d="".join(paths[good:])),
        tag("path", class_="line good", d="".join(paths[bright:good])),
        [drawn(material, trials[at], "line best", paths[at]) for at in reversed(range(bright))],
        tag("path", class_="axis", d="".join(f"M{at} 0v1000" for at in across)),
    ]
    svg = tag("svg", layers, viewBox="0 0 1000 1000", preserveAspectRatio="none", role="img",
              aria_label=f"{len(trials):,} trials across {len(axes)} axes")  # fmt: skip
    heads = [tag("span", one.title, tag("small", _end(one, 1)), title=one.name) for one in axes]
    feet = [tag("span", tag("small", _end(one, 0))) for one in axes]
    lines = tag("div", svg, _options(axes, across), class_="field")
    picture = tag("div", tag("div", heads, class_="heads"), lines, tag("div", feet, class_="feet"),
                  class_="parallel", style=f"--axes:{len(axes)}")  # fmt: skip
    note = (
        f"The best {100 * BEST:.0f} % of the trials are bright, the best {100 * GOOD:.0f} % blue."
    )
    if len(material.complete) > len(trials):
        note += f" {len(trials):,} of {len(material.complete):,} trials are drawn."
    if (left := len(material.searched) - len(names)) > 0:
        note += f" {left} hyperparameters that matter less are left out."
    scroll = tag("div", picture, class_="scroll", tabindex=0)
    return tag("div", scroll, tag("p", note, class_="note"))


def _shares(trials: int) -> tuple[int, int]:
    return max(1, round(GOOD * trials)), max(1, round(BEST * trials))


def _options(axes: list[Axis], across: np.ndarray) -> list[Markup]:
    """The options of choices, each where the lines of its trials cross the axis."""
    return [
        tag("span", parameter(option), aria_hidden="true",
            style=f"left:{x / 10:.4g}%;top:{100 * (1 - one.place(option)):.4g}%")
        for one, x in zip(axes, across.tolist(), strict=True)
        for option in one.options[:MOST_OPTIONS]
    ]  # fmt: skip


def _end(one: Axis, which: int) -> str:
    """What stands at an axis's low (0) or high end (1); of a choice nothing, see `_options`."""
    if one.options:
        return ""
    if one.name == "value":
        return number((one.low, one.high)[which])
    return one.ends[which]


def _axis(material: Material, name: str, trials: list[TrialRecord]) -> Axis:
    drawn = [trial.params.get(name) for trial in trials]
    return axis(name, material.titles[name], material.study.space[name], drawn)


def _apart(one: Axis, x: Floats, trials: list[TrialRecord]) -> Floats:
    """Points of one choice a little apart from each other, by number and so always alike."""
    if not one.options:
        return x
    numbers = np.array([trial.number for trial in trials], dtype=float)
    return x + 0.3 * apart(one) * ((numbers * 0.6180339887498949) % 1.0 - 0.5)


def _bent(across: np.ndarray, heights: Floats) -> str:
    """A smooth line from axis to axis; those on which it has no place are passed over."""
    known = np.flatnonzero(np.isfinite(heights))
    if len(known) < 2:
        return ""
    y = np.rint(1000 * (1.0 - np.clip(heights[known], 0.0, 1.0))).astype(int).tolist()
    x = across[known].tolist()
    d = f"M{x[0]} {y[0]}"
    for at in range(1, len(x)):
        middle = (x[at - 1] + x[at]) // 2
        d += f"C{middle} {y[at - 1]} {middle} {y[at]} {x[at]} {y[at]}"
    return d


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"
