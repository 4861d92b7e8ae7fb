"""Ranges: what may stand in a study file where a value could.

A range's name is where it stands, such as `training.learning_rate`. Errors, leaderboard columns
and exports all use that name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isclose
from typing import Any, Literal, TypeGuard

Value = bool | int | float | str | tuple[int, ...] | tuple[float, ...]
"""What a range may become. Lists (`layer_dims`, `keep_prob`) are tuples here and arrays in JSON."""

Dims = tuple[int, ...]
"""The widths of the hidden layers, input side first."""

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
    "training.decay_rate": ("training.decay", ("continuous", "discrete", "exponential")),
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


def ordered(space: Mapping[str, Range], names: Iterable[str]) -> Space:
    """The same ranges in the order of `names`, but each after the choice it depends on."""
    choosers = {chooser for chooser, _ in NEEDS.values()}
    known = [name for name in names if name in space]
    first = [name for name in known if name in choosers]
    return {name: space[name] for name in [*first, *(n for n in known if n not in choosers)]}


def contains(range_: Range, value: Value) -> bool:
    """Whether a range may become `value`.

    >>> contains(Layers((1, 2), (16, 64), shape="funnel"), (32, 64))
    False
    """
    match range_:
        case Choice(options):
            return any(value == option and _alike(value, option) for option in options)
        case Layers():
            return isinstance(value, tuple) and _shaped(range_, value)
        case Int(low, high, _, step):
            return _is_whole(value) and low <= value <= high and (value - low) % step == 0
        case Float(low, high, _, step):
            if not _is_number(value) or not low <= value <= high:
                return False
            return step is None or isclose((value - low) / step, round((value - low) / step))


def nearest(range_: Range, value: Value) -> Value:
    """What a range may become that is closest to `value`; a choice without it gives its first.

    >>> nearest(Float(0.01, 0.1), 0.001), nearest(Layers((2, 3), (16, 64)), (100,))
    (0.01, (64, 64))
    """
    match range_:
        case Choice(options):
            return value if contains(range_, value) else options[0]
        case Layers((fewest, most), (narrow, wide)):
            given = [w for w in value if _is_whole(w)] if isinstance(value, tuple) else []
            widths = [_clip(width, narrow, wide) for width in given or [narrow]]
            widths = (widths + widths[-1:] * fewest)[: _clip(len(widths), fewest, most)]
            if range_.shape == "constant":
                widths = widths[:1] * len(widths)
            return tuple(sorted(widths, reverse=True) if range_.shape == "funnel" else widths)
        case Int(low, high, _, step):
            number = _clip(value if _is_number(value) else low, low, high)
            return low + round((number - low) / step) * step
        case Float(low, high, _, step):
            number = float(_clip(value if _is_number(value) else low, low, high))
            return number if step is None else step_of(range_, round((number - low) / step))


def steps(range_: Float) -> int:
    """How many steps a float range has; its values are one more."""
    assert range_.step is not None
    return round((range_.high - range_.low) / range_.step)


def step_of(range_: Float, number: int) -> float:
    """What a float range is after so many steps from its low end; the last is its high end.

    >>> step_of(Float(0.1, 0.8, step=0.7 / 3), 3)
    0.8
    """
    assert range_.step is not None
    if number == steps(range_):
        return range_.high
    return range_.low + number * range_.step


def corners(
    range_: Range | Value, features: int, outputs: int, limit: int | None = None
) -> tuple[Dims, Dims]:
    """The hidden layers with the fewest and with the most parameters; of all widths alike.

    Args:
        limit: the most parameters a network may have; the smallest is given even beyond it.
    """

    def size(dims: Dims) -> int:
        return parameters(dims, features, outputs)

    if isinstance(range_, Layers):
        (fewest, most), (narrow, wide) = range_.depth, range_.width
        small = (narrow,) * fewest
        if limit is None:
            return small, (wide,) * most
        depths = [depth for depth in range(fewest, most + 1) if size((narrow,) * depth) <= limit]
        widest = ((_widest(size, depth, narrow, wide, limit),) * depth for depth in depths)
        return small, max(widest, key=size, default=small)
    options = range_.options if isinstance(range_, Choice) else (range_,)
    by_size = sorted((_dims(option) for option in options), key=size)
    fitting = [dims for dims in by_size if limit is None or size(dims) <= limit]
    return by_size[0], (fitting or by_size[:1])[-1]


def _widest(size: Callable[[Dims], int], depth: int, narrow: int, wide: int, limit: int) -> int:
    """The widest layer with which `depth` of them stay within `limit`."""
    widths = range(narrow, wide + 1)
    return widths[bisect_right(widths, limit, key=lambda width: size((width,) * depth)) - 1]


def parameters(layer_dims: Iterable[int], features: int, outputs: int) -> int:
    """Weights and biases of a network with these hidden layers.

    >>> parameters((64,), features=64, outputs=10)
    4810
    """
    return sum((wide + 1) * out for wide, out in pairwise((features, *layer_dims, outputs)))


def range_to_json(range_: Range) -> dict[str, Any]:
    """A range as a study file writes it.

    >>> range_to_json(Float(1e-4, 0.1, log=True))
    {'float': [0.0001, 0.1], 'log': True}
    """
    table: dict[str, Any]
    match range_:
        case Choice(options):
            return {"choice": [list(o) if isinstance(o, tuple) else o for o in options]}
        case Layers(depth, width):
            table = {"depth": list(depth), "width": list(width), "shape": range_.shape}
        case Int(low, high):
            table = {"int": [low, high]} | ({"step": range_.step} if range_.step != 1 else {})
        case Float(low, high):
            table = {"float": [low, high]} | ({"step": range_.step} if range_.step else {})
    return table | ({"log": True} if range_.log else {})


def _alike(one: Value, other: Value) -> bool:
    """Python holds True == 1; a study file does not."""
    return isinstance(one, bool) == isinstance(other, bool)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _clip(number: Any, low: Any, high: Any) -> Any:
    return max(low, min(high, number))


def _dims(value: object) -> Dims:
    assert isinstance(value, tuple)
    return value


def _shaped(range_: Layers, widths: tuple[float, ...]) -> bool:
    (fewest, most), (narrow, wide) = range_.depth, range_.width
    if not fewest <= len(widths) <= most:
        return False
    if not all(_is_whole(width) and narrow <= width <= wide for width in widths):
        return False
    if range_.shape == "constant":
        return len(set(widths)) == 1
    return range_.shape == "free" or all(one >= other for one, other in pairwise(widths))
