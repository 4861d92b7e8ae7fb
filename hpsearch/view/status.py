"""How a study stands, in one value that every view shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from hpsearch.store.records import Counts, Snapshot, StudyFacts, TrialRecord
from hpsearch.view.eta import eta, sooner, spread
from hpsearch.view.figures import figure_of

LIVE = ("running", "paused", "stopping")
"""States that only a living engine can be in."""

ENDED = ("stopped", "finished", "failed", "gone")
"""States that nothing leaves by itself."""


@dataclass(frozen=True)
class Status:
    """A study at one moment."""

    study: StudyFacts
    state: str
    """The true one: "gone" where the store speaks of a living engine and there is none."""
    counts: Counts
    best: TrialRecord | None
    seconds: float
    """Wall time of all runs together, up to now where it runs."""
    eta: float | None
    """Seconds; None where nothing goes on or nothing has ended yet."""
    spread: float | None = None
    """How far `eta` may be off, as a standard deviation in seconds."""
    busy: float | None = None
    """The share of their time that trainers had a trial in hand in this run, else they waited for
    one; None where it was not asked for, or is not known yet."""

    @property
    def name(self) -> str:
        """The study's name."""
        return self.study.name

    @property
    def exhausted(self) -> bool:
        """Whether every configuration of its space has been tried: to go on would do nothing."""
        return self.state == "finished" and self.study.why.startswith("space exhausted")

    def to_json(self) -> dict[str, Any]:
        """As `hpsearch status --format json` prints it."""
        return {
            "name": self.name,
            "state": self.state,
            "trials": asdict(self.counts),
            "best": best_json(self.best),
            "seconds": round(self.seconds, 3),
            "eta_seconds": None if self.eta is None else round(self.eta, 3),
            "eta_spread_seconds": None if self.spread is None else round(self.spread, 3),
            "workers": self.study.workers,
            "busy_share": None if self.busy is None else round(self.busy, 4),
        }


def true_state(stored: str, alive: bool) -> str:
    """The state as it is: an engine that died could not write so."""
    return "gone" if stored in LIVE and not alive else stored


def status(snapshot: Snapshot, alive: bool, now: float) -> Status:
    """How a study stands.

    Args:
        alive: whether an engine held the lock *before* the snapshot was read; asked after it, a
            study that ended in between would look as if its engine had died.
        now: Unix seconds.
    """
    study = snapshot.study
    state = true_state(study.state, alive)
    seconds = study.seconds
    if state in ("running", "stopping"):
        # Only as far as a beat may be late: a machine that slept has not searched.
        seconds += min(max(0.0, now - study.beat), 2.0)
    goes_on = state == "running" or (state == "finished" and snapshot.counts.finished)
    counts, left, off = snapshot.counts, None, None
    if goes_on:
        left = eta(counts, seconds, snapshot.running)
        left = sooner(left, study.budgets, counts, seconds, study.training_cpu)
        off = spread(counts, study.pace, study.workers)
    if state not in LIVE:
        counts = replace(counts, running=0, waiting=counts.waiting + counts.running)
    return Status(study, state, counts, snapshot.best, seconds, left, off)


def settled(trials: Iterable[TrialRecord], alive: bool) -> list[TrialRecord]:
    """The same trials, but nothing runs where no engine lives: it waits for the next run."""
    return [
        replace(trial, state="waiting") if trial.state == "running" and not alive else trial
        for trial in trials
    ]


def best_json(best: TrialRecord | None) -> dict[str, Any] | None:
    """The best trial, as JSON shows it."""
    if best is None:
        return None
    return {"number": best.number, "value": best.value, "params": dict(best.params)}


TOP = (
    "number",
    "state",
    "value",
    "standard_error",
    "val_cost",
    "val_accuracy",
    "train_cost",
    "best_epoch",
    "epochs",
    "parameters",
    "params",
    "seconds",
)
"""The keys of a trial in JSON."""


def trial_json(trial: TrialRecord, metric: str) -> dict[str, Any]:
    """A trial by the keys of `TOP`; null where its task or state has no figure."""
    figures = {
        name: figure_of(trial, name, metric) for name in ("val_cost", "val_accuracy", "train_cost")
    }
    return {key: figures[key] if key in figures else getattr(trial, key) for key in TOP} | {
        "params": dict(trial.params)
    }
