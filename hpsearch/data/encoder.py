"""Rows of a table to inputs of a network, and its outputs back to words and numbers.

Fitted on training rows, kept as JSON beside a model, and used again on every table to predict.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hpsearch.data.cells import LARGEST
from hpsearch.data.cleaning import clean_frame
from hpsearch.data.columns import Block, Category, Column, Number
from hpsearch.data.scaling import LinearScaler, Scaler
from hpsearch.data.surprises import Surprises
from hpsearch.data.table import Dialect, Table
from hpsearch.errors import DataError
from hpsearch.study.options import Task

_BLOCK = 1 << 20
"""Cells scaled at once, in double precision."""


@dataclass(frozen=True)
class Encoder:
    """What was learnt about a table's columns; encodes rows, decodes outputs.

    The inputs stand in this order: every number, the numbers of every array, every number's sign
    that its cell was empty, then each category's levels, rest and empty.
    """

    columns: tuple[Column, ...]
    fills: tuple[float, ...]
    """For each number, those of arrays too, what an empty cell counts as: the median."""
    scaler: Scaler
    """For the numbers and those of arrays, in their order."""
    task: Task
    targets: tuple[str, ...]
    classes: tuple[str, ...]
    """The words of a classification, in the order of the outputs; () for regression."""
    labels: tuple[tuple[str, ...], ...]
    """For each target the words of its classes."""
    target_scale: LinearScaler
    """For regression: how targets were standardised."""
    dialect: Dialect
    ranges: tuple[tuple[float, float], ...] = ()
    """For each number the lowest and the highest in training; () of older models."""

    @property
    def width(self) -> int:
        """How many inputs a row becomes."""
        return sum(column.width for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it needs."""
        return tuple(column.name for column in self.columns)

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The columns that are numbers or booleans."""
        return tuple(column for column in self.columns if isinstance(column, Number))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The columns that are arrays."""
        return tuple(column for column in self.columns if isinstance(column, Block))

    @property
    def scaled(self) -> int:
        """How many of the inputs are scaled numbers: they come first, signs and levels behind."""
        return len(self.numbers) + sum(block.size for block in self.blocks)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The columns that are words."""
        return tuple(column for column in self.columns if isinstance(column, Category))

    def encode(
        self, table: Table, surprises: Surprises | None = None, known: Collection[str] = ()
    ) -> np.ndarray:
        """Inputs, float32 (rows, width), in the table's order.

        Args:
            surprises: hears of the cells, those of the columns `known` apart.

        Raises:
            DataError: a cell does not fit; names row and column.
        """
        clean = clean_frame(table, self.columns)
        if surprises is not None:
            surprises.add(clean, known)
        return self.encode_clean(clean)

    def encode_clean(self, clean: pl.DataFrame) -> np.ndarray:
        """Inputs from a frame that `clean_frame` made: float32 (rows, width)."""
        rows = clean.height
        x = np.zeros((rows, self.width), np.float32)
        count = self.scaled
        step = max(1, _BLOCK // max(1, count))
        with np.errstate(over="ignore"):
            for start in range(0, rows if count else 0, step):
                part = clean.slice(start, step)
                values = self._values(part)
                gaps = np.isnan(values)
                scaled = self.scaler.apply(np.where(gaps, self.fills, values))
                x[start : start + step, :count] = np.clip(scaled, -LARGEST, LARGEST)
                told = [at for at, number in enumerate(self.numbers) if number.indicator]
                x[start : start + step, count : count + len(told)] = gaps[:, told]
        at = count + sum(number.indicator for number in self.numbers)
        for category in self.categories:
            hot = _codes(clean[category.name], category)
            on = np.flatnonzero(hot >= 0)
            x[on, at + hot[on]] = 1.0
            at += category.width
        return x

    def _values(self, part: pl.DataFrame) -> np.ndarray:
        """The numbers and those of arrays, float64 (rows, numbers), with nan for gaps."""
        numbers = [part[number.name].to_numpy() for number in self.numbers]
        arrays = [part[block.name].to_numpy() for block in self.blocks]
        columns = [np.stack(numbers, axis=1)] if numbers else []
        return np.concatenate([*columns, *arrays], axis=1, dtype=np.float64)

    def blank(self) -> pl.DataFrame:
        """One row of empty cells, in every column it needs."""
        empty = pl.Series([None], dtype=pl.String)
        gaps = {block.name: pl.Series(np.full((1, block.size), np.nan)) for block in self.blocks}
        return pl.DataFrame({name: gaps.get(name, empty) for name in self.names})

    def predictions(self, outputs: np.ndarray) -> pl.DataFrame:
        """A network's outputs as the target's own words, or numbers in its own units.

        `outputs` is (rows, outputs), probabilities or standardised values. The one column is
        called `prediction`; several targets make `prediction_<target>` each.
        """
        if self.task == "multiclass":
            return pl.DataFrame({"prediction": _words(outputs.argmax(axis=1), self.labels[0])})
        columns = _flat(outputs)
        if self.task == "regression":
            columns = self._unscale(columns)
            series = [pl.Series(column) for column in columns.T]
        else:
            series = [
                _words((column > 0.5).astype(np.int64), words)
                for column, words in zip(columns.T, self.labels, strict=True)
            ]
        names = [f"prediction_{name}" for name in self.targets]
        names = names if len(names) > 1 else ["prediction"]
        return pl.DataFrame(dict(zip(names, series, strict=True)))

    def probabilities(self, outputs: np.ndarray) -> pl.DataFrame:
        """A column `proba_<class>` for each class; none for regression."""
        if self.task == "regression":
            raise DataError("A regression has no classes, and so no probabilities.")
        columns = _flat(outputs)
        if self.task == "binary":
            columns = np.concatenate([1.0 - columns, columns], axis=1)
        return pl.DataFrame(
            {f"proba_{name}": column for name, column in zip(self.classes, columns.T, strict=True)}
        )

    def _unscale(self, y: np.ndarray) -> np.ndarray:
        return y * np.array(self.target_scale.scale) + np.array(self.target_scale.shift)


def _codes(column: pl.Series, category: Category) -> np.ndarray:
    """Which of the category's inputs is on in each row; -1 for none."""
    rest = len(category.levels) if category.rest else -1
    empty = len(category.levels) + category.rest if category.missing else -1
    levels = {level: at for at, level in enumerate(category.levels)}
    codes = column.replace_strict(levels, default=rest, return_dtype=pl.Int64)
    return np.where(column.is_null().to_numpy(), empty, codes.to_numpy())


def _flat(outputs: np.ndarray) -> np.ndarray:
    """As float64 (rows, outputs), of no rows too."""
    return np.asarray(outputs, np.float64).reshape(len(outputs), math.prod(outputs.shape[1:]))


def _words(ids: np.ndarray, words: Sequence[str]) -> pl.Series:
    """Class numbers as the words of the file; as integers where every word is one."""
    return named(words).gather(ids)


def named(words: Sequence[str]) -> pl.Series:
    """Classes as predictions show them: integers where every word is one."""
    integers = all(_is_integer(word) for word in words)
    return pl.Series([int(word) for word in words] if integers else list(words))


def _is_integer(word: str) -> bool:
    try:
        return str(int(word)) == word and abs(int(word)) < 2**63
    except ValueError:
        return False
