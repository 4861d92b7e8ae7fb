"""When a study has had enough. Budgets are totals over all its runs, whichever comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, inf, sqrt

from hpsearch.engine.champion import Champion
from hpsearch.store.past import Past
from hpsearch.study.events import FINISHED, State
from hpsearch.study.options import StudyOptions
from hpsearch.view.format import duration


@dataclass
class Pace:
    """Count, mean and spread of seconds, kept as they come (Welford 1962)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    """Sum of the squared distances from the mean."""

    def take(self, seconds: float) -> None:
        """One more."""
        self.count += 1
        before = seconds - self.mean
        self.mean += before / self.count
        self.squares += before * (seconds - self.mean)

    def to_json(self) -> list[float]:
        """Count, mean and standard deviation."""
        deviation = sqrt(self.squares / (self.count - 1)) if self.count > 1 else 0.0
        return [self.count, round(self.mean, 6), round(deviation, 6)]


@dataclass
class Tally:
    """What a study has done so far, over all its runs."""

    drawn: int = 0
    finished: int = 0
    complete: int = 0
    since_best: int = 0
    """Finished trials since the best one."""
    failed_in_a_row: int = 0
    best_at: int = -1
    """At which of all ends the best one came."""
    ends: int = 0
    """How often a trial has ended; one that is tried again ends twice."""
    seconds: float = 0.0
    """Wall time."""
    cpu: float = 0.0
    """CPU seconds of all trainers."""
    pace: Pace = field(default_factory=Pace)
    """How long trials take."""

    @classmethod
    def of(cls, history: Sequence[Past], champion: Champion) -> Tally:
        """What earlier runs did; the champion hears of their values."""
        tally = cls(drawn=len(history))
        ended = [past for past in history if past.state in FINISHED]
        for past in sorted(ended, key=lambda past: past.told or 0):
            better = past.state == "complete" and champion.remember(past.value)
            tally.ends = past.told or 0
            tally.ended(past.state, better, past.seconds)
        # What failed before may have been mended since: a run begins with a clean slate.
        tally.failed_in_a_row = 0
        return tally

    def ended(self, state: State, better: bool, seconds: float = 0.0) -> None:
        """A trial is over after so many seconds; `better` than all before it, or not."""
        self.pace.take(seconds)
        self.finished += 1
        if better:
            self.best_at = self.ends
        self.ends += 1
        self.complete += state == "complete"
        self.since_best = 0 if better else self.since_best + 1
        self.failed_in_a_row = self.failed_in_a_row + 1 if state == "failed" else 0

    def reopened(self, told: int | None) -> None:
        """A trial that had failed at that of all ends is tried once more."""
        self.finished -= 1
        self.since_best -= told is not None and told > self.best_at
        self.failed_in_a_row = 0


@dataclass
class Budget:
    """What a study may spend."""

    trials: int
    """Finished ones, in all. May be raised while it runs."""
    complete_trials: float = inf
    timeout: float = inf
    """Seconds of wall time."""
    cpu_time: float = inf
    """CPU seconds of all trainers together."""
    patience: float = inf
    """Finished trials since the best one."""
    stop_at: float | None = None
    failures: int = 10
    """Failed trials in a row."""

    @classmethod
    def of(cls, options: StudyOptions, trials: int) -> Budget:
        """As the study file says; but `trials`, which a person may have raised since."""
        return cls(
            trials,
            options.complete_trials or inf,
            options.timeout or inf,
            options.cpu_time or inf,
            options.patience or inf,
            options.stop_at,
            options.max_consecutive_failures,
        )

    def spent(self, tally: Tally, champion: Champion) -> str | None:
        """Which budget is spent, as a sentence; None while all last. Without `trials`.

        Those are counted before a trial starts, so they never cut one short; the others do.
        """
        if tally.complete >= self.complete_trials:
            return f"{tally.complete} complete trials, as many as asked for"
        if self.stop_at is not None and champion.reached(self.stop_at):
            return f"{champion.metric} {champion.value:.6g} has reached {self.stop_at:g}"
        if tally.since_best >= self.patience and champion.value is not None:
            return f"no better trial among the last {tally.since_best}"
        if tally.seconds >= self.timeout:
            return f"its time of {duration(self.timeout)} is up"
        if tally.cpu >= self.cpu_time:
            return f"its {duration(self.cpu_time)} of CPU time are spent"
        return None

    def larger(self, tally: Tally, champion: Champion) -> dict[str, object]:
        """For each budget that is spent one about twice as large, by full name as after --set.

        A goal that is reached gives way to one further on.
        """
        spent: dict[str, object] = {}
        if tally.complete >= self.complete_trials:
            spent["study.complete_trials"] = 2 * tally.complete
        if self.stop_at is not None and champion.reached(self.stop_at):
            spent["study.stop_at"] = champion.further()
        if tally.since_best >= self.patience and champion.value is not None:
            spent["study.patience"] = 2 * tally.since_best
        if tally.seconds >= self.timeout:
            spent["study.timeout"] = f"{ceil(2 * max(tally.seconds, self.timeout))}s"
        if tally.cpu >= self.cpu_time:
            spent["study.cpu_time"] = f"{ceil(2 * max(tally.cpu, self.cpu_time))}s"
        return spent
