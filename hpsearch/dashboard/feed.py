"""From the store to news: what changed since the last look. Runs on a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from hpsearch.dashboard.trainers import Trainers
from hpsearch.errors import RunError
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Busy, Reader
from hpsearch.store.records import (
    Delta,
    EpochRecord,
    EventRecord,
    Mark,
    Snapshot,
    TrialRecord,
)
from hpsearch.view.history import EVENTS, News
from hpsearch.view.status import LIVE, settled, status

BUSY_SECONDS = 5.0
"""How old the share may be that workers are busy: it is read from all attempts of a run."""
EPOCHS_A_LOOK = 20_000
"""About so many epochs are read at one look; the rest at the next ones."""


class Reading:
    """A feed on a thread of its own: SQLite wants all calls from the same one."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="feed")
        self._first: Future[News] | None = self._thread.submit(feed.look, ())
        """The first look is begun at once, while whoever is to show it gets ready."""

    def look(self, wanted: Iterable[int]) -> Future[News]:
        """What changed, with the epochs of the wanted trials.

        Raises:
            RuntimeError: it is closed.
        """
        first, self._first = self._first, None
        return first or self._thread.submit(self._feed.look, wanted)

    @property
    def ready(self) -> bool:
        """Whether the first look has gone well, and nobody has asked for it yet."""
        first = self._first
        return first is not None and first.done() and first.exception() is None

    def close(self) -> None:
        """Let go of the store."""
        self._thread.submit(self._feed.close)
        self._thread.shutdown(wait=False)


class Feed:
    """Looks at one run folder."""

    def __init__(self, folder: RunFolder, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._clock = folder, clock
        self._reader: Reader | None = None
        self._delta: Delta | None = None
        self._fresh = True
        """Whether the store may hold what no look has told yet."""
        self._worked: bool | None = None
        """Whether an engine was at work at the last look."""
        self._busy: tuple[float, float | None] = (0.0, None)
        """When the share was read that workers had a trial in hand, and what it was."""
        self._trainers = Trainers()
        self._known: dict[int, TrialRecord] = {}
        self._whole: set[int] = set()
        """Trials whose epochs were read from the first on; further ones come by themselves."""

    def look(self, wanted: Iterable[int]) -> News:
        """What changed, with the epochs of the wanted trials; never raises on a bad store."""
        lives = self._folder.alive  # before the store is read, see `view.status.status`
        try:
            if self._reader is None:
                self._reader = Reader(self._folder)
            return self._look(self._reader, lives, wanted)
        except RunError as error:
            if not isinstance(error, Busy):
                self.close()  # a store put back in place is another file
            return News(trouble=str(error), now=self._clock())

    def close(self) -> None:
        """Let go of the store. What was read stays known."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _look(self, reader: Reader, lives: bool, wanted: Iterable[int]) -> News:
        trials: dict[int, TrialRecord] = {}
        events: tuple[EventRecord, ...] = ()
        epochs: dict[int, tuple[EpochRecord, ...]] = {}
        delta = self._delta
        self._fresh = reader.changed() or self._fresh
        if self._fresh or delta is None:
            first = delta is None
            delta = reader.poll(None if first else delta.revision)
            events = _earlier(reader, delta.revision.event) if first else delta.events
            trials = {trial.number: trial for trial in delta.trials}
            epochs = dict(delta.epochs)
        now = self._clock()
        stands = replace(status(_snapshot(delta), lives, now), busy=self._share(reader, delta, now))
        works = stands.state in LIVE
        if works != self._worked:  # what runs where no engine lives, waits
            trials = _running(delta) | trials
        self._known.update(trials)
        self._add_wanted(reader, wanted, epochs)
        memory = self._trainers.memory(reader, _running(delta).values(), now) if works else {}
        # All is read. A look that fails before leaves everything to be told by the next.
        self._delta, self._fresh, self._worked = delta, False, works
        self._whole |= epochs.keys()
        return News(
            stands, tuple(settled(trials.values(), works)), events, epochs, now=now, memory=memory
        )

    def _share(self, reader: Reader, delta: Delta, now: float) -> float | None:
        """Which share of this run's time workers had a trial in hand."""
        read, share = self._busy
        if abs(now - read) >= BUSY_SECONDS:
            begun = delta.study.engine.get("started")
            share = reader.busy(begun if isinstance(begun, int | float) else 0.0)
            self._busy = (now, share)
        return share

    def _add_wanted(
        self, reader: Reader, wanted: Iterable[int], epochs: dict[int, tuple[EpochRecord, ...]]
    ) -> None:
        """Read whole curves that somebody wants to see; those under way come by themselves."""
        room = EPOCHS_A_LOOK
        for number in wanted:
            trial = self._known.get(number)
            if trial is None or not trial.epochs or room <= 0:
                continue
            if number in self._whole or number in epochs:
                continue
            epochs[number] = reader.epochs(number)
            room -= len(epochs[number])


def _earlier(reader: Reader, last: int) -> tuple[EventRecord, ...]:
    """The latest events up to the one of that id: those from before the first look."""
    return tuple(e for e in reader.events(max(0, last - EVENTS), EVENTS) if e.id <= last)


def _running(delta: Delta) -> dict[int, TrialRecord]:
    open_ = delta.revision.open
    return {number: trial for number, trial in open_.items() if trial.state == "running"}


def _snapshot(delta: Delta) -> Snapshot:
    running = tuple(_running(delta).values())
    return Snapshot(delta.study, delta.counts, delta.best, running, (), (), Mark())
