"""A trial, how it stands, and the epochs that its trainer tells of.

Epochs travel one way, from trainer to engine to store; the only thing that travels back is a
`Verdict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hpsearch.study.space import Params

State = Literal["waiting", "running", "complete", "pruned", "diverged", "failed"]
"""How a trial stands. The last four are ends, and count toward the trials asked for."""

FINISHED: tuple[State, ...] = ("complete", "pruned", "diverged", "failed")

STANDARD_ERROR = "standard_error"
"""Among an epoch's figures: of the metric that ranks, over the networks which a trial trains."""

Verdict = Literal["go on", "prune", "end", "stop"]
"""What a trainer hears after an epoch. End: it is complete as it is. Stop: checkpoint, and let the
next run go on."""


@dataclass(frozen=True)
class Trial:
    """One configuration to try."""

    number: int
    """From 0, without gaps."""
    params: Params
    seed: int
    """Decides weights, shuffles and masks; a function of the study's seed and the number."""


@dataclass(frozen=True)
class EpochDone:
    """One pass over the training rows, measured."""

    number: int
    """From 1."""
    figures: Mapping[str, float]
    """By the study file's names: train_cost, val_cost, val_accuracy, … All finite."""
    learning_rate: float
    gradient_norm: float
    """Euclidean norm of the last batch's gradient."""
    seconds: float
