"""A study as a stream: what is new, and how it stands, a few times a second.

Everything here only reads. All displays consume the same batches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from hpsearch.errors import RunError
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Busy, NotYet, Reader
from hpsearch.store.records import Mark, Snapshot, StudyFacts, TrialRecord
from hpsearch.view.status import ENDED, LIVE, Status, status

TICK = 0.25
"""Seconds between two looks at the store."""

PATIENCE = 40
"""How many looks in a row may find the store unreadable before that is an error: ten seconds."""

What = Literal["study_start", "trial_start", "trial_end", "best", "note", "warning", "state"]

_ENDS = ("complete", "pruned", "diverged", "failed")
_WARNINGS = ("warning", "retried")


class Stop(Protocol):
    """A threading.Event, or what behaves like one."""

    def is_set(self) -> bool:
        """Whether to leave."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep, and say whether to leave."""
        ...


@dataclass(frozen=True)
class Happening:
    """One thing that happened, as one line tells it."""

    what: What
    time: float
    """Unix seconds."""
    text: str = ""
    """A sentence, where the engine said one."""
    trial: TrialRecord | None = None
    number: int | None = None
    """Which trial, where it is about one."""
    kind: str = ""
    """The engine's word for a note: note, worker, command, retried, …"""
    best: bool = False
    """Whether a trial that ended became the best so far by it."""


@dataclass(frozen=True)
class Batch:
    """What one look at the store found."""

    now: float
    """Unix seconds."""
    status: Status
    running: tuple[TrialRecord, ...]
    happenings: tuple[Happening, ...]
    """In an order in which they can have happened: no trial ends before it starts."""

    @property
    def study(self) -> StudyFacts:
        """The study as a whole."""
        return self.status.study

    @property
    def last(self) -> bool:
        """Whether the study goes on no more."""
        return self.status.state in ENDED


def follow(
    folder: RunFolder,
    alive: Callable[[], bool],
    stop: Stop,
    since: Mark | None = None,
    clock: Callable[[], float] = time.time,
) -> Iterator[Batch]:
    """What happens in a run, from the mark on (None: from now), until it ends or `stop` is set.

    The last batch is that of the end. While an engine is only just starting, this waits for it.

    Raises:
        RunError: there is no such study, or its store cannot be read.
    """
    reader = _open(folder, alive, stop)
    if reader is None:
        return
    with reader:
        news = _News()
        missed = 0
        snapshot: Snapshot | None = None
        fresh = False
        while True:
            # Asked before the store is read: an engine writes its end, then lets go of the lock.
            lives = alive()
            try:
                fresh = reader.changed() or fresh
                if fresh or snapshot is None:
                    snapshot = reader.snapshot(since)
                missed = 0
            except (Busy, NotYet):
                missed += 1
                if missed > PATIENCE or not lives:
                    raise
            if snapshot is not None and not missed:
                since = snapshot.mark
                now = clock()
                stands = status(snapshot, lives, now)
                happenings = tuple(news.of(snapshot, stands, now, fresh))
                fresh = False
                batch = Batch(now, stands, snapshot.running, happenings)
                yield batch
                if batch.last:
                    return
            if stop.wait(TICK):
                return


def _open(folder: RunFolder, alive: Callable[[], bool], stop: Stop) -> Reader | None:
    """The reader, as soon as there is something to read; None where `stop` came first."""
    for tries in range(PATIENCE + 1):
        lives = alive()
        try:
            return Reader(folder)
        except (Busy, NotYet):
            if tries == PATIENCE or not lives:
                raise
        if stop.wait(TICK):
            return None
    raise RunError(f"{folder.path} cannot be read.")  # the loop returns or raises before this


@dataclass
class _News:
    """What has been told already."""

    state: str | None = None
    started: set[tuple[int, int]] = field(default_factory=set)
    """(trial, attempt)."""

    def of(
        self, snapshot: Snapshot, stands: Status, now: float, fresh: bool
    ) -> Iterator[Happening]:
        """What this snapshot tells beyond the ones before it."""
        if self.state is None:
            yield Happening("study_start", now)
        if fresh:
            yield from self._of_trials(snapshot, stands, now)
        if self.state not in (None, stands.state):
            yield Happening("state", now, snapshot.study.why, kind=stands.state)
        self.state = stands.state

    def _of_trials(self, snapshot: Snapshot, stands: Status, now: float) -> Iterator[Happening]:
        bests = {event.trial for event in snapshot.events if event.kind == "best"}
        for trial in snapshot.ended:
            yield from self._start(trial, now)
            at = trial.finished or now
            best = trial.number in bests
            yield Happening("trial_end", at, trial.reason, trial, trial.number, best=best)
        ended = {trial.number: trial for trial in snapshot.ended}
        for event in snapshot.events:
            if event.kind == "state" or event.kind in _ENDS:
                continue  # told above, from the tables
            what: What = "best" if event.kind == "best" else "note"
            what = "warning" if event.kind in _WARNINGS else what
            trial = ended.get(event.trial) if event.trial is not None else None
            yield Happening(what, event.time, event.text, trial, event.trial, event.kind)
        if stands.state in LIVE:
            for trial in snapshot.running:
                yield from self._start(trial, now)

    def _start(self, trial: TrialRecord, now: float) -> Iterator[Happening]:
        key = (trial.number, trial.attempt)
        if key not in self.started:
            self.started.add(key)
            yield Happening("trial_start", trial.started or now, "", trial, trial.number)
