"""What every worker is at, how fast, and in how much memory: a table, a line a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hpsearch.store.records import TrialRecord
from hpsearch.view.abbreviations import params_line
from hpsearch.view.figures import figure_of, figure_text, figure_title
from hpsearch.view.format import UNICODE, Glyphs, aligned, amount, cells, cut, duration, pad
from hpsearch.view.history import Track
from hpsearch.view.inked import Line, fitting
from hpsearch.view.status import LIVE, Status
from hpsearch.view.timeline import Block, begun

_DREW = "what it drew"
_INKS = {"worker": "bold", "trial": "running", "time": "dim"}
LATELY = 10
"""Epochs from which a trial's speed is told."""


@dataclass(frozen=True)
class Load:
    """The workers at one moment."""

    status: Status
    running: Sequence[TrialRecord] = ()
    tracks: Mapping[int, Track] = field(default_factory=dict)
    """Curves of what runs, by trial."""
    memory: Mapping[int, int] = field(default_factory=dict)
    """Bytes by worker, where this machine knows them."""
    busy: float = 0.0
    """The share of the time shown in which workers trained."""
    seconds: float = 0.0
    """How long that time is."""
    now: float = 0.0
    """Unix seconds."""
    done: Mapping[int, Sequence[Block]] = field(default_factory=dict)
    """All that each worker was at, what runs included."""


def load_lines(load: Load, width: int, signs: Glyphs = UNICODE) -> list[Line]:
    """All workers together in a line, and a table of them; what does not fit is left out."""
    now = _now(load, width, signs) if load.running else [[(" nothing is being trained", "dim")]]
    done = [[], *_so_far(load, signs)] if load.done else []
    return [_together(load, width), [], *now, *done]


def _now(load: Load, width: int, signs: Glyphs) -> list[Line]:
    """A line for each worker, on the trial that it has in hand."""
    lines: list[Line] = []
    by_slot = {trial.slot: trial for trial in load.running}
    slots = sorted({*range(load.status.study.workers), *(s for s in by_slot if s is not None)})
    metric = figure_title(load.status.study.metric)
    heads = ["worker", "trial", "epoch", "epochs/s", "time", "memory", metric]
    if not load.memory:
        heads.remove("memory")
    rows = [_row(slot, by_slot.get(slot), load, signs) for slot in slots]
    wide = {h: max(cells(h), *(cells(row.get(h, "")) for row in rows)) for h in heads}
    kept = _fitting(wide, width)
    room = width - sum(wide[head] + 2 for head in kept) - 2
    for row in ({head: head for head in (*kept, _DREW)}, *rows):
        inks = _INKS if lines else {}
        line: Line = [(" ", "plain")]
        for head in kept:
            text = pad(row.get(head, ""), wide[head], right=head not in _INKS or head == "time")
            line.append((f"{text}  ", inks.get(head, "plain" if inks else "dim")))
        if room >= cells(_DREW):
            line.append((f" {cut(row[_DREW], room, signs.more)}", "dim"))
        lines.append(line)
    return lines


def _so_far(load: Load, signs: Glyphs) -> list[Line]:
    """How the trials ended that each worker had, and how long they took."""
    rows: list[tuple[str, ...]] = [
        ("worker", "trials", "complete", "pruned", "failed", "a trial took")
    ]
    for slot, blocks in load.done.items():
        ended = [block for block in blocks if block.state not in ("running", "waiting")]
        states = [block.state for block in ended]
        failed = states.count("failed") + states.count("diverged")
        mean = sum(block.end - block.begin for block in ended) / len(ended) if ended else None
        counts = (len(ended), states.count("complete"), states.count("pruned"), failed)
        rows.append((f"w{slot}", *map(str, counts), duration(mean, signs.nothing)))
    inks = ["dim", *["plain"] * len(load.done)]
    return [[(f" {text}", ink)] for text, ink in zip(aligned(rows, 1), inks, strict=True)]


def _together(load: Load, width: int) -> Line:
    study, waiting = load.status.study, load.status.counts.waiting
    works = load.status.state in LIVE
    crew = f"{study.workers} of {study.max_workers} workers" if works else "no engine is at work"
    parts: Line = [(f" {crew}", "bold")]
    if load.seconds:
        parts.append((f"   busy {load.busy:.0%} of the last {duration(load.seconds)}", "plain"))
    if load.memory:
        parts.append((f"   {amount(sum(load.memory.values()))} in all", "plain"))
    parts.append((f"   {waiting} waiting", "dim"))
    if works:
        parts.append(("   one BLAS thread each", "dim"))
    return fitting(parts, width)


def _row(slot: int, trial: TrialRecord | None, load: Load, signs: Glyphs) -> dict[str, str]:
    """What stands under each head."""
    if trial is None:
        return {"worker": f"w{slot}", "trial": "idle", _DREW: ""}
    metric = load.status.study.metric
    size = load.memory.get(slot)
    return {
        "worker": f"w{slot}",
        "trial": f"#{trial.number}",
        "epoch": f"{trial.epochs}/{trial.planned}",
        "epochs/s": _speed(load.tracks.get(trial.number), signs),
        "time": duration(load.now - begun(trial, load.now)) if trial.started else signs.nothing,
        "memory": signs.nothing if size is None else amount(size),
        figure_title(metric): figure_text(metric, figure_of(trial, metric, metric), signs.nothing),
        _DREW: params_line(trial),
    }


def _speed(track: Track | None, signs: Glyphs) -> str:
    """Epochs a second, lately."""
    if track is None or len(track) <= LATELY:
        return signs.nothing
    took = track.seconds[-1] - track.seconds[-1 - LATELY]
    return f"{LATELY / took:.1f}" if took > 0 else signs.nothing


def _fitting(wide: Mapping[str, int], width: int) -> list[str]:
    """As many heads as there is room for, from the left."""
    kept: list[str] = []
    room = width - 1
    for head, cells_ in wide.items():
        if cells_ > room:
            break
        kept.append(head)
        room -= cells_ + 2
    return kept
