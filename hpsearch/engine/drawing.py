"""Between our ranges and Optuna's distributions.

A layers range becomes a depth and one width a layer, drawn as they are needed; everything else is
one distribution. `draw` and `inner_params` are each other's inverse.
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from hpsearch.errors import StudyFileError
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
)


def draw(trial: optuna.Trial, space: Space, fixed: Config) -> Params:
    """A value for every range that takes effect, each after the choice it depends on."""
    params: dict[str, Value] = {}
    for name, range_ in space.items():
        if not applies(name, {**fixed, **params}):
            continue
        if isinstance(range_, Layers):
            params[name] = _draw_layers(trial, name, range_)
        else:
            drawn = _suggest(trial, name, distribution_of(name, range_)[name])
            params[name] = _outer(range_, drawn)
    return params


def distribution_of(name: str, range_: Range) -> dict[str, BaseDistribution]:
    """Optuna's distributions behind a range, by the inner names."""
    match range_:
        case Float(low, high, log, step):
            return {name: FloatDistribution(low, high, log=log, step=step)}
        case Int(low, high, log, step):
            return {name: IntDistribution(low, high, log=log, step=step)}
        case Choice(options):
            return {name: CategoricalDistribution([_inner(option) for option in options])}
        case Layers(depth=(low, high)):
            width = IntDistribution(*range_.width, log=range_.log)
            widths = {f"{name}.{i}": width for i in range(high)}
            return {f"{name}.depth": IntDistribution(low, high), **widths}


def inner_params(space: Space, params: Params) -> dict[str, Any]:
    """Our values under Optuna's names."""
    inner: dict[str, Any] = {}
    for name, value in params.items():
        range_ = space[name]
        if isinstance(range_, Layers):
            assert isinstance(value, tuple)
            inner[f"{name}.depth"] = len(value)
            for i, width in enumerate(value[: _drawn_widths(range_, len(value))]):
                inner[f"{name}.{i}"] = width
        else:
            inner[name] = _inner(value) if isinstance(range_, Choice) else value
    return inner


GRID_LIMIT = 100_000
"""More points than anyone will run; listing them would only cost memory."""


def grid(space: Space, fixed: Config) -> list[Params]:
    """Every configuration of a finite space, once each.

    Raises:
        StudyFileError: a range has no end of values, or the grid more than GRID_LIMIT points.
    """
    points: list[dict[str, Value]] = [{}]
    for name, range_ in space.items():
        values = _values(name, range_)
        grown: list[dict[str, Value]] = []
        for point in points:
            here = applies(name, {**fixed, **point})
            grown += [{**point, name: value} for value in values] if here else [point]
            if len(grown) > GRID_LIMIT:
                raise StudyFileError(
                    f'study.sampler: the grid has more than {GRID_LIMIT} points; use "random".'
                )
        points = grown
    return list[Params](points)


def _values(name: str, range_: Range) -> list[Value]:
    match range_:
        case Choice(options):
            return list(options)
        case Int(low, high, _, step):
            return list(range(low, high + 1, step))
        case Float(low, high, _, float(step)):
            return [low + i * step for i in range(int((high - low) / step + 1e-9) + 1)]
        case Layers((low, high), (narrow, wide), _, shape):
            widths = range(narrow, wide + 1)
            if sum(len(widths) ** depth for depth in range(low, high + 1)) > GRID_LIMIT:
                raise StudyFileError(f'{name}: too many layer lists for a grid; use a "choice".')
            lists = (
                found for depth in range(low, high + 1) for found in product(widths, repeat=depth)
            )
            return [found for found in lists if _has_shape(found, shape)]
    raise StudyFileError(f"{name}: a grid needs a choice, whole numbers, or a float with a step.")


def _has_shape(widths: tuple[int, ...], shape: str) -> bool:
    if shape == "constant":
        return len(set(widths)) <= 1
    return shape == "free" or all(np.diff(widths) <= 0)


def _draw_layers(trial: optuna.Trial, name: str, range_: Layers) -> tuple[int, ...]:
    distributions = distribution_of(name, range_)
    depth = _suggest(trial, f"{name}.depth", distributions[f"{name}.depth"])
    widths: list[int] = [
        _suggest(trial, f"{name}.{i}", distributions[f"{name}.{i}"])
        for i in range(_drawn_widths(range_, depth))
    ]
    if range_.shape == "constant":
        widths *= depth
    if range_.shape == "funnel":
        # Order statistics: every funnel is as likely as its widths are in any order. Optuna is
        # shown the widths as they were drawn; what it learns of a funnel is the same either way.
        widths.sort(reverse=True)
    return tuple(widths)


def _drawn_widths(range_: Layers, depth: int) -> int:
    return min(1, depth) if range_.shape == "constant" else depth


def _inner(option: Value) -> Any:
    """Optuna's choices are scalars; lists travel as their JSON."""
    return json.dumps(option) if isinstance(option, tuple) else option


def _outer(range_: Range, drawn: Any) -> Value:
    if isinstance(range_, Choice):
        return next(option for option in range_.options if _inner(option) == drawn)
    return drawn


def _suggest(trial: optuna.Trial, name: str, distribution: BaseDistribution) -> Any:
    match distribution:
        case FloatDistribution(low=low, high=high, log=log, step=step):
            return trial.suggest_float(name, low, high, log=log, step=step)
        case IntDistribution(low=low, high=high, log=log, step=step):
            return trial.suggest_int(name, low, high, log=log, step=step)
        case CategoricalDistribution(choices=choices):
            return trial.suggest_categorical(name, list(choices))
    raise AssertionError(distribution)
