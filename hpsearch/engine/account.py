"""What a study has done against what it may spend, and whether that is its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hpsearch.engine.budget import Budget, Tally
from hpsearch.engine.champion import Champion
from hpsearch.study.events import State

Mode = Literal["running", "paused", "draining", "stopping", "aborting"]
"""What people want of a run."""

EXCERPT = 300
"""Characters of a trial's reason that stand for all others like it."""


@dataclass(frozen=True)
class Ending:
    """How a run came to its end."""

    state: Literal["finished", "stopped", "failed"]
    why: str


@dataclass
class Account:
    """Keeps the books of one study."""

    budget: Budget
    tally: Tally
    champion: Champion
    logs: str
    """Where the reasons of failed trials can be read in full."""
    spent: str = ""
    """Which budget is spent, once one is: a sentence."""
    _failure: str = field(default="", init=False)

    def allows(self, running: int) -> bool:
        """Whether another trial may start beside so many that run."""
        return (
            not self.spent
            and self.tally.finished + running < self.budget.trials
            and self.tally.failed_in_a_row < self.budget.failures
        )

    def look(self) -> str:
        """The sentence of a budget that is spent by now, or "". What is spent stays so."""
        self.spent = self.spent or self.budget.spent(self.tally, self.champion) or ""
        return self.spent

    @property
    def larger(self) -> dict[str, object]:
        """What to give the study so that it goes on, where a budget but `trials` is spent."""
        return self.budget.larger(self.tally, self.champion) if self.spent else {}

    def ended(
        self, number: int, state: State, value: float | None, seconds: float, reason: str
    ) -> str | None:
        """A trial is over. Returns a sentence where it is the best so far."""
        news = None
        if state == "complete" and value is not None:
            news = self.champion.challenge(number, value)
        if state == "failed":
            self._failure = f"#{number}: {reason[:EXCERPT]}"
        self.tally.ended(state, news is not None, seconds)
        return news

    def ending(self, mode: Mode, why: str, dry: bool) -> Ending | None:
        """How a run ends of which no trial is in hand; None where it goes on.

        Args:
            mode: what people want of it.
            why: in whose words.
            dry: whether nothing waits, and nothing new can be drawn.
        """
        failures, asked = self.tally.failed_in_a_row, self.budget.trials
        if failures >= self.budget.failures:
            text = f"{failures} trials in a row failed, which would go on; {self.logs} has more"
            return Ending("failed", f"{text}. The last, {self._failure}")
        if self.tally.finished >= asked:
            return Ending("finished", f"all {asked} trials asked for are finished")
        if self.look():
            return Ending("finished", self.spent)
        if mode in ("draining", "stopping", "aborting"):
            return Ending("stopped", why)
        if dry:
            finished = self.tally.finished
            return Ending("finished", f"space exhausted: {finished} configurations are all")
        return None
