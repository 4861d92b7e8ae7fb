"""Columns of arrays: thousands of numbers a row that stay one piece of memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from polars.selectors import by_name

from hpsearch.data.columns import Block

_AT_ONCE = 64
"""Features of an array laid out as columns together."""


class Features(Sequence[np.ndarray]):
    """What a normalizer looks at: each input's known values, float64, of columns and of arrays.

    Those of an array are laid out a few at a time: all of them as float64 would take eight times
    the memory of an array of bytes.
    """

    def __init__(self) -> None:
        self._parts: list[np.ndarray | _Transposed] = []
        self._ends: list[int] = []

    def add(self, column: np.ndarray) -> None:
        """One more column, float64, without gaps."""
        self._parts.append(column)
        self._ends.append(len(self) + 1)

    def add_array(self, array: np.ndarray) -> list[float]:
        """The columns of an array (rows, width) with nan for gaps; gives their medians.

        Bytes have no gaps to fill, so their medians are not asked for and told as 0.
        """
        part = _Transposed(array)
        self._parts.append(part)
        self._ends.append(len(self) + array.shape[1])
        if array.dtype.kind != "f":
            return [0.0] * array.shape[1]
        return [float(np.median(column)) for column in part]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[np.ndarray]:
        for part in self._parts:
            if isinstance(part, np.ndarray):
                yield part
            else:
                yield from part

    def __getitem__(self, at):  # type: ignore[override]  # slices are never asked for
        which = bisect_right(self._ends, at)
        part = self._parts[which]
        first = self._ends[which - 1] if which else 0
        return part if isinstance(part, np.ndarray) else part.column(at - first)


class _Transposed:
    """The columns of an array of rows, each contiguous, float64 and without its gaps."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[np.ndarray]:
        for start in range(0, self._rows.shape[1], _AT_ONCE):
            for column in np.ascontiguousarray(self._rows[:, start : start + _AT_ONCE].T):
                yield self._known(column)

    def column(self, at: int) -> np.ndarray:
        return self._known(self._rows[:, at])

    def _known(self, column: np.ndarray) -> np.ndarray:
        if column.dtype.kind != "f":
            return column.astype(np.float64)
        there = column[~np.isnan(column)].astype(np.float64)
        return there if len(there) else np.zeros(1)


def packed(frame: pl.DataFrame, block: Block) -> pl.DataFrame:
    """The frame with the block's numbers in one column where they stand in columns of their own.

    A model trained on arrays called x reads a table with columns x0, x1, x2 … as well.
    """
    if block.name in frame.columns:
        return frame
    names = [f"{block.name}{at}" for at in range(block.size)]
    if not set(names) <= set(frame.columns):
        return frame
    values = frame.select(by_name(names).cast(pl.Float64, strict=False)).to_numpy()
    return frame.drop(by_name(names)).with_columns(pl.Series(block.name, values))


def with_marks(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with each array as one number, equal where arrays are equal: fit to be hashed."""
    marks = [
        pl.Series(name, [hash(row.tobytes()) for row in frame[name].to_numpy()], dtype=pl.Int64)
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.Array)
    ]
    return frame.with_columns(marks)
