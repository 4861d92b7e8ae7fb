"""How the search went: its best so far, the curves of its trials, and who trained what when."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hpsearch.report.leaderboard import drawn, link
from hpsearch.report.markup import Child, Markup, tag
from hpsearch.report.material import LIT, Material
from hpsearch.report.plot import FEW_POINTS, Ruler, dots, figure, fixed, line, plot, ruler
from hpsearch.store.records import TrialRecord
from hpsearch.view.figures import figure_names, is_share, spans_decades
from hpsearch.view.format import duration
from hpsearch.view.history import Track
from hpsearch.view.palette import line_ink
from hpsearch.view.raster import Floats, Scale
from hpsearch.view.timeline import Block, blocks, busy

MOST_POINTS = 120
"""Epochs of one curve that are drawn."""
MOST_DOTS = 2000
"""Trials of the whole search that are drawn as points."""
MOST_NAMED = 1500
"""Blocks of a timeline that say what they are."""
MOST_TOLD = 40
"""Workers that have a row of their own in it."""


def best_so_far(material: Material) -> Markup | None:
    """Every complete trial in the order of their ends, and the best up to each; None: none is."""
    study = material.study
    ended = [t for t in material.complete if t.told is not None]
    ended.sort(key=lambda trial: trial.told or 0)
    if not ended:
        return None
    stride = math.ceil(len(ended) / MOST_DOTS)
    x = np.array([trial.told or 0 for trial in ended], dtype=float) + 1
    y = np.array([trial.value for trial in ended], dtype=float)
    falls = study.direction == "minimize"
    best = np.minimum.accumulate(y) if falls else np.maximum.accumulate(y)
    up = ruler([y], study.metric, log=falls, percent=is_share(study.metric), within=best[-1])
    last = max(float(material.status.counts.finished), float(x[-1]))
    across = fixed(Scale(0.0, last * 1.02), "trials that ended", most=_whole(last))
    if up is None:
        return None
    # A step: the best holds until there is a better one.
    better = np.flatnonzero(np.append(True, best[1:] != best[:-1]))
    steps_x = np.append(np.repeat(x[better], 2)[1:], last)
    steps_y = np.repeat(best[better], 2)
    layers = [
        tag("path", class_="dots rest" if len(ended) <= FEW_POINTS else "dots rest many",
            d=dots(across.place(x[::stride]), up.place(y[::stride]))),
        tag("path", class_="line best", d=line(across.place(steps_x), up.place(steps_y))),
        [drawn(material, ended[at], "dots best",
               dots(across.place(x[at : at + 1]), up.place(y[at : at + 1])))
         for at in better],
    ]  # fmt: skip
    told = f"{study.metric} of {len(ended):,} complete trials and the best of them so far"
    aside = f"{up.title}, by trials that ended"
    note = f"One trial in {stride} is drawn. " if stride > 1 else ""
    return figure("Best so far", aside, plot(layers, across, up, told), note + _outside(up))


def curves(material: Material) -> list[Markup]:
    """A picture a metric: all curves in grey, the best ones in colours above them."""
    known = [t for t in material.trials if len(material.track(t))]
    lit = [t for t in known if t.state == "complete"][:LIT]
    grey = [t for t in known if t not in lit]
    seen = {name for trial in known for name in material.track(trial).figures}
    pictures = [
        _curves(material, name, lit, grey)
        for name in figure_names(material.study)
        if name in seen and name != "train_cost"
    ]
    found = [picture for picture in pictures if picture is not None]
    if not found:
        return []
    key = [
        link(material, trial, tag("i", class_=f"ink {line_ink(at)}"), f"#{trial.number}")
        for at, trial in enumerate(lit)
    ]  # fmt: skip
    total = sum(1 for trial in material.trials if trial.epochs) - len(lit)
    rest = f"in grey {len(grey):,} {'other' if len(grey) == 1 else 'others'}"
    if len(grey) < total:
        rest = f"in grey {len(grey):,} of {total:,} others, evenly spread over the leaderboard"
    keys = tag("p", key, tag("span", rest) if grey else None, class_="key")
    return [tag("div", found, class_="pair"), keys]


def _curves(
    material: Material, name: str, lit: Sequence[TrialRecord], grey: Sequence[TrialRecord]
) -> Markup | None:
    tracks = [material.track(trial) for trial in (*grey, *lit)]
    train = name.replace("val_", "train_")
    own = _figures(material.track(lit[0]), train) if lit and train != name else None
    if own is not None and not np.isfinite(own).any():
        own = None
    y = [_figures(track, name) for track in tracks]
    every = [*y, *([own] if own is not None else [])]
    up = ruler(every, name, log=spans_decades(name), percent=is_share(name))
    if up is None:
        return None
    longest = max(float(track.epochs[-1]) for track in tracks)
    across = fixed(Scale(0.0, max(longest, 1.0)), "epoch", most=_whole(longest))
    back = [_thin(across, up, material.track(one), name) for one in grey]
    front: list[Child] = []
    for at, trial in reversed(list(enumerate(lit))):
        d = _thin(across, up, material.track(trial), name)
        front.append(drawn(material, trial, f"line {line_ink(at)}", d))
    if own is not None:
        d = _thin(across, up, material.track(lit[0]), train)
        title = tag("title", f"#{lit[0].number} on its training rows: {train}")
        front.append(tag("path", title, class_=f"line dashed {line_ink(0)}", d=d))
    layers = [tag("path", class_="line back", d="".join(back)), front]
    told = f"{name} by epoch of {len(tracks):,} trials"
    aside = f"{'%, ' if is_share(name) else ''}{'log, ' if up.scale.log else ''}by epoch"
    if own is not None:
        aside += f"; dashed: {train} of #{lit[0].number}"
    return figure(name, aside, plot(layers, across, up, told), _outside(up))


def _thin(across: Ruler, up: Ruler, track: Track, name: str) -> str:
    """A line of at most about so many points; the last epoch is one of them."""
    stride = max(1, math.ceil(len(track) / MOST_POINTS))
    kept = np.unique(np.append(np.arange(0, len(track), stride), max(0, len(track) - 1)))
    x, y = np.asarray(track.epochs, dtype=float), _figures(track, name)
    return line(across.place(x[kept]), up.place(y[kept])) if len(track) else ""


def _figures(track: Track, name: str) -> Floats:
    return np.asarray(track.figure(name), dtype=float)


def timeline(material: Material) -> Markup | None:
    """A row a worker, a block a trial; None where nothing was trained."""
    rows = blocks(material.trials, material.study.beat)
    every = [block for row in rows.values() for block in row]
    if not every:
        return None
    begin, end = min(b.begin for b in every), max(b.end for b in every)
    end = max(end, begin + 1e-3)
    named = len(every) <= MOST_NAMED
    told = [
        tag("div", tag("span", f"worker {slot}", class_="who"),
            tag("svg", _row(row, begin, end, named), viewBox="0 0 1000 10",
                preserveAspectRatio="none", role="img",
                aria_label=f"worker {slot}: {len(row)} trials"),
            tag("span", f"{100 * busy(row, begin, end):.0f} %", class_="share"), class_="lane")
        for slot, row in list(rows.items())[:MOST_TOLD]
    ]  # fmt: skip
    states = dict.fromkeys(block.state for block in every)
    key = [tag("span", tag("i", class_=f"ink block-{state}"), state) for state in states]
    span = tag("div", tag("span", "0"), tag("span", duration(end - begin)), class_="span")
    left = len(rows) - MOST_TOLD
    note = f"{left:,} more workers are not shown." if left > 0 else ""
    aside = "time from left to right, and the share of it in which each trained"
    inside = [tag("div", told, span, class_="lanes"), tag("p", key, class_="key")]
    return figure("Who trained what when", aside, inside, note)


def _row(row: Sequence[Block], begin: float, end: float, named: bool) -> Child:
    scale = 1000 / (end - begin)
    if not named:
        d: dict[str, list[str]] = {}
        for one in row:
            width = max(0.3, (one.end - one.begin) * scale)
            path = f"M{(one.begin - begin) * scale:.1f} 0h{width:.1f}v10h-{width:.1f}z"
            d.setdefault(one.state, []).append(path)
        return [tag("path", class_=f"block-{s}", d="".join(paths)) for s, paths in d.items()]
    return [
        tag("rect", tag("title", f"#{one.number} {one.state}, {duration(one.end - one.begin)}"),
            class_=f"block-{one.state}", x=f"{(one.begin - begin) * scale:.1f}",
            width=f"{max(0.6, (one.end - one.begin) * scale - 0.4):.1f}", height=10)
        for one in row
    ]  # fmt: skip


def _whole(last: float) -> int:
    """So many ticks that none of them is a part of a trial or of an epoch."""
    return min(6, int(last) + 1)


def _outside(up: Ruler) -> str:
    if not up.outside:
        return ""
    values = "1 value is" if up.outside == 1 else f"{up.outside:,} values are"
    return f"{values} too far away to be shown."
