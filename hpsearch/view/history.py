"""A study as a view remembers it: every trial, the curves it asked for, the latest events.

It is fed with what changed, and keeps columns of figures as arrays, so that ten thousand trials are
put in order within milliseconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hpsearch.store.reader import ORDER
from hpsearch.store.records import EpochRecord, EventRecord, TrialRecord
from hpsearch.view.raster import Floats, Numbers
from hpsearch.view.status import Status

EVENTS = 5000
"""How many events are remembered."""


@dataclass(frozen=True)
class Track:
    """One trial's epochs, as arrays of equal length; NaN where there is no figure."""

    epochs: Floats
    """Numbers, from 1."""
    figures: Mapping[str, Floats]
    """train_cost, val_cost, …, and learning_rate and gradient_norm."""
    seconds: Floats
    """Since the trial's beginning."""

    def __len__(self) -> int:
        return len(self.epochs)

    def figure(self, name: str) -> Floats:
        """The metric of that name at each epoch."""
        return self.figures.get(name, np.full(len(self.epochs), np.nan))

    def extended(self, records: Sequence[EpochRecord]) -> Track:
        """The same with further epochs; those trained again take the place of the earlier ones."""
        if not records:
            return self
        kept = self.epochs < records[0].number
        own = {name: values[kept] for name, values in self.figures.items()}
        length = int(kept.sum())
        told = {name for record in records for name in record.figures}
        figures = {}
        for name in {*own, *told, "learning_rate", "gradient_norm"}:
            before = own.get(name, np.full(length, np.nan))
            figures[name] = np.append(before, [_number(record, name) for record in records])
        spent = float(self.seconds[length - 1]) if length else 0.0
        return Track(
            np.append(self.epochs[kept], [float(record.number) for record in records]),
            figures,
            np.append(
                self.seconds[kept], spent + np.cumsum([record.seconds for record in records])
            ),
        )


NO_TRACK = Track(np.empty(0), {}, np.empty(0))


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


class History:
    """All that has been read of a study."""

    def __init__(self) -> None:
        self.status: Status | None = None
        self.trials: dict[int, TrialRecord] = {}
        self.tracks: dict[int, Track] = {}
        self.events: deque[EventRecord] = deque(maxlen=EVENTS)
        self.trouble = ""
        self.now = 0.0
        self._columns: dict[str, _Column] = {}

    def take(self, news: News) -> None:
        """Take in what changed."""
        self.status = news.status or self.status
        self.trouble, self.now = news.trouble, news.now or self.now
        for trial in news.trials:
            self.trials[trial.number] = trial
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

    def order(self, numbers: Numbers, keys: Sequence[tuple[Floats, bool]]) -> Numbers:
        """Trials by several columns, the first decides; what has no value comes last.

        Args:
            keys: a column by trial number, and whether its largest comes first.
        """
        sortable = [numbers.astype(np.float64)]
        for values, falling in reversed(keys):
            own = values[numbers]
            sortable.append(-own if falling else own)  # NaN sorts last either way
        return numbers[np.lexsort(sortable)]

    def numbers(self) -> Numbers:
        """Every trial's number."""
        return np.fromiter(self.trials, np.int64, len(self.trials))


def rank_keys(history: History, direction: str) -> list[tuple[Floats, bool]]:
    """The columns of the leaderboard's own order: complete ones first, the best of them on top."""
    state = history.column("state", lambda trial: float(ORDER.index(trial.state)))
    value = history.column("value", lambda trial: trial.value)
    return [(state, False), (value, direction == "maximize")]


@dataclass
class _Column:
    key: Callable[[TrialRecord], float | str | None]
    stale: set[int]
    found: Floats = field(default_factory=lambda: np.empty(0))
    words: dict[int, str] = field(default_factory=dict)

    def values(self, trials: Mapping[int, TrialRecord]) -> Floats:
        if self.stale:
            self._room(max(trials, default=-1) + 1)
            for number in self.stale:
                said = self.key(trials[number])
                if isinstance(said, str):
                    self.words[number] = said
                else:
                    self.found[number] = np.nan if said is None else said
            self.stale.clear()
            if self.words:
                places = {word: at for at, word in enumerate(sorted(set(self.words.values())))}
                for number, word in self.words.items():
                    self.found[number] = places[word]
        return self.found

    def _room(self, length: int) -> None:
        if length > len(self.found):
            more = np.full(max(length, 2 * len(self.found)) - len(self.found), np.nan)
            self.found = np.append(self.found, more)


def _number(record: EpochRecord, name: str) -> float:
    if name == "learning_rate":
        value = record.learning_rate
    elif name == "gradient_norm":
        value = record.gradient_norm
    else:
        value = record.figures.get(name)
    return np.nan if value is None else value


def chosen(history: History, want: Callable[[TrialRecord], bool] | None) -> Numbers:
    """The numbers of the trials that `want` wants; all of them where it is None."""
    if want is None:
        return history.numbers()
    kept: Iterable[int] = (number for number, trial in history.trials.items() if want(trial))
    return np.fromiter(kept, np.int64)
