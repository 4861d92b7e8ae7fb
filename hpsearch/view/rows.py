"""The leaderboard's order, and which trial is best."""

from __future__ import annotations

from collections.abc import Iterable

from hpsearch.store.reader import ORDER
from hpsearch.store.records import TrialRecord


def rank(trials: Iterable[TrialRecord], direction: str) -> list[TrialRecord]:
    """Complete trials first, best first; then what runs, by its best so far; then pruned ones.

    Diverged and failed ones have no value and come last but for what waits. Ties go to the lower
    number. The same order as `Reader.leaderboard` gives.
    """
    sign = 1.0 if direction == "minimize" else -1.0

    def place(trial: TrialRecord) -> tuple[int, bool, float, int]:
        value = trial.value
        return (
            ORDER.index(trial.state),
            value is None,
            0.0 if value is None else sign * value,
            trial.number,
        )

    return sorted(trials, key=place)


def best(trials: Iterable[TrialRecord], direction: str) -> TrialRecord | None:
    """The best complete trial, if there is one."""
    first = next(iter(rank(trials, direction)), None)
    if first is None or first.state != "complete" or first.value is None:
        return None
    return first
