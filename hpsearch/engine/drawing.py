"""Between our ranges and Optuna's distributions.

A layers range becomes a depth and one width a layer, drawn as they are needed; everything else is
one distribution.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from hpsearch.study.space import (
    Choice,
    Config,
    Float,
    Int,
    Layers,
    Params,
    Range,
    Space,
    Value,
    applies,
    step_of,
    steps,
)


class Drawing:
    """A space as Optuna sees it. `draw` and `inner` are each other's inverse."""

    def __init__(self, space: Space, fixed: Config) -> None:
        """Take the ranges, and the values of everything else."""
        self.space, self._fixed = space, fixed
        self.all: dict[str, BaseDistribution] = {}
        """What may be drawn, by Optuna's names, whether it takes effect in a trial or not."""
        for name, range_ in space.items():
            self.all |= _behind(name, range_)

    def draw(self, trial: optuna.Trial) -> Params:
        """A value for every range that takes effect, each after the choice it depends on."""
        params: dict[str, Value] = {}
        for name, range_ in self.space.items():
            if not applies(name, {**self._fixed, **params}):
                continue
            if isinstance(range_, Layers):
                params[name] = self._layers(trial, name, range_)
            else:
                params[name] = _outer(range_, self._suggest(trial, name))
        return params

    def inner(self, params: Params) -> dict[str, Any]:
        """Our values under Optuna's names."""
        inner: dict[str, Any] = {}
        for name, value in params.items():
            range_ = self.space[name]
            if isinstance(range_, Layers):
                assert isinstance(value, tuple)
                inner[f"{name}.depth"] = len(value)
                for i, width in enumerate(value[: _drawn_widths(range_, len(value))]):
                    inner[f"{name}.{i}"] = width
            else:
                inner[name] = _inner(range_, value)
        return inner

    def distributions(self, inner: Iterable[str]) -> dict[str, BaseDistribution]:
        """What values of Optuna's names were drawn from."""
        return {name: self.all[name] for name in inner}

    def whole(self, params: Params) -> bool:
        """Whether nothing is left to draw beside these values."""
        config = {**self._fixed, **params}
        return all(name in params for name in self.space if applies(name, config))

    # ------------------------------------------------------------------------------------------

    def _layers(self, trial: optuna.Trial, name: str, range_: Layers) -> tuple[int, ...]:
        depth = self._suggest(trial, f"{name}.depth")
        drawn = _drawn_widths(range_, depth)
        widths: list[int] = [self._suggest(trial, f"{name}.{i}") for i in range(drawn)]
        if range_.shape == "constant":
            widths *= depth
        if range_.shape == "funnel":
            # Order statistics: every funnel is as likely as its widths are in any order. Optuna is
            # shown the widths as they were drawn; what it learns of a funnel is the same either
            # way.
            widths.sort(reverse=True)
        return tuple(widths)

    def _suggest(self, trial: optuna.Trial, name: str) -> Any:
        match self.all[name]:
            case FloatDistribution(low=low, high=high, log=log):
                return trial.suggest_float(name, low, high, log=log)
            case IntDistribution(low=low, high=high, log=log, step=step):
                return trial.suggest_int(name, low, high, log=log, step=step)
            case CategoricalDistribution(choices=choices):
                return trial.suggest_categorical(name, list(choices))
            case distribution:
                raise AssertionError(distribution)


def _behind(name: str, range_: Range) -> dict[str, BaseDistribution]:
    match range_:
        case Float(step=float()):
            # Which step, not where it leads: Optuna's own steps may miss the last by a rounding.
            return {name: IntDistribution(0, steps(range_))}
        case Float(low, high, log):
            return {name: FloatDistribution(low, high, log=log)}
        case Int(low, high, log, step):
            return {name: IntDistribution(low, high, log=log, step=step)}
        case Choice(options):
            return {name: CategoricalDistribution([_inner(range_, option) for option in options])}
        case Layers(depth=(low, high)):
            width = IntDistribution(*range_.width, log=range_.log)
            widths = {f"{name}.{i}": width for i in range(high)}
            return {f"{name}.depth": IntDistribution(low, high), **widths}


def _drawn_widths(range_: Layers, depth: int) -> int:
    return min(1, depth) if range_.shape == "constant" else depth


def _inner(range_: Range, value: Value) -> Any:
    match range_, value:
        case Choice(), tuple():
            return json.dumps(value)  # Optuna's choices are scalars
        case Float(low, _, _, float(step)), float():
            return round((value - low) / step)
        case _:
            return value


def _outer(range_: Range, drawn: Any) -> Value:
    match range_:
        case Choice(options):
            return next(option for option in options if _inner(range_, option) == drawn)
        case Float(step=float()):
            return step_of(range_, drawn)
        case _:
            return drawn
