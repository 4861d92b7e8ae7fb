"""How far a test figure may be off by the rows' chance: bootstrap of the test rows.

A figure of n rows is that of one draw of rows; other draws would have given others. Drawing n of
the rows again and again, with replacement, shows by how much (Efron & Tibshirani 1993, chapter 13).
Every model is measured on the same draws, so the difference of two has an interval of its own.
What chance in training (another seed) would change is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

import numpy as np

from hpsearch.study.options import Task
from nncore.arrays import Array, Targets

RESAMPLES = 2000
"""Draws of the rows."""
SEED = 0
"""Of the draws: the same rows give the same intervals."""
LEVEL = 0.95
MOST_ROWS = 10_000
"""Of more rows, so many are drawn from, and what they spread is scaled to all of them."""
_CELLS = 2_000_000
"""Counts held at once: draws × rows."""

Interval = tuple[float, float]
Intervals = Mapping[str, Interval | None]
"""By the figure's name; None where too many draws give it no value."""


@dataclass(frozen=True, eq=False)
class Resampled:
    """A model's figures in every draw."""

    figures: Mapping[str, Array]
    """By name, shape (draws,); NaN where a draw has no value."""
    told: Mapping[str, float | None]
    """The same of all rows, as they are shown."""
    shrunk: float
    """By how much all rows spread less than those that were drawn from."""

    def intervals(self) -> Intervals:
        """95 % intervals, by the quantiles of the draws."""
        return {name: self._around(name, draws) for name, draws in self.figures.items()}

    def to_json(self) -> dict[str, Any]:
        """As a model.json has them, of the test rows."""
        told = {name: None if one is None else list(one) for name, one in self.intervals().items()}
        return {"level": LEVEL, "resamples": RESAMPLES, "seed": SEED, "test": told}

    def above(self, other: Resampled, name: str) -> Interval | None:
        """By how much a figure is above another model's, on the same rows."""
        mine, theirs = self.told[name], other.told[name]
        if mine is None or theirs is None:
            return None
        return self._between(self.figures[name] - other.figures[name], mine - theirs)

    def _around(self, name: str, draws: Array) -> Interval | None:
        told = self.told[name]
        return None if told is None else self._between(draws, told)

    def _between(self, draws: Array, told: float) -> Interval | None:
        known = draws[np.isfinite(draws)]
        if 2 * len(known) < len(draws):
            return None
        if self.shrunk < 1.0:  # around the figure of all rows, as narrow as they make it
            known = told + self.shrunk * (known - known.mean())
        tail = (1.0 - LEVEL) / 2
        low, high = (float(q) for q in np.quantile(known, (tail, 1.0 - tail)))
        return (low, high) if isfinite(low) and isfinite(high) else None


def resampled(
    task: Task, z: Array, y: Targets, scale: Array | None, told: Mapping[str, float | None]
) -> Resampled:
    """A model's figures in draws of its test rows; the same draws for every model of these rows.

    Args:
        z: logits or standardised values, shape (rows, outputs).
        y: class numbers (rows,); 0 and 1, or standardised values, (rows, outputs).
        scale: the units of standardised values, shape (outputs,).
        told: the figures of all rows, whose names say which are wanted.
    """
    rng, every = np.random.default_rng(SEED), len(z)
    if every > MOST_ROWS:
        some = np.sort(rng.choice(every, MOST_ROWS, replace=False))
        z, y = z[some], y[some]
    rows = _Rows.of(task, z, y, scale)
    found: dict[str, list[Array]] = {name: [] for name in told}
    for counts in _draws(rng, len(z)):
        for name, values in rows.figures(counts, tuple(told)):
            found[name].append(values)
    figures = {name: np.concatenate(values) for name, values in found.items()}
    return Resampled(figures, told, sqrt(len(z) / every))


