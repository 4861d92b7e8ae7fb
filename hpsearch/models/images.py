"""Which inputs of a row are the pixels of an image, and that image small enough to be drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

import numpy as np
import polars as pl
from polars.selectors import by_name

from hpsearch.data import Data
from hpsearch.data.columns import Block, Column, Number
from hpsearch.data.table import Dialect

Image = tuple[tuple[int, ...], ...]
"""Brightness from 0 to 255, row by row."""

LARGEST = 16
"""Pixels of a drawn image's longer side; a larger one is averaged down."""
SMALLEST = 16
"""Columns below which figures in a square are no image."""
_PLACE = re.compile(r"(\d+)[_x](\d+)$")
"""How columns of pixels end: row and column."""


@dataclass(frozen=True, eq=False)
class Pixels:
    """Where an image's pixels are among the columns."""

    columns: tuple[str, ...]
    """One of arrays, or one for each pixel."""
    height: int
    width: int
    channels: int
    at: np.ndarray
    """Where each number of a row belongs, (pixels,), in an image that is blank elsewhere."""

    def drawn(self, data: Data, rows: Sequence[int]) -> list[Image]:
        """Brightness from 0 to 255 of these rows' images."""
        return self.drawn_of(data.clean, rows)

    def drawn_of(self, clean: pl.DataFrame, rows: Sequence[int]) -> list[Image]:
        """The same of a frame of clean cells."""
        every = self._numbers(clean, np.arange(min(clean.height, 1000)))
        low, high = float(np.nanmin(every)), float(np.nanmax(every))
        found = []
        for values in self._numbers(clean, np.asarray(rows)):
            whole = np.full(self.height * self.width * self.channels, low)
            whole[self.at] = np.nan_to_num(values, nan=low)
            image = whole.reshape(self.height, self.width, self.channels).mean(axis=2)
            shares = np.clip((_smaller(image) - low) / ((high - low) or 1.0), 0.0, 1.0)
            found.append(tuple(tuple(int(n) for n in row) for row in np.rint(255 * shares)))
        return found

    def _numbers(self, clean: pl.DataFrame, rows: np.ndarray) -> np.ndarray:
        part = clean[rows].select(by_name(self.columns))
        if len(self.columns) == 1:
            return part.to_series().to_numpy().astype(np.float64)
        return part.to_numpy().astype(np.float64)


def pixels(data: Data) -> Pixels | None:
    """The image that a row is, where it looks like one."""
    return pixels_of(data.inputs, data.dialect)


def pixels_of(columns: Sequence[Column], dialect: Dialect) -> Pixels | None:
    """The image that a row of such columns is, where it looks like one."""
    if len(columns) == 1 and isinstance(block := columns[0], Block):
        return _of_block(block, dialect)
    if len(columns) < SMALLEST or not all(isinstance(column, Number) for column in columns):
        return None
    return _of_columns([column.name for column in columns])


def _of_block(block: Block, dialect: Dialect) -> Pixels | None:
    size, channels = dialect.image_size, dialect.channels or 1
    if size is None:
        # arrays without a word on their shape: bytes in a square are an image, gray or in colour
        channels = 3 if isqrt(block.size) ** 2 != block.size else 1
        side = isqrt(block.size // channels)
        if not block.octets or side * side * channels != block.size or block.size < SMALLEST:
            return None
        size = side, side
    if size[0] * size[1] * channels != block.size:
        return None
    return Pixels((block.name,), *size, channels, np.arange(block.size))


def _of_columns(names: Sequence[str]) -> Pixels | None:
    """Columns that end in a row and a column; blank pixels may have been left out."""
    found = [_PLACE.search(name) for name in names]
    places = np.array([[int(one[1]), int(one[2])] for one in found if one is not None])
    if len(places) < len(names):
        return None
    places -= places.min(axis=0)
    height, width = (int(most) + 1 for most in places.max(axis=0))
    if min(height, width) < 2 or 2 * len(names) < height * width:
        return None
    return Pixels(tuple(names), height, width, 1, places[:, 0] * width + places[:, 1])


def _smaller(image: np.ndarray) -> np.ndarray:
    """Averaged over squares, until its longer side is at most LARGEST."""
    step = -(-max(image.shape) // LARGEST)
    rows, columns = (np.arange(0, length, step) for length in image.shape)
    sums = np.add.reduceat(np.add.reduceat(image, rows, axis=0), columns, axis=1)
    ones = np.ones_like(image)
    counts = np.add.reduceat(np.add.reduceat(ones, rows, axis=0), columns, axis=1)
    return sums / counts
