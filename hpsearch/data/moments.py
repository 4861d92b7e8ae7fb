"""A column of dates or numbers as an order: which rows came first."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl

from hpsearch.data.cells import numbers, strict_numbers
from hpsearch.data.table import Table, quoted
from hpsearch.errors import DataError

_DATES = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"),
    *("%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y", "%d %b %Y"),
    *("%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %H:%M:%S%z", " %H:%M:%S%.f%z")
_LOOKED_AT = 100
"""Cells by which the ways of writing a date are told apart, before all are read."""


def ranks(table: Table, name: str) -> np.ndarray:
    """A whole number a row, from 0, that rises with the column; equal cells have one number.

    Dates are read in the usual ways of writing them, with or without a time. No cell is empty.

    Raises:
        DataError: neither dates nor numbers, or a cell is not; or a date could be read in two ways.
    """
    column = table.frame[name]
    if column.dtype.is_temporal():
        return _ranked(column.to_physical().to_numpy())
    _, bad = numbers(column, table.dialect.decimal)
    if column.dtype.is_numeric() or bad.mean() < 0.5:
        return _ranked(strict_numbers(table, name, table.dialect.decimal))
    text = column.cast(pl.String).str.replace(r"(\d)T(\d)", "${1} ${2}").str.replace("Z$", "+00:00")
    return _of_dates(table, name, text)


def _of_dates(table: Table, name: str, text: pl.Series) -> np.ndarray:
    tried = [(style, _read(text.head(_LOOKED_AT), style)) for style in _styles(text)]
    best = max((n for _, (_, n) in tried), default=0)
    if best * 2 < min(len(text), _LOOKED_AT):
        raise DataError(
            f"{table.name}: data.order names {quoted(name)}, which holds neither dates nor numbers,"
            f" such as {quoted(str(table.frame[name][0]))}."
        )
    readings = [_read(text, style) for style, (_, n) in tried if n == best]
    most = max(n for _, n in readings)
    found = [values for values, n in readings if n == most]
    if most < len(text):
        row = int(np.argmax(np.isnan(found[0])))
        raise DataError(
            f"{table.place(row, name)}: {quoted(str(table.frame[name][row]))} is not a date as the"
            " rest of the column is, and data.order cuts the rows by it. Mend it, or empty it to"
            " have the row left out."
        )
    orders = [_ranked(values) for values in found]
    if any(not np.array_equal(orders[0], order) for order in orders[1:]):
        raise DataError(
            f"{table.name}: dates such as {quoted(str(table.frame[name][0]))} in {quoted(name)} can"
            " be read day first or month first; write them as 2020-12-31."
        )
    return orders[0]


def _styles(text: pl.Series) -> list[str]:
    """The ways of writing that a first cell admits; all of them where it admits none."""
    every = [date + time for date, time in product(_DATES, _TIMES)]
    first = [style for style in every if _read(text.head(1), style)[1]]
    return first or every


def _read(text: pl.Series, style: str) -> tuple[np.ndarray, int]:
    """Microseconds, nan where a cell is not so written; and how many cells are."""
    if style == "%Y-%m":  # a month has no day to be read
        text, style = text + "-01", "%Y-%m-%d"
    try:
        moments = text.str.to_datetime(style, strict=False)
    except pl.exceptions.ComputeError:  # not one cell is so written
        return np.full(len(text), np.nan), 0
    values = moments.to_physical().cast(pl.Float64).to_numpy()
    return values, int(len(values) - np.isnan(values).sum())


def _ranked(values: np.ndarray) -> np.ndarray:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
