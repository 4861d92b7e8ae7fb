"""A study as a view remembers it: every trial, the curves it asked for, the latest events.

It is fed with what changed, and keeps columns of figures, so that ten thousand trials are put in
order within milliseconds. Without NumPy, whose import takes a fifth of the first picture's time.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from hpsearch.store.reader import ORDER
from hpsearch.store.records import EpochRecord, EventRecord, TrialRecord

if TYPE_CHECKING:
    from hpsearch.view.status import Status

Floats: TypeAlias = "array[float]"
"""Doubles side by side: NumPy takes them as they lie, without a copy."""

EVENTS = 5000
"""How many events are remembered."""


@dataclass(frozen=True)
class Track:
    """One trial's epochs, as arrays of equal length; NaN where there is no figure."""

    epochs: Floats
    """Numbers, from 1, rising."""
    figures: Mapping[str, Floats]
    """train_cost, val_cost, …, and learning_rate and gradient_norm."""
    seconds: Floats
    """Since the trial's beginning."""

    def __len__(self) -> int:
        return len(self.epochs)

    def figure(self, name: str) -> Floats:
        """The metric of that name at each epoch."""
        return self.figures.get(name) or nothing(len(self.epochs))

    def extended(self, records: Sequence[EpochRecord]) -> Track:
        """The same with further epochs; those trained again take the place of the earlier ones."""
        if not records:
            return self
        kept = bisect_left(self.epochs, records[0].number)
        told = {name for record in records for name in record.figures}
        figures = {}
        for name in {*self.figures, *told, "learning_rate", "gradient_norm"}:
            before = self.figures[name][:kept] if name in self.figures else nothing(kept)
            figures[name] = before + array("d", [_number(record, name) for record in records])
        spent = self.seconds[kept - 1] if kept else 0.0
        ends = accumulate((record.seconds for record in records), initial=spent)
        next(ends)  # where they begin
        return Track(
            self.epochs[:kept] + array("d", [record.number for record in records]),
            figures,
            self.seconds[:kept] + array("d", ends),
        )


def nothing(length: int) -> Floats:
    """No figure, so many times."""
    return array("d", [math.nan]) * length


NO_TRACK = Track(nothing(0), {}, nothing(0))


@dataclass(frozen=True)
class News:
    """What one look at the store found to have changed."""

    status: Status | None = None
    trials: tuple[TrialRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    epochs: Mapping[int, tuple[EpochRecord, ...]] = field(default_factory=dict)
    """New epochs by trial."""
    trouble: str = ""
    """Why nothing could be read, in a sentence."""
    now: float = 0.0
    """Unix seconds."""
    memory: Mapping[int, int] = field(default_factory=dict)
    """Bytes that trainers are in, by worker, as far as this machine knows."""


class History:
    """All that has been read of a study."""

    def __init__(self) -> None:
        self.status: Status | None = None
        self.trials: dict[int, TrialRecord] = {}
        self.tracks: dict[int, Track] = {}
        self.events: deque[EventRecord] = deque(maxlen=EVENTS)
        self.trouble = ""
        self.now = 0.0
        self.memory: Mapping[int, int] = {}
        self.revision = 0
        """How often a trial was told of; what is made of all trials may be kept while it stands."""
        self._columns: dict[str, _Column] = {}

    def take(self, news: News) -> None:
        """Take in what changed."""
        self.status = news.status or self.status
        self.trouble, self.now = news.trouble, news.now or self.now
        self.memory = news.memory
        for trial in news.trials:
            self.trials[trial.number] = trial
        self.revision += len(news.trials)
        for column in self._columns.values():
            column.stale.update(trial.number for trial in news.trials)
        self.events.extend(news.events)
        for number, records in news.epochs.items():
            self.tracks[number] = self.tracks.get(number, NO_TRACK).extended(records)

    def track(self, number: int | None) -> Track:
        """The curve of a trial, as far as it has been read."""
        return NO_TRACK if number is None else self.tracks.get(number, NO_TRACK)

    def column(self, name: str, key: Callable[[TrialRecord], float | str | None]) -> Floats:
        """What `key` says of each trial, by number; NaN where it says None. Words by alphabet.

        Args:
            name: of the key; under one name always the same.
        """
        column = self._columns.setdefault(name, _Column(key, set(self.trials)))
        return column.values(self.trials)


def ordered(numbers: Sequence[int], keys: Sequence[tuple[Floats, bool]]) -> list[int]:
    """Trials by several columns, the first decides; what has no value comes last, ties by number.

    Args:
        keys: a column by trial number, and whether its largest comes first.

    >>> ordered([2, 1, 0], [(array("d", [0.5, math.nan, 0.25]), False)])
    [2, 0, 1]
    """
    found = sorted(numbers)
    for values, falling in reversed(keys):
        without = [number for number in found if values[number] != values[number]]  # NaN
        if without:
            found = [number for number in found if values[number] == values[number]]
        found.sort(key=values.__getitem__, reverse=falling)  # stable, turned round or not
        found += without
    return found


def rank_keys(history: History, direction: str) -> list[tuple[Floats, bool]]:
    """The columns of the leaderboard's own order: complete ones first, the best of them on top."""
    state = history.column("state", lambda trial: float(ORDER.index(trial.state)))
    value = history.column("value", lambda trial: trial.value)
    return [(state, False), (value, direction == "maximize")]


@dataclass
class _Column:
    key: Callable[[TrialRecord], float | str | None]
    stale: set[int]
    found: Floats = field(default_factory=lambda: nothing(0))
    words: dict[int, str] = field(default_factory=dict)

    def values(self, trials: Mapping[int, TrialRecord]) -> Floats:
        if self.stale:
            self.found.extend(nothing(max(0, max(self.stale) + 1 - len(self.found))))
            for number in self.stale:
                said = self.key(trials[number])
                if isinstance(said, str):
                    self.words[number] = said
                else:
                    self.words.pop(number, None)
                    self.found[number] = math.nan if said is None else said
            self.stale.clear()
            if self.words:
                places = {word: at for at, word in enumerate(sorted(set(self.words.values())))}
                for number, word in self.words.items():
                    self.found[number] = places[word]
        return self.found


def _number(record: EpochRecord, name: str) -> float:
    if name == "learning_rate":
        value = record.learning_rate
    elif name == "gradient_norm":
        value = record.gradient_norm
    else:
        value = record.figures.get(name)
    return math.nan if value is None else value
