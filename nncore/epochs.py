"""What a training gives: epochs, a state to go on from, and the way it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nncore.arrays import Array, Figure


@dataclass(frozen=True)
class Epoch:
    """One pass over the training rows, measured. With members every figure is an array (K,)."""

    number: int
    """From 1."""
    figures: dict[str, Figure]
    """`train_cost` and `val_cost`: mean losses after the epoch, no penalty, dropout off; and the
    recipe's metrics as `train_accuracy`, `val_accuracy`, …; `val_` only with validation rows."""
    cost: Figure
    """The mean over the epoch of the penalised cost the optimizer saw, dropout on."""
    learning_rate: Figure
    """One for all, or where members have rates of their own one each."""
    gradient_norm: Figure
    """Length of the last mini-batch's gradient, penalty included, before any clipping."""
    seconds: float
    """Wall time of the epoch, its measuring included."""


@dataclass(frozen=True, eq=False)
class TrainingState:
    """All that a training needs to go on as if it had never stopped."""

    arrays: dict[str, Array]
    """`theta` and the optimizer's `state`."""
    meta: dict[str, Any]
    """Epoch, step and every generator's state, as plain values."""


class Diverged(ArithmeticError):
    """Training ran off to infinity. The text says what was seen and what to try."""

    def __init__(
        self, epoch: int, cost: float, learning_rate: float, member: int | None = None
    ) -> None:
        super().__init__(epoch, cost, learning_rate, member)
        self.epoch, self.cost, self.learning_rate = epoch, cost, learning_rate
        self.member = member
        """Which of several members it was."""

    def __str__(self) -> str:
        whose = "" if self.member is None else f" of member {self.member}"
        return (
            f"The cost{whose} was {self.cost:.4g} after epoch {self.epoch} (learning_rate "
            f"{self.learning_rate:.4g}). Try a lower learning_rate, or set clip_norm."
        )
