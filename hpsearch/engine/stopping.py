"""Early stopping that can be put aside and taken up again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass
class EarlyStopping:
    """Ends a trial after `patience` epochs without a better value; 0 never does."""

    patience: int
    direction: str
    best: float | None = None
    waited: int = 0

    def over(self, value: float | None) -> bool:
        """Take in an epoch's value, and say whether it was one too many."""
        if value is not None and (self.best is None or self._better(value, self.best)):
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return 0 < self.patience <= self.waited

    def _better(self, value: float, than: float) -> bool:
        return value < than if self.direction == "minimize" else value > than

    def to_json(self) -> dict[str, Any]:
        """For a checkpoint."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        """What `to_json` gave."""
        return cls(**fields)
