"""The best complete trial so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Champion:
    """Keeps the best value, and finds the words for a better one."""

    metric: str
    direction: str
    value: float | None = None

    def remember(self, value: float | None) -> bool:
        """Take in what an earlier run reached, without a word; whether it was the best so far."""
        if value is None or not self._beats(value):
            return False
        self.value = value
        return True

    def challenge(self, number: int, value: float) -> str | None:
        """A sentence where a trial is the best so far, else None."""
        before = self.value
        if not self.remember(value):
            return None
        change = f" ({100 * (value - before) / abs(before):+.1f} %)" if before else ""
        return f"#{number} new best: {self.metric} {value:.6g}{change}"

    def reached(self, goal: float) -> bool:
        """Whether the best is as good as `goal`."""
        if self.value is None:
            return False
        return self.value <= goal if self.direction == "minimize" else self.value >= goal

    def further(self) -> float:
        """A goal that the best has not reached: half of what is left to 0, or to 1 upwards.

        Where nothing is left, one that is never reached.
        """
        value = self.value or 0.0
        if self.direction == "minimize":
            goal = value / 2 if value > 0 else 2 * value - 1
        else:
            goal = (1 + value) / 2 if value < 1 else 2 * value
        return float(f"{goal:.3g}") if not self.reached(float(f"{goal:.3g}")) else goal

    def _beats(self, value: float) -> bool:
        if self.value is None:
            return True
        return value < self.value if self.direction == "minimize" else value > self.value
