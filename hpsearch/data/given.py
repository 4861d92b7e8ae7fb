"""Rows that a program hands over, as the frame that a reader would have made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from hpsearch.data.columns import Block
from hpsearch.data.encoder import Encoder
from hpsearch.data.table import listed
from hpsearch.data.text import tidied
from hpsearch.errors import DataError


def frame_of(encoder: Encoder, given: Any) -> pl.DataFrame:
    """A frame of what may be a frame already, of Polars or pandas, a mapping, or an array.

    Args:
        given: columns by name; or an array, shape (rows, columns), with the columns that the
            encoder needs in their order, or (rows, …) for a model of arrays such as images. Text
            is stripped, and the words for nothing are nothing, as in a file.

    Raises:
        DataError: it is nothing of the kind, or an array with other columns.
    """
    if isinstance(given, pl.DataFrame):
        columns = {name: given[name] for name in given.columns}
    elif isinstance(given, Mapping):
        columns = dict(given)
    elif hasattr(given, "columns") and hasattr(given, "__getitem__"):
        columns = {str(name): given[name] for name in given.columns}
    else:
        columns = _of_array(encoder, np.asarray(given))
    frame = pl.DataFrame([_series(name, cells) for name, cells in columns.items()])
    return tidied(frame, encoder.dialect.nothing)[0]


def _of_array(encoder: Encoder, array: np.ndarray) -> dict[str, Any]:
    names = encoder.names
    if array.dtype.names:
        return {name: array[name] for name in array.dtype.names}
    if array.ndim < 2:
        raise DataError(
            f"An array of shape {array.shape} is no table: rows come first, so a single row is"
            f" array[None]. The columns are {listed(names)}."
        )
    if len(names) == 1 and isinstance(encoder.columns[0], Block):
        return {names[0]: array.reshape(len(array), -1)}
    if array.shape[1:] != (len(names),):
        raise DataError(
            f"The array has shape {array.shape}; the model was trained on {len(names):,} columns,"
            f" so it is (rows, {len(names)}), in this order: {listed(names)}."
        )
    return dict(zip(names, array.T, strict=True))


def _series(name: str, cells: Any) -> pl.Series:
    series = cells.alias(name) if isinstance(cells, pl.Series) else _of_cells(name, cells)
    return series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Enum) else series


def _of_cells(name: str, cells: Any) -> pl.Series:
    array = np.asarray(cells)
    if array.dtype.kind not in "OUS":
        return pl.Series(name, np.ascontiguousarray(array))
    known = [None if cell is None or cell != cell else cell for cell in array.tolist()]
    if all(isinstance(cell, int | float | None) for cell in known):
        return pl.Series(name, known, dtype=pl.Float64, strict=False)
    return pl.Series(name, [None if cell is None else str(cell) for cell in known])
