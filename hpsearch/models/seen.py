"""Which rows a model has seen, so that they are known again and looks at them are counted.

Every look at test rows that is followed by another try makes their figures a little too good. Rows
are known by marks, numbers made of their inputs and targets; the few smallest marks are kept, and
the share of those that is found among other rows estimates the share of the rows themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

KEPT = 64
"""Marks of each part."""
_AT_ONCE = 4096
"""Rows marked together."""


@dataclass(frozen=True)
class Seen:
    """What a model remembers of the rows it was made of."""

    marks: Mapping[str, tuple[int, ...]]
    """By part, train and test: the smallest marks of its rows."""
    test_read: int
    """How often the test rows were read."""

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray, x_test: np.ndarray, y_test: np.ndarray) -> Self:
        """What training on the first rows and testing on the others leaves behind."""
        parts = {"train": smallest(marks(x, y)), "test": smallest(marks(x_test, y_test))}
        return cls(parts, int(len(x_test) > 0))

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """What `to_json` gave; nothing is known where nothing is said.

        Raises:
            ValueError, TypeError, AttributeError: it is something else.
        """
        parts = {
            str(part): tuple(int(mark, 16) for mark in kept)
            for part, kept in said.get("marks", {}).items()
        }
        return cls(parts, int(said.get("test_read", 0)))

    def to_json(self) -> dict[str, Any]:
        """As a model.json has it: marks in hexadecimal, as JSON's numbers end at 2⁵³."""
        kept = {part: [f"{mark:016x}" for mark in some] for part, some in self.marks.items()}
        return {"test_read": self.test_read, "marks": kept}

    def share(self, part: str, found: np.ndarray) -> float:
        """About which share of a part's rows is among rows with these marks."""
        kept = np.array(self.marks.get(part, ()), np.uint64)
        return float(np.isin(kept, found).mean()) if len(kept) else 0.0

    def read_again(self) -> Self:
        """After one more look at the test rows."""
        return replace(self, test_read=self.test_read + 1)

    def after(self, other: Seen) -> Self:
        """With the looks that another model has had, if its test rows were these."""
        if self.marks.get("test") != other.marks.get("test"):
            return self
        return replace(self, test_read=self.test_read + other.test_read)


def marks(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A number for each row, uint64 (rows,): equal for equal rows, else hardly ever.

    Args:
        x: inputs, float32 (rows, width).
        y: targets as a network learns them, (rows,) or (rows, outputs).
    """
    if not len(x):
        return np.empty(0, np.uint64)
    y = np.asarray(y, np.float32).reshape(len(y), -1)
    factors = _mixed(np.arange(1, x.shape[1] + y.shape[1] + 1, dtype=np.uint64))
    found = np.empty(len(x), np.uint64)
    for start in range(0, len(x), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        rows = np.concatenate([x[part], y[part]], axis=1, dtype=np.float32) + np.float32(0.0)
        found[part] = rows.view(np.uint32).astype(np.uint64) @ factors  # + 0.0: there are two zeros
    return _mixed(found)


def smallest(found: np.ndarray) -> tuple[int, ...]:
    """The marks that are kept."""
    return tuple(int(mark) for mark in np.unique(found)[:KEPT])


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Whole numbers made to look like chance, the last step of splitmix64.

    Steele, Lea & Flood 2014. https://doi.org/10.1145/2660193.2660195
    """
    z = numbers * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
