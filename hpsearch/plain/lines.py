"""A line for each event, for pipes, CI and terminals that can do no more.

At most 80 columns; a longer note goes on below, further in.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext

from hpsearch.plain.stream import Batch, Happening
from hpsearch.plain.summary import counts_line
from hpsearch.plain.terminal import Terminal
from hpsearch.store.inbox import to_reader
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.eta import told
from hpsearch.view.figures import figures_line
from hpsearch.view.format import Glyphs, cells, duration, figure
from hpsearch.view.status import ENDED, Status

CLOCK = len("00:00:00 ")
"""Cells that the time takes at the beginning of a line."""
EVERY = 30.0
"""Seconds between two lines that say how it stands."""

_SENTENCES = ("note", "warning", "state", "study_start")


class Lines:
    """Writes what happens, line by line."""

    def __init__(self, out: Terminal) -> None:
        self._out = out
        self._said = float("-inf")

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def aside(self) -> AbstractContextManager[None]:
        """Others may write whenever they like."""
        return nullcontext()

    def show(self, batch: Batch) -> None:
        """Write this batch's lines."""
        for happening in batch.happenings:
            if text := line(happening, batch, self._out.glyphs, self._out.width - CLOCK):
                self._write(happening.time, text, whole=happening.what in _SENTENCES)
            if happening.what == "study_start":
                self._said = batch.now
        if batch.now - self._said >= EVERY and not batch.last:
            self._write(batch.now, status_line(batch.status, self._out.glyphs))
            self._said = batch.now

    def _write(self, at: float, text: str, whole: bool = False) -> None:
        """One line; where all of it is wanted, on as many as it needs."""
        said = f"{time.strftime('%H:%M:%S', time.localtime(at))} {to_reader(text)}"
        if whole:
            self._out.tell(said, " " * 11)
        else:
            self._out.say(self._out.fit(said))


def line(happening: Happening, batch: Batch, glyphs: Glyphs, width: int = 71) -> str:
    """What a happening reads like in `width` cells; "" for those that are not worth a line."""
    match happening.what:
        case "study_start":
            return _start(batch, glyphs)
        case "trial_end" if happening.trial is not None:
            return end_line(happening.trial, batch.study, glyphs, happening.best, width)
        case "best" if happening.trial is None:  # else told with the end of its trial
            return f"{glyphs.best} {happening.text}"
        case "state":
            why = f": {happening.text}" if happening.text else ""
            gone = ": no engine holds it" if happening.kind == "gone" else why
            return f"{batch.study.name} is {happening.kind}{gone}"
        case "warning":
            return f"! {happening.text}"
        case "note":
            return f"  {happening.text}"
    return ""


def end_line(
    trial: TrialRecord, study: StudyFacts, glyphs: Glyphs, best: bool = False, width: int = 71
) -> str:
    """How a trial ended: its figures, or why there are none.

    Where `width` cells do not hold all of it, the second figure goes first, then the time.
    """
    mark = glyphs.best if best else getattr(glyphs, trial.state, " ")
    shown = figures_line(trial, study, glyphs)
    parts = [
        f"{mark} #{trial.number} {trial.state}",
        *shown,
        f"{trial.epochs}/{trial.planned}",
        duration(trial.seconds),
    ]
    if trial.state in ("diverged", "failed") and trial.reason:
        parts = [parts[0], trial.reason]
        return "  ".join(parts)
    for spare in (*shown[1:], parts[-1]):
        if cells("  ".join(parts)) > width:
            parts.remove(spare)
    return "  ".join(parts)


def status_line(status: Status, glyphs: Glyphs) -> str:
    """Where the study stands."""
    counts = status.counts
    parts = [
        f"{status.state} {counts.finished}/{counts.asked}",
        counts_line(counts, glyphs),
    ]
    if counts.running:
        parts.append(f"{glyphs.running}{counts.running}")
    if status.best:
        best = f"best #{status.best.number} {figure(status.best.value)}"
        parts.append(best)
    parts.append(duration(status.seconds))
    if status.eta and status.state not in ENDED:
        parts.append(f"eta {told(status.eta, status.spread)}")
    return "  ".join(parts)


def _start(batch: Batch, glyphs: Glyphs) -> str:
    study = batch.study
    if batch.status.state == "running" and not batch.status.counts.finished:
        workers = f"{study.workers} worker{'s' if study.workers != 1 else ''}"
        return (
            f"{study.name}  {study.trials} trials by {study.metric} ({study.direction}), {workers}"
        )
    why = f"  {study.why}" if batch.last and batch.status.state != "gone" and study.why else ""
    return f"{study.name}  {status_line(batch.status, glyphs)}{why}"
