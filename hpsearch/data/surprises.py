"""What rows to predict hold that the rows to learn from did not, counted over all of a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hpsearch.data.columns import Category
from hpsearch.data.table import counted, listed

if TYPE_CHECKING:  # an encoder counts them; only the type comes from there
    from hpsearch.data.encoder import Encoder

_FAR = 10
"""How many times the range seen in training a number may lie outside of it without a word."""
_WORDS = 10_000
"""Different new words that are kept of a column, at most."""


class Surprises:
    """Counts as clean rows come, some at a time, and says what was found."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._new = {category.name: 0 for category in encoder.categories}
        self._words: dict[str, set[str]] = {name: set() for name in self._new}
        self._gaps = dict.fromkeys(encoder.names, 0)
        self._known = dict.fromkeys(encoder.names, 0)
        self._far = dict.fromkeys(encoder.names, 0)
        self._such: dict[str, float] = {}
        names = (number.name for number in encoder.numbers)
        self._ranges = dict(zip(names, encoder.ranges, strict=False))  # older models have none

    def add(self, clean: pl.DataFrame, known: Collection[str] = ()) -> None:
        """Count more rows.

        Args:
            known: columns of which nothing need be noticed.
        """
        for category in self._encoder.categories:
            if category.name not in known:
                self._add_words(category, clean[category.name])
        for block in self._encoder.blocks:
            values = clean[block.name].to_numpy()
            if values.dtype.kind == "f":
                self._gaps[block.name] += int(np.isnan(values).sum())
        for number in self._encoder.numbers:
            if number.name not in known:
                self._add_numbers(number.name, clean[number.name].to_numpy())

    def _add_words(self, category: Category, column: pl.Series) -> None:
        self._gaps[category.name] += column.null_count()
        unseen = column.filter(~column.is_in(category.levels)).drop_nulls()
        self._new[category.name] += len(unseen)
        words = self._words[category.name]
        if len(unseen) and len(words) < _WORDS:
            words.update(unseen.unique().head(_WORDS))

    def _add_numbers(self, name: str, values: np.ndarray) -> None:
        there = values[~np.isnan(values)]
        self._gaps[name] += len(values) - len(there)
        if name not in self._ranges:
            return
        low, high = self._ranges[name]
        margin = _FAR * (high - low)
        with np.errstate(over="ignore"):  # beyond single precision nothing is far
            far = (there < low - margin) | (there > high + margin)
        self._known[name] += len(there)
        self._far[name] += int(np.count_nonzero(far))
        if name not in self._such and far.any():
            self._such[name] = float(there[far][0])

    def notes(self) -> tuple[str, ...]:
        """A sentence for each thing found."""
        return (*self._of_categories(), *self._of_gaps(), *self._far_off())

    def _of_categories(self) -> Iterator[str]:
        for category in self._encoder.categories:
            name = category.name
            if count := self._new[name]:
                where = "as rare ones are" if category.rest else "as none of the known"
                yield (
                    f"Column {name!r}: {counted(count, 'cell')} with rare or new categories"
                    f" ({listed(sorted(self._words[name]), 3)}); encoded {where}."
                )
            if (gaps := self._gaps[name]) and not category.missing:
                yield (
                    f"Column {name!r}: {counted(gaps, 'cell')} empty, as none was in training;"
                    " encoded as no category."
                )

    def _of_gaps(self) -> Iterator[str]:
        encoder = self._encoder
        for block in encoder.blocks:
            if gaps := self._gaps[block.name]:
                yield (
                    f"Column {block.name!r}: {counted(gaps, 'number')} missing; filled with the"
                    " median of the training rows."
                )
        for number, fill in zip(encoder.numbers, encoder.fills, strict=False):  # arrays' after
            if (gaps := self._gaps[number.name]) and not number.indicator:
                yield (
                    f"Column {number.name!r}: {counted(gaps, 'cell')} empty, as none was in"
                    f" training; filled with {fill:g}."
                )

    def _far_off(self) -> Iterator[str]:
        """Columns whose values lie nowhere near those in training: other units, perhaps."""
        for name, (low, high) in self._ranges.items():
            far, known = self._far[name], self._known[name]
            if high > low and 2 * far > known:
                yield (
                    f"WARNING: column {name!r}: {far:,} of {counted(known, 'number')}, such"
                    f" as {self._such[name]:g}, far outside of {low:g} to {high:g}, which"
                    " was all in training: are the units the same?"
                )
