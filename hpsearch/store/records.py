"""What is read from a study's database, as frozen values. Every view is made of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hpsearch.study.events import FINISHED, STANDARD_ERROR, State
from hpsearch.study.space import Params


@dataclass(frozen=True)
class StudyFacts:
    """A study as a whole, as the engine last wrote it down."""

    name: str
    metric: str
    """What trials are ranked by, such as val_cost."""
    direction: str
    """minimize or maximize."""
    task: str
    trials: int
    """How many are asked for, over all runs."""
    workers: int
    state: str
    """As stored; whether the engine lives is told by the lock, see `view.status.true_state`."""
    why: str
    created: float
    seconds: float
    """Wall time of all runs together, up to `beat`."""
    beat: float
    """Unix seconds of the last write."""
    epochs: int
    """Planned epochs of a trial."""
    max_workers: int = 0
    meaning: Mapping[str, object] = field(default_factory=dict)
    """What gives a trial its meaning: the values of the file and the command line together."""
    overrides: Mapping[str, object] = field(default_factory=dict)
    """Values of the last run's command line, by full name."""
    reach: Sequence[str] = ()
    """Words of that command line that join a cluster."""
    space: Mapping[str, object] = field(default_factory=dict)
    """Every searched name, in the study file's order, with its range as written there."""
    toml: str = ""
    path: str = ""
    """Where the study file lies."""
    data: Mapping[str, object] = field(default_factory=dict)
    engine: Mapping[str, object] = field(default_factory=dict)
    budgets: Mapping[str, float] = field(default_factory=dict)
    """Those beside `trials` that it has, by the study file's keys."""
    larger: Mapping[str, object] = field(default_factory=dict)
    """Values by full name with which it goes on, where one of `budgets` is spent."""
    training_cpu: float = 0.0
    """CPU seconds of all trainers in all runs."""
    pace: Sequence[float] = ()
    """Of the trials that have ended: how many, and mean and standard deviation of their seconds."""


def study_facts(stored: Mapping[str, Any]) -> StudyFacts:
    """What the table `study` says; a key that is not there, or not known here, does no harm."""
    known = {key: value for key, value in stored.items() if key in _STUDY_KEYS}
    return StudyFacts(**{**_STUDY_DEFAULTS, **known})


@dataclass(frozen=True)
class Counts:
    """How many trials stand how."""

    asked: int = 0
    complete: int = 0
    pruned: int = 0
    diverged: int = 0
    failed: int = 0
    running: int = 0
    waiting: int = 0

    @property
    def finished(self) -> int:
        """Those that count toward `asked`."""
        return sum(getattr(self, state) for state in FINISHED)


@dataclass(frozen=True)
class TrialRecord:
    """One trial: a row of the leaderboard."""

    number: int
    state: State
    seed: int
    params: Params
    """By full name, what was drawn."""
    planned: int
    """Epochs it may train."""
    epochs: int
    """Epochs done."""
    value: float | None
    """The study's metric at the best epoch so far; None for diverged and failed ones."""
    best_epoch: int | None
    figures: Mapping[str, float | None]
    """Every metric at the best epoch: train_cost, val_cost, val_accuracy, …"""
    parameters: int | None
    """Weights and biases of its network."""
    slot: int | None
    """The worker that has or had it."""
    attempt: int
    started: float | None
    finished: float | None
    seconds: float
    """Wall time inside training."""
    reason: str
    told: int | None
    """The how-manieth end of a trial this was."""

    @property
    def standard_error(self) -> float | None:
        """Of its value, over the networks it trains in folds or repeats; None where it is one."""
        return self.figures.get(STANDARD_ERROR)


@dataclass(frozen=True)
class EpochRecord:
    """One epoch of one trial."""

    number: int
    """From 1."""
    value: float | None
    figures: Mapping[str, float | None]
    learning_rate: float | None
    gradient_norm: float | None
    seconds: float


@dataclass(frozen=True)
class AttemptRecord:
    """One time that a trial was taken up."""

    number: int
    """From 1."""
    slot: int
    """The worker."""
    pid: int | None
    host: str
    started: float
    """Unix seconds."""
    ended: float | None
    outcome: str | None
    """finished, stopped, aborted, died, raised or lost; None while it lasts."""
    reason: str


@dataclass(frozen=True)
class EventRecord:
    """Something a person would want to have been told."""

    id: int
    time: float
    kind: str
    trial: int | None
    text: str


@dataclass(frozen=True)
class Mark:
    """How far somebody has read; what came later is news."""

    event: int = 0
    """The last event's id."""
    told: int = -1
    """The last trial end's place in the order of ends."""


@dataclass(frozen=True)
class Snapshot:
    """A study at one moment."""

    study: StudyFacts
    counts: Counts
    best: TrialRecord | None
    """The best complete trial."""
    running: tuple[TrialRecord, ...]
    """By worker."""
    ended: tuple[TrialRecord, ...]
    """Ended since the mark, in the order of their ends."""
    events: tuple[EventRecord, ...]
    """Since the mark."""
    mark: Mark
    """The mark for the next snapshot."""


@dataclass(frozen=True)
class Revision:
    """How far somebody has read of everything; see `store.polling`."""

    event: int = 0
    """The last event's id."""
    told: int = -1
    """The last trial end's place in the order of ends."""
    open: Mapping[int, TrialRecord] = field(default_factory=dict)
    """The trials under way or waiting, by number, as they were."""

    def seen(self, trial: TrialRecord) -> int:
        """How many epochs of a trial were read: none where it began anew."""
        before = self.open.get(trial.number)
        return 0 if before is None or self.restarted(trial) else before.epochs

    def restarted(self, trial: TrialRecord) -> bool:
        """Whether what was read of a trial's curve holds no more."""
        before = self.open.get(trial.number)
        if before is None:
            return False
        return trial.attempt != before.attempt or trial.epochs < before.epochs


@dataclass(frozen=True)
class Delta:
    """What is new in a study since a revision."""

    study: StudyFacts
    counts: Counts
    best: TrialRecord | None
    """The best complete trial."""
    trials: tuple[TrialRecord, ...]
    """Those that are new or not as they were, by number."""
    epochs: Mapping[int, tuple[EpochRecord, ...]]
    """The new epochs of these trials, by number."""
    restarted: frozenset[int]
    """Trials whose epochs here are their whole curve: forget what was known of it."""
    events: tuple[EventRecord, ...]
    """Since the revision, at most a thousand at once."""
    revision: Revision
    """For the next poll."""


_STUDY_KEYS = frozenset(StudyFacts.__dataclass_fields__)
_STUDY_DEFAULTS: Mapping[str, Any] = {
    "metric": "val_cost",
    "direction": "minimize",
    "task": "",
    "trials": 0,
    "workers": 0,
    "why": "",
    "created": 0.0,
    "seconds": 0.0,
    "beat": 0.0,
    "epochs": 0,
}
