"""A trial in a trainer's hands: how far it has come, and what is wanted of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from hpsearch.store.past import Best
from hpsearch.study.events import EpochDone, State, Verdict

LOG_LINES, LOG_CHARACTERS = 3, 500
"""So much of a failed trial's log stands in its reason."""


@dataclass
class Running:
    """A trial in a trainer's hands."""

    number: int
    metric: str
    ascending: bool
    """Whether a smaller value is better."""
    seconds: float = 0.0
    """Inside training, all attempts together, as far as is known."""
    best: Best | None = None
    epochs: int = 0
    """Done."""
    asked: Verdict = "go on"
    """What a person, or a budget, wants of it and it has not yet done."""
    why: str = ""
    """How that is told when it is done."""
    asked_at: float = 0.0
    """When it was asked, on the monotonic clock."""
    longest_epoch: float = 0.0
    """Seconds."""
    began: float = field(default_factory=time.monotonic)
    """When it was handed over; `seconds` were spent before. On the monotonic clock, as is:"""
    heard: float = field(default_factory=time.monotonic)
    """When its trainer last said something."""
    before: float = field(init=False)
    """Seconds spent on it before this attempt."""

    def __post_init__(self) -> None:
        self.before = self.seconds

    def take(self, epochs: tuple[EpochDone, ...]) -> None:
        """Take in some epochs."""
        self.epochs = epochs[-1].number
        self.heard = time.monotonic()
        for epoch in epochs:
            self.seconds += epoch.seconds
            self.longest_epoch = max(self.longest_epoch, epoch.seconds)
            self._consider(epoch.number, epoch.figures)

    def ended(self, state: State, reason: str, obeyed: bool, pruner: str) -> tuple[State, str]:
        """How it ended and why, by its trainer's word and by what was asked of it.

        Args:
            obeyed: it was complete because it was asked to end, and not by itself.
            pruner: the study's.
        """
        if self.asked == "prune" and state in ("pruned", "complete"):
            return "pruned", self.told()  # a person's word, though it came too late
        if state == "pruned":
            return state, f"{reason} by the {pruner} pruner"
        if obeyed and self.asked == "end":
            return state, self.told()
        return state, reason

    def told(self) -> str:
        """What was asked of it, and how far it had come."""
        if not self.epochs:
            return f"{self.why}, before its first epoch was over"
        return f"{self.why}, after epoch {self.epochs}"

    def _consider(self, number: int, figures: Mapping[str, float]) -> None:
        value = figures.get(self.metric)
        if value is None:
            return
        if self.best is None or (
            value < self.best.value if self.ascending else value > self.best.value
        ):
            self.best = Best(number, value, dict(figures))


def with_log(reason: str, log: str) -> str:
    """Why a trial failed, in one line, with what its log says at its end beside that."""
    lines = [" ".join(line.split()) for line in log.splitlines()]
    lines = [line for line in lines if line and line[:100] not in reason][-LOG_LINES:]
    return f"{reason}; its log ends: {' | '.join(lines)[-LOG_CHARACTERS:]}" if lines else reason
