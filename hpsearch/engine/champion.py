"""The best complete trial so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass
class Champion:
    """Keeps the best value, and finds the words for a better one."""

    metric: str
    direction: str
    value: float | None = None

    def remember(self, values: Iterable[float | None]) -> None:
        """Take in what earlier runs reached, without a word."""
        for value in values:
            if value is not None and self._beats(value):
                self.value = value

    def challenge(self, number: int, value: float) -> str | None:
        """A sentence where a trial is the best so far, else None."""
        if not self._beats(value):
            return None
        before, self.value = self.value, value
        change = f" ({100 * (value - before) / abs(before):+.1f} %)" if before else ""
        return f"#{number} new best: {self.metric} {value:.6g}{change}"

    def _beats(self, value: float) -> bool:
        if self.value is None:
            return True
        return value < self.value if self.direction == "minimize" else value > self.value