def _draws(rng: np.random.Generator, rows: int) -> Iterator[Array]:
    """How often each row is in each draw, float64 (draws, rows), some draws at a time."""
    at_once = max(1, _CELLS // rows)
    for start in range(0, RESAMPLES, at_once):
        draws = min(at_once, RESAMPLES - start)
        drawn = rng.integers(0, rows, (draws, rows)) + rows * np.arange(draws)[:, None]
        counts = np.bincount(drawn.reshape(-1), minlength=draws * rows)
        yield counts.reshape(draws, rows).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Rows:
    """What each row adds to the figures, so that draws are products with how often it is drawn."""

    task: Task
    z: Array
    y: Array
    """As floats (rows, outputs); of several classes one is 1 in each row."""
    said: Array
    """The same of what was said; of a regression what is off, in the target's own units."""

    @classmethod
    def of(cls, task: Task, z: Array, y: Targets, scale: Array | None) -> _Rows:
        z = z.astype(np.float64)
        if task == "regression":
            units = np.ones(z.shape[1]) if scale is None else np.asarray(scale)
            y = np.asarray(y, np.float64).reshape(z.shape)
            return cls(task, z, y * units, (z - y) * units)
        if task == "multiclass":
            classes = np.arange(z.shape[1])
            one_hot = (y[:, None] == classes).astype(np.float64)
            return cls(task, z, one_hot, (z.argmax(axis=1)[:, None] == classes).astype(np.float64))
        on = (np.asarray(y).reshape(z.shape) >= 0.5).astype(np.float64)
        return cls(task, z, on, (z > 0.0).astype(np.float64))

    def figures(self, counts: Array, names: tuple[str, ...]) -> Iterator[tuple[str, Array]]:
        """Each figure of each draw, shape (draws,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            for name in names:
                yield name, getattr(self, f"_{name}")(counts)

    # Of classes ----------------------------------------------------------------------------

    def _accuracy(self, counts: Array) -> Array:
        right = self.said == self.y
        share = right.all(axis=1) if self.task == "multiclass" else right.mean(axis=1)
        return counts @ share / len(self.z)

    def _subset_accuracy(self, counts: Array) -> Array:
        return counts @ (self.said == self.y).all(axis=1) / len(self.z)

    def _balanced_accuracy(self, counts: Array) -> Array:
        recall = counts @ (self.said * self.y) / (counts @ self.y)
        if self.task == "multiclass":
            return np.nanmean(recall, axis=1)
        off = counts @ ((1.0 - self.said) * (1.0 - self.y)) / (counts @ (1.0 - self.y))
        # where a draw has one kind of rows only, its recall is all there is
        return np.nanmean(np.stack([recall, off]), axis=0).mean(axis=1)

    def _f1(self, counts: Array) -> Array:
        both = counts @ (self.said + self.y)
        each = 2.0 * (counts @ (self.said * self.y)) / both
        if self.task == "multiclass":
            return np.nanmean(each, axis=1)
        return (each if each.shape[1] == 1 else np.nan_to_num(each)).mean(axis=1)

    def _cost(self, counts: Array) -> Array:
        if self.task == "multiclass":
            top = self.z - self.z.max(axis=1, keepdims=True)
            each = np.log(np.exp(top).sum(axis=1)) - (top * self.y).sum(axis=1)
        else:
            each = (np.logaddexp(0.0, self.z) - self.z * self.y).mean(axis=1)
        return counts @ each / len(self.z)

    def _roc_auc(self, counts: Array) -> Array:
        areas = [_areas(counts, z, y) for z, y in zip(self.z.T, self.y.T, strict=True)]
        known = np.isfinite(areas)
        total = np.where(known, areas, 0.0).sum(axis=0)
        return total / known.sum(axis=0)

    # Of numbers ----------------------------------------------------------------------------

    def _rmse(self, counts: Array) -> Array:
        return np.sqrt(counts @ np.square(self.said) / len(self.z)).mean(axis=1)

    def _mae(self, counts: Array) -> Array:
        return (counts @ np.abs(self.said) / len(self.z)).mean(axis=1)

    def _r2(self, counts: Array) -> Array:
        y = self.y - self.y.mean(axis=0)  # else large targets cancel
        mean = counts @ y / len(y)
        spread = counts @ np.square(y) / len(y) - np.square(mean)
        left = counts @ np.square(self.said) / len(y)
        return np.where(spread > 0.0, 1.0 - left / spread, np.nan).mean(axis=1)


def _areas(counts: Array, score: Array, true: Array) -> Array:
    """The area under the ROC curve of each draw; NaN where it has one kind of rows only."""
    order = np.argsort(score, kind="stable")
    _, starts = np.unique(score[order], return_index=True)  # rows that tie count together
    on = np.add.reduceat(counts[:, order] * true[order], starts, axis=1)
    off = np.add.reduceat(counts[:, order] * (1.0 - true[order]), starts, axis=1)
    below = np.cumsum(off, axis=1) - 0.5 * off
    return (on * below).sum(axis=1) / (on.sum(axis=1) * off.sum(axis=1))
