"""Columns with types of their own, of files and frames, as columns a table can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from hpsearch.data.table import Dialect, Table, counted, quoted
from hpsearch.data.text import tidied
from hpsearch.errors import DataError

_WIDEST = 1_000_000


def from_frame(name: str, frame: pl.DataFrame, dialect: Dialect) -> Table:
    """A table of a frame: numbers as they are, words stripped, lists of one length as arrays.

    Raises:
        DataError: the frame has no rows.
    """
    if frame.height == 0:
        raise DataError(f"{name} has {counted(frame.width, 'column')}, and no rows.")
    frame, left_out = flat(frame)
    frame, said = tidied(frame, dialect.nothing)
    note = f"{name}: {counted(frame.height, 'row')} × {counted(frame.width, 'column')}."
    settled = Dialect(null_values=dialect.null_values)
    notes = (note, *told(left_out), *said)
    return Table(name, frame, settled, notes, left_out=left_out, first_row=1)


def flat(frame: pl.DataFrame) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """Lists of numbers, all of one length, as arrays; and what each column left out holds.

    Numbers, booleans, words and dates stay as they are; durations become seconds.
    """
    kept: list[pl.Series] = []
    left_out: dict[str, str] = {}
    for column in frame.get_columns():
        one = _usable(column)
        if isinstance(one, str):
            left_out[column.name] = one
        else:
            kept.append(one.alias(column.name))
    return pl.DataFrame(kept), left_out


def told(left_out: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each column that is left out."""
    for name, what in left_out.items():
        yield f"Column {quoted(name)} is left out: it holds {what}."


def _usable(column: pl.Series) -> pl.Series | str:
    """The column in a type that can be used, or what it holds instead."""
    dtype = column.dtype
    if isinstance(dtype, (pl.List, pl.Array)):
        return _as_arrays(column)
    if isinstance(dtype, (pl.Categorical, pl.Enum)) or dtype == pl.Null:
        return column.cast(pl.String)
    if dtype == pl.Duration:
        return column.dt.total_microseconds().cast(pl.Float64) / 1e6
    if isinstance(dtype, pl.Decimal):
        return column.cast(pl.Float64)
    if dtype.is_numeric() or dtype.is_temporal() or dtype in (pl.String, pl.Boolean):
        return column
    return {pl.Binary: "bytes", pl.Struct: "records; unnest them first"}.get(
        dtype.base_type(), f"{dtype}, which is neither numbers nor words"
    )


def _as_arrays(column: pl.Series) -> pl.Series | str:
    inner = column.dtype.inner  # type: ignore[attr-defined]  # of a list or an array
    if not inner.is_numeric() or isinstance(inner, pl.Decimal):
        return "lists of something else than numbers"
    lengths = (column.list if column.dtype == pl.List else column.arr).len()
    widths = lengths.unique()
    if column.null_count() or len(widths) != 1 or not 1 <= widths[0] <= _WIDEST:
        return "lists of different lengths" if len(widths) > 1 else "empty lists"
    width = int(widths[0])
    numbers = column.explode()
    if not numbers.null_count():
        return column.cast(pl.Array(inner, width))
    return numbers.cast(pl.Float64).fill_null(float("nan")).reshape((len(column), width))
