"""`hpsearch ls` and `hpsearch status`: how studies stand, in words or JSON on standard output."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hpsearch.errors import RunError
from hpsearch.plain.summary import near, summary
from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.store.folder import RunFolder
from hpsearch.store.inbox import to_reader
from hpsearch.store.reader import Reader
from hpsearch.view.eta import told
from hpsearch.view.format import cells, clean, cut, duration, figure, pad
from hpsearch.view.status import LIVE, Status, status

SHORTEST = 12
"""Cells of a name that are left of it, however narrow a terminal is."""


def look(folder: RunFolder, now: float | None = None) -> Status:
    """How the study in that run folder stands.

    Raises:
        RunError: its store cannot be read.
    """
    alive = folder.alive  # before the store is read, see `view.status.status`
    with Reader(folder) as reader:
        stands = status(reader.snapshot(), alive, time.time() if now is None else now)
        begun = stands.study.engine.get("started")
        return replace(stands, busy=reader.busy(begun if isinstance(begun, int | float) else 0.0))


def status_json(stands: Status, out: Terminal | None = None) -> None:
    """Print a study's status as one JSON object."""
    (out or terminal()).say(json.dumps(stands.to_json(), indent=2, allow_nan=False))


def status_text(stands: Status, folder: RunFolder, out: Terminal | None = None) -> None:
    """Print a study's status in words."""
    out = out or terminal()
    heading, *rest = summary(stands, folder, out.glyphs)
    out.tell(heading, "  ")
    if stands.state in LIVE:
        counts, workers = stands.counts, stands.study.workers
        left = f", {told(stands.eta, stands.spread)} to go" if stands.eta else ""
        busy = "" if stands.busy is None else f", busy {stands.busy:.0%} of the time"
        slots = "1 worker" if workers == 1 else f"{workers} workers"
        now = f"{counts.running} running, {counts.waiting} waiting, {slots}{busy}{left}"
        out.tell(f"now   {now}", "      ")
    elif stands.study.why and stands.state != "gone" and stands.best:
        out.tell(f"why   {to_reader(stands.study.why)}", "      ")
    *about, keep, further = rest
    for line in about:
        out.tell(line, "      ")
    for command in (keep, further):
        out.say(out.writable(command))


def _order(folders: Sequence[RunFolder]) -> list[RunFolder]:
    """Those that run first, each sort in the order given: the newest first."""
    return sorted(folders, key=lambda folder: not folder.alive)


def listing_json(folders: Sequence[RunFolder], out: Terminal | None = None) -> None:
    """Print every study as a list of objects: those that run first, then the newest."""
    now = time.time()
    listed = []
    for folder in _order(folders):
        entry = {"name": folder.name, "run_folder": near(folder.path)}
        try:
            stands = look(folder, now)
        except RunError as error:
            listed.append({**entry, "state": "unreadable", "why": str(error)})
            continue
        whole = stands.to_json()
        age = {"age_seconds": round(max(0.0, now - stands.study.beat), 3)}
        listed.append({**entry, **whole, "metric": stands.study.metric, **age})
    (out or terminal()).say(json.dumps(listed, indent=2, allow_nan=False))


def listing(folders: Sequence[RunFolder], place: Path, out: Terminal | None = None) -> None:
    """Print every study on a line of its own: those that run first, then the newest."""
    out = out or terminal()
    if not folders:
        out.say(out.fit(f"No runs in {near(place)} yet: `hpsearch run STUDY.toml` starts one."))
        return
    now = time.time()
    rows = [("study", "state", "trials", "best", "by", "last written")]
    rows += [_row(folder, now) for folder in _order(folders)]
    widths = [max(cells(row[at]) for row in rows) for at in range(len(rows[0]))]
    if out.is_tty:  # a long name shall not drive out what stands behind it; a pipe has it whole
        behind = sum(widths[1:]) + 2 * len(widths[1:])
        widths[0] = min(widths[0], max(SHORTEST, out.width - behind))
    for name, *others in rows:
        row = (cut(name, widths[0], out.glyphs.more), *others)
        line = "  ".join(pad(text, width) for text, width in zip(row, widths, strict=True))
        out.say(out.fit(line.rstrip()))


def _row(folder: RunFolder, now: float) -> tuple[str, str, str, str, str, str]:
    name = clean(folder.name)
    try:
        stands = look(folder, now)
    except RunError:
        return (name, "unreadable", "-", "-", "-", f"hpsearch status {name} says why")
    counts = stands.counts
    best = figure(stands.best.value if stands.best else None, "-")
    age = f"{duration(now - stands.study.beat)} ago"
    done = f"{counts.finished}/{counts.asked}"
    return (name, stands.state, done, best, clean(stands.study.metric), age)
