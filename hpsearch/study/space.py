"""Ranges: what may stand in a study file where a value could.

A range's name is where it stands, such as `training.learning_rate`. Errors, leaderboard columns
and exports all use that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Value = bool | int | float | str | tuple[int, ...] | tuple[float, ...]
"""What a range may become. Lists (`layer_dims`, `keep_prob`) are tuples here and arrays in JSON."""

Params = Mapping[str, Value]
"""The values one trial drew: {"training.learning_rate": 0.003, "network.layer_dims": (64, 32)}."""

Config = Mapping[str, Value]
"""A whole training configuration by full names: fixed values, defaults and params together.

It holds only what takes effect: no `training.beta2` where the optimizer is gd.
"""


@dataclass(frozen=True)
class Float:
    """Any number from `low` to `high`, both included."""

    low: float
    high: float
    log: bool = False
    """Drawn evenly in its logarithm."""
    step: float | None = None


@dataclass(frozen=True)
class Int:
    """Any whole number from `low` to `high`, both included."""

    low: int
    high: int
    log: bool = False
    step: int = 1


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    options: tuple[Value, ...]


@dataclass(frozen=True)
class Layers:
    """The widths of the hidden layers: how many of them, and how wide."""

    depth: tuple[int, int]
    """Fewest and most hidden layers."""
    width: tuple[int, int]
    """Narrowest and widest layer, in units."""
    log: bool = False
    shape: Literal["free", "funnel", "constant"] = "free"
    """free: each width on its own; funnel: never wider than the one before; constant: all alike."""


Range = Float | Int | Choice | Layers

Space = Mapping[str, Range]
"""Every range of a study by name; what another depends on stands before it."""

_MOMENTS = ("momentum", "rmsprop", "adam", "adamw")

NEEDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "training.beta1": ("training.optimizer", _MOMENTS),
    "training.beta2": ("training.optimizer", ("adam", "adamw")),
    "training.weight_decay": ("training.optimizer", ("adamw",)),
    "training.decay_rate": ("training.decay", ("continuous", "discrete")),
    "training.decay_interval": ("training.decay", ("discrete",)),
    "training.lambd": ("training.regularization", ("l2", "both")),
    "training.keep_prob": ("training.regularization", ("dropout", "both")),
}
"""Which choice brings a key into play, and at which of its values."""


def applies(name: str, config: Config) -> bool:
    """Whether `name` takes effect, given the values chosen so far.

    >>> applies("training.beta2", {"training.optimizer": "momentum"})
    False
    """
    if name not in NEEDS:
        return True
    chooser, values = NEEDS[name]
    return config.get(chooser) in values
