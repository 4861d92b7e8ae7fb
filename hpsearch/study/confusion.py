"""How often rows of one class were taken for another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class OneClass:
    """How well one class is told from the rest; None where there is nothing to divide by."""

    name: str
    rows: int
    """How many are it."""
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class Slip:
    """Rows of one class that were taken for another."""

    true: str
    predicted: str
    rows: int


@dataclass(frozen=True)
class Confusion:
    """How many rows of each class were called each class."""

    target: str
    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    """True classes down, predicted ones across."""

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """From the fields by name; others are left alone."""
        counts = tuple(tuple(int(n) for n in row) for row in told["counts"])
        return cls(str(told["target"]), tuple(map(str, told["classes"])), counts)

    @property
    def rows(self) -> int:
        """How many there are in all."""
        return sum(map(sum, self.counts))

    @property
    def wrong(self) -> int:
        """How many were taken for another class."""
        return self.rows - sum(row[at] for at, row in enumerate(self.counts))

    def by_class(self) -> list[OneClass]:
        """Figures of each class against the rest."""
        called = [sum(column) for column in zip(*self.counts, strict=True)]
        found = []
        for at, name in enumerate(self.classes):
            right, are, said = self.counts[at][at], sum(self.counts[at]), called[at]
            figures = _ratio(right, said), _ratio(right, are), _ratio(2 * right, are + said)
            found.append(OneClass(name, are, *figures))
        return found

    def slips(self) -> list[Slip]:
        """What was taken for what, the most frequent first."""
        found = [
            Slip(self.classes[true], self.classes[said], n)
            for true, row in enumerate(self.counts)
            for said, n in enumerate(row)
            if n and true != said
        ]
        return sorted(found, key=lambda slip: -slip.rows)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
