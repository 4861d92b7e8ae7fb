"""Rows that a program hands over, as the frame that a reader would have made of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from hpsearch.data.columns import Block
from hpsearch.data.encoder import Encoder
from hpsearch.data.nested import flat
from hpsearch.data.table import listed, quoted
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
    frame = as_frame(given)
    if frame is None:
        cells = _of_array(encoder, np.asarray(given))
        frame = pl.DataFrame([series(name, column) for name, column in cells.items()])
    else:
        frame = usable(encoder, frame)
    return tidied(frame, encoder.dialect.nothing)[0]


def usable(encoder: Encoder, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame without the columns that nothing can be learnt from, its lists as arrays.

    Raises:
        DataError: a column that the encoder asks for is one of them.
    """
    arrays = [one for one in frame.get_columns() if isinstance(one.dtype, pl.Array)]
    rest, left_out = flat(frame.drop(one.name for one in arrays))
    for name in encoder.names:
        if what := left_out.get(name):
            raise DataError(f"Column {quoted(name)} holds {what}.")
    return pl.DataFrame([*rest.get_columns(), *arrays])


def as_frame(given: Any) -> pl.DataFrame | None:
    """Columns by name as a frame of Polars, whoever made them; None where there are no names.

    Knows frames of Polars and pandas and what looks like these, mappings, and whatever speaks
    Arrow's or the older dataframe protocol; nothing is imported that the giver does not have.

    Raises:
        DataError: a column is there twice, or holds what is neither numbers nor words.
    """
    if isinstance(given, pl.LazyFrame):
        given = given.collect()
    if not isinstance(given, pl.DataFrame | Mapping) and not hasattr(given, "dtypes"):
        if hasattr(given, "__arrow_c_stream__"):
            given = pl.DataFrame(given)
        elif hasattr(given, "__dataframe__"):
            given = pl.from_dataframe(given)
    if isinstance(given, Mapping):
        names = list(given)
    elif hasattr(given, "columns") and hasattr(given, "__getitem__"):
        names = list(given.columns)
    else:
        return None
    twice = [str(name) for name, count in Counter(map(str, names)).items() if count > 1]
    if twice:
        raise DataError(f"There is more than one column {listed(twice)}; rename all but one.")
    columns = [series(str(name), given[name]) for name in names]
    if len({len(column) for column in columns}) > 1:
        rows = ", ".join(f"{quoted(one.name)} {len(one):,}" for one in columns[:6])
        raise DataError(f"The columns are not equally long: {rows}.")
    return pl.DataFrame(columns)


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
        return {names[0]: array.reshape(len(array), math.prod(array.shape[1:]))}
    if array.shape[1:] != (len(names),):
        raise DataError(
            f"The array has shape {array.shape}; the model was trained on {len(names):,} columns,"
            f" so it is (rows, {len(names)}), in this order: {listed(names)}."
        )
    return dict(zip(names, array.T, strict=True))


def series(name: str, cells: Any) -> pl.Series:
    """A column of whatever holds its cells; categories are their words.

    Raises:
        DataError: they are neither numbers nor words.
    """
    try:
        known = isinstance(cells, pl.Series) and cells.dtype != pl.Object
        found = cells.alias(name) if known else _of_cells(name, cells)
        return found.cast(pl.String) if found.dtype in (pl.Categorical, pl.Enum) else found
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0][:160].rstrip(".")
        raise DataError(f"Column {quoted(name)} cannot be read: {why}.") from None


def _of_cells(name: str, cells: Any) -> pl.Series:
    array = np.asarray(cells)
    if array.dtype.kind == "c":
        raise TypeError("it holds complex numbers")
    if array.ndim != 1 and not (array.ndim > 1 and array.dtype.kind in "biuf"):
        raise TypeError(f"it has shape {array.shape}, and a column is a list of cells")
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    if array.dtype.kind not in "OUS":
        return pl.Series(name, np.ascontiguousarray(array, array.dtype.newbyteorder("=")))
    known = [None if _nothing(cell) else cell for cell in array.tolist()]
    if all(isinstance(cell, int | float | None) for cell in known):
        return pl.Series(name, known, dtype=pl.Float64, strict=False)
    return pl.Series(name, [None if cell is None else _word(cell) for cell in known])


def _nothing(cell: Any) -> bool:
    """Whether a cell is empty: None, NaN, NaT, or the NA of pandas, which compares with nothing."""
    return cell is None or type(cell).__name__ == "NAType" or cell != cell


def _word(cell: Any) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
