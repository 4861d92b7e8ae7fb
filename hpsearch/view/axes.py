"""Hyperparameters as axes: where on it a trial's value lies, from 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hpsearch.store.records import TrialRecord
from hpsearch.study.space import Value
from hpsearch.view.fields import size
from hpsearch.view.format import parameter
from hpsearch.view.raster import Floats


@dataclass(frozen=True)
class Axis:
    """One hyperparameter, or the value that trials are ranked by."""

    name: str
    """In full."""
    title: str
    low: float
    high: float
    log: bool = False
    options: tuple[Value, ...] = ()
    """Of a choice, at even distances; else empty."""

    def place(self, value: Value | None) -> float:
        """From 0 to 1; NaN where a trial has no such value."""
        if value is None:
            return math.nan
        if self.options:
            at = self.options.index(value) if value in self.options else 0
            return at / (len(self.options) - 1) if len(self.options) > 1 else 0.5
        number = size(value)
        if number is None or not math.isfinite(number) or (self.log and number <= 0):
            return math.nan
        if self.log:
            return _share(math.log(number), math.log(self.low), math.log(self.high))
        return _share(number, self.low, self.high)

    def places(self, trials: Iterable[TrialRecord]) -> Floats:
        """Where each trial lies; NaN where it does not."""
        return np.array([self.place(trial.params.get(self.name)) for trial in trials], dtype=float)

    @property
    def ends(self) -> tuple[str, str]:
        """What stands at its low and its high end."""
        if self.options:
            return parameter(self.options[0]), parameter(self.options[-1])
        whole = float(self.low).is_integer() and float(self.high).is_integer()
        if whole and abs(self.high) < 1e6:
            return str(int(self.low)), str(int(self.high))
        return parameter(float(self.low)), parameter(float(self.high))


def axis(name: str, title: str, range_: object, values: Sequence[Value | None]) -> Axis:
    """The axis of a range as the study file writes it; of what was drawn, where that says more."""
    seen = [value for value in values if value is not None]
    match range_:
        case {"float": [low, high]} | {"int": [low, high]}:
            log = isinstance(range_, Mapping) and bool(range_.get("log"))
            return Axis(name, title, *_apart(low, high), log=log)
        case {"choice": [*options]}:
            written = [tuple(o) if isinstance(o, list) else o for o in options]
            words = dict.fromkeys([*written, *seen])
            return Axis(name, title, 0.0, 1.0, options=tuple(words))
    if seen and all(not isinstance(value, str) for value in seen):
        sizes = [found for value in seen if (found := size(value)) is not None]
        log = min(sizes) > 0 and max(sizes) > 8 * min(sizes)
        return Axis(name, title, *_apart(min(sizes), max(sizes)), log=log)
    return Axis(name, title, 0.0, 1.0, options=tuple(dict.fromkeys(seen)))


def _apart(low: float, high: float) -> tuple[float, float]:
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5
