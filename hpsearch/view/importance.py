"""How much each hyperparameter matters: PED-ANOVA.

For each parameter, how far the distribution of its values among the best tenth of the trials lies
from that among all of them (Pearson divergence of two Parzen estimates on a grid of at most 50
steps). Watanabe, Bansal & Hutter 2023, https://arxiv.org/abs/2304.10255. A parameter that only some
trials have counts by how often these have it: conditional PED-ANOVA,
https://arxiv.org/abs/2601.20800.

On a grid so small plain Python is as fast as arrays, and spares a view the import of NumPy: 1,000
trials with a dozen parameters take about 10 ms.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study.space import Value

BEST = 0.1
"""The share of trials that counts as the best."""
FEWEST = 20
"""With fewer complete trials nothing is said: two would be the best tenth."""

_STEPS = 50
_FEWEST_IN_REGIME = 2
_TINY = 1e-12


@dataclass(frozen=True)
class Axis:
    """Where the values of one parameter lie, as steps of a grid."""

    steps: int
    low: float = 0.0
    high: float = 0.0
    """In logarithms, where they are even there."""
    log: bool = False
    options: Mapping[str, int] | None = None
    """By JSON text, where it is a choice."""

    def step(self, value: Value) -> int:
        """Which step of the grid a value belongs to."""
        if self.options is not None:
            return self.options[json.dumps(value)]
        assert isinstance(value, int | float)
        at = math.log(value) if self.log else float(value)
        nearest = math.ceil((at - self.low) / (self.high - self.low) * (self.steps - 1) - 0.5)
        return min(max(nearest, 0), self.steps - 1)


def importances(study: StudyFacts, trials: Iterable[TrialRecord]) -> dict[str, float]:
    """The share of each searched name, the most important first; together they are 1.

    Only complete trials count; with fewer than `FEWEST` of them nothing is said. The layers count
    as the more important of their depth and the width of one of them.
    """
    known = [t for t in trials if t.state == "complete" and t.value is not None]
    if len(known) < FEWEST:
        return {}
    sign = 1.0 if study.direction == "minimize" else -1.0
    values = [sign * trial.value for trial in known if trial.value is not None]
    raw = {
        name: max(
            divergence(values, column, axis)
            for axis, column in _columns(study.space[name], [t.params.get(name) for t in known])
        )
        for name in study.space
    }
    total = sum(raw.values())
    shares = {name: share / total if total > 0 else 0.0 for name, share in raw.items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def divergence(values: Sequence[float], column: Sequence[Value | None], axis: Axis | None) -> float:
    """How much one parameter tells the best trials from all, as PED-ANOVA measures it.

    Args:
        values: of the trials; lower is better.
        column: the parameter's value in each of them, None where it has none.
        axis: None: all values are alike.
    """
    if axis is None or axis.steps < 2:
        return 0.0
    cutoff = sorted(values)[math.ceil(BEST * len(values)) - 1]
    best = [value <= cutoff for value in values]
    region = [axis.step(value) for value in column if value is not None]
    target = [
        axis.step(value)
        for value, good in zip(column, best, strict=True)
        if good and value is not None
    ]
    if len(region) < _FEWEST_IN_REGIME or not target:
        return 0.0
    density = _categorical if axis.options is not None else _numerical
    top, local = density(target, axis.steps), density(region, axis.steps)
    pearson = sum((t / b - 1) ** 2 * b for t, b in zip(top, local, strict=True))
    quantile = sum(best) / len(values)
    often = (len(target) / sum(best)) ** 2 / (len(region) / len(values))
    return quantile**2 * often * pearson


def _columns(
    range_: object, column: Sequence[Value | None]
) -> list[tuple[Axis | None, Sequence[Value | None]]]:
    """A parameter as one or several columns of plain values, each with its grid."""
    if isinstance(range_, Mapping) and "depth" in range_:
        most = max((len(value) for value in column if isinstance(value, tuple)), default=0)
        parts = [(_whole(range_["depth"], False), [_part(value, None) for value in column])]
        width = _whole(range_["width"], bool(range_.get("log")))
        parts += [(width, [_part(value, at) for value in column]) for at in range(most)]
        return list(parts)
    return [(_axis(range_, column), column)]


def _part(value: Value | None, at: int | None) -> Value | None:
    """The depth of some layers (None), or the width of one."""
    if not isinstance(value, tuple):
        return None
    if at is None:
        return len(value)
    return value[at] if at < len(value) else None


def _axis(range_: object, column: Sequence[Value | None]) -> Axis | None:
    table: Mapping[str, Any] = range_ if isinstance(range_, Mapping) else {}
    match table:
        case {"float": [low, high]}:
            return _number(low, high, bool(table.get("log")), table.get("step"))
        case {"int": [low, high]}:
            return _whole([low, high], bool(table.get("log")), table.get("step", 1))
        case {"choice": [*options]}:
            return _choice([*options, *(value for value in column if value is not None)])
    return _seen(column)  # a range of another sort: by the values there are


def _number(low: float, high: float, log: bool, step: float | None) -> Axis:
    if log:
        return Axis(_STEPS, math.log(low), math.log(high), True)
    steps = min(round((high - low) / step) + 1, _STEPS) if step else _STEPS
    return Axis(steps, low, high)


def _whole(ends: Sequence[int], log: bool, step: int = 1) -> Axis | None:
    low, high = ends
    if low == high:
        return None
    if log:
        doublings = math.ceil(math.log(high - low + 1) / math.log(2)) + 1
        return Axis(min(doublings, _STEPS), math.log(low), math.log(high), True)
    return Axis(min(round((high - low) / step) + 1, _STEPS), low, high)


def _seen(column: Sequence[Value | None]) -> Axis | None:
    seen = [value for value in column if value is not None]
    if not seen:
        return None
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in seen):
        numbers = [float(value) for value in seen if isinstance(value, int | float)]
        low, high = min(numbers), max(numbers)
        log = low > 0 and high > 100 * low
        ends = (math.log(low), math.log(high)) if log else (low, high)
        return Axis(_STEPS, *ends, log) if low < high else None
    return _choice(seen)


def _choice(options: Iterable[object]) -> Axis:
    texts = dict.fromkeys(map(json.dumps, options))
    return Axis(len(texts), options={text: at for at, text in enumerate(texts)})


def _counts(observed: Sequence[int], steps: int) -> tuple[list[int], list[int]]:
    """The steps that were observed, and how often each was."""
    counts = [0] * steps
    for at in observed:
        counts[at] += 1
    seen = [at for at, count in enumerate(counts) if count]
    return seen, [counts[at] for at in seen]


def _categorical(observed: Sequence[int], steps: int) -> list[float]:
    """The probability of each step: one kernel a step that was seen, and a flat one."""
    seen, counts = _counts(observed, steps)
    kernels, total = len(seen) + 1, sum(counts) + 1
    flat = 1 / kernels
    row = steps * flat + 1
    density = [(sum(counts) * flat / row + 1 / steps) / total] * steps
    for at, count in zip(seen, counts, strict=True):
        density[at] += count / row / total
    return [share + _TINY for share in density]


def _numerical(observed: Sequence[int], steps: int) -> list[float]:
    """The probability of each step: a normal kernel a step that was seen, and a wide one."""
    seen, counts = _counts(observed, steps)
    total = sum(counts) + 1
    density = [0.0] * steps
    middle = (steps - 1) / 2
    _add_kernels(density, seen, [count / total for count in counts], _bandwidth(seen, counts))
    _add_kernel(density, middle, 1 / total, float(steps))
    return [share + _TINY for share in density]


def _bandwidth(seen: Sequence[int], counts: Sequence[int]) -> float:
    """Scott's rule, with the smaller of deviation and quartile range, and never below a step."""
    total = sum(counts)
    mean = sum(at * count for at, count in zip(seen, counts, strict=True)) / total
    squares = sum((at - mean) ** 2 * count for at, count in zip(seen, counts, strict=True))
    deviation = math.sqrt(squares / max(1, total - 1))
    running = list(accumulate(counts))
    first = seen[bisect_left(running, total // 4)]
    third = seen[min(len(seen) - 1, bisect_right(running, total * 3 // 4))]
    return max(1.059 * min((third - first) / 1.34, deviation) * total**-0.2, 0.5 / 1.64)


def _add_kernels(
    density: list[float], centres: Sequence[int], weights: Sequence[float], sigma: float
) -> None:
    """The same kernel at several steps: its shape is computed once."""
    steps = len(density)
    below = [_normal((half - steps + 0.5) / sigma) for half in range(2 * steps)]
    mass = [below[at + 1] - below[at] for at in range(2 * steps - 1)]  # of step at - (steps - 1)
    for centre, weight in zip(centres, weights, strict=True):
        begin = steps - 1 - centre
        share = weight / (below[begin + steps] - below[begin])
        for at in range(steps):
            density[at] += share * mass[begin + at]


def _add_kernel(density: list[float], centre: float, weight: float, sigma: float) -> None:
    steps = len(density)
    below = [_normal((at - 0.5 - centre) / sigma) for at in range(steps + 1)]
    share = weight / (below[-1] - below[0])
    for at in range(steps):
        density[at] += share * (below[at + 1] - below[at])


def _normal(x: float) -> float:
    """The probability that a normal variable stays below x."""
    return 0.5 * math.erfc(-x / math.sqrt(2))
