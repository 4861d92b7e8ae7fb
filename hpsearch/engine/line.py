"""The trials that are not over, and those of them that wait for a trainer."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass

from hpsearch.study.events import Trial


@dataclass
class OpenTrial:
    """What the engine knows of a trial that is not over."""

    trial: Trial
    attempts: int = 0
    failures: int = 0
    """Attempts that ended by the trainer's own death or exception."""
    seconds: float = 0.0
    """Inside training, all attempts together."""


class Line:
    """Open trials by number; those that wait are taken up lowest number first."""

    def __init__(self) -> None:
        self._open: dict[int, OpenTrial] = {}
        self._waiting: list[int] = []

    def __bool__(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    def __contains__(self, number: int) -> bool:
        """Whether a trial is open, waiting or not."""
        return number in self._open

    def __getitem__(self, number: int) -> OpenTrial:
        return self._open[number]

    @property
    def first(self) -> int:
        """The number that is next."""
        return self._waiting[0]

    def join(self, held: OpenTrial) -> None:
        """A trial was drawn, or comes back from an earlier run, and waits."""
        self._open[held.trial.number] = held
        self.back(held.trial.number)

    def waits(self, number: int) -> bool:
        """Whether a trial waits for a trainer."""
        return number in self._waiting

    def take(self, number: int) -> OpenTrial:
        """A trainer has it."""
        self._waiting.remove(number)
        return self._open[number]

    def back(self, number: int) -> None:
        """It waits again."""
        insort(self._waiting, number)

    def leave(self, number: int) -> None:
        """It is over."""
        del self._open[number]
        if number in self._waiting:
            self._waiting.remove(number)
