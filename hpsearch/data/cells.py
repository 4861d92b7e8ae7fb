"""Text to numbers, strictly: a cell is a number, empty, or named in an error."""

from __future__ import annotations

import numpy as np
import polars as pl

from hpsearch.data.table import Table, quoted
from hpsearch.errors import DataError

LARGEST = float(np.finfo(np.float32).max)
"""What networks compute with holds no more; 1e400 would quietly become infinite."""

WORDS = (("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"))
"""How a boolean is written: the words for 0 and 1."""


def numbers(column: pl.Series, decimal: str | None = ".") -> tuple[pl.Series, pl.Series]:
    """The column as Float64 with nulls for empty cells, and a mask of cells that are no numbers.

    A cell is a number if it is written as one and fits: 1e400, nan and inf are not.
    """
    if column.dtype.is_float():
        column = column.fill_nan(None)  # in arrays, nan is how an empty cell is written
    text = column
    if column.dtype == pl.String and decimal not in (None, "."):
        # A point in a file of decimal commas groups thousands, or is a slip: not a number.
        text = text.str.replace_all(".", "?", literal=True)
        text = text.str.replace_all(decimal, ".", literal=True)
    elif not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.String)):
        text = column.cast(pl.String)
    values = text.cast(pl.Float64, strict=False)
    fits = (values.is_not_nan() & (values.abs() <= LARGEST)).fill_null(False)
    bad = ~fits & column.is_not_null()
    return values.set(bad, None) if bad.any() else values, bad


def strict_numbers(table: Table, name: str, decimal: str | None) -> pl.Series:
    """A column of numbers.

    Raises:
        DataError: a cell is not a number; names file, row, column and the way out.
    """
    column = table.frame[name]
    values, bad = numbers(column, decimal)
    if bad.any():
        row = int(bad.arg_max() or 0)
        raise _bad_cell(table, name, row, int(bad.sum()), _number(decimal), decimal)
    return values


def strict_booleans(table: Table, name: str, words: tuple[str, str]) -> pl.Series:
    """A column of two words as 0.0 and 1.0, nulls for empty cells.

    Raises:
        DataError: a cell is neither word.
    """
    column = table.frame[name]
    if column.dtype == pl.Boolean:
        return column.cast(pl.Float64)
    text = column.cast(pl.String).str.to_lowercase()
    bad = ~text.is_in(words).fill_null(True)
    if bad.any():
        row = int(bad.arg_max() or 0)
        raise _bad_cell(table, name, row, int(bad.sum()), f"{words[0]} or {words[1]}", None)
    return (text == words[1]).cast(pl.Float64)


def _number(decimal: str | None) -> str:
    return "a number" if decimal in (None, ".") else f"a number with a decimal {quoted(decimal)}"


def _bad_cell(
    table: Table, name: str, row: int, count: int, wanted: str, decimal: str | None
) -> DataError:
    cell = str(table.frame[name][row])
    others = f" and {count - 1:,} more such" if count > 1 else ""
    if _is_huge(cell, decimal):
        what = "is too large to compute with (at most 3.4e38)"
    else:
        what = f"is not {wanted}, as the rest of the column is"
    return DataError(
        f"{table.place(row, name)}: {quoted(cell)}{others} {what}. Mend it, name it in"
        f" data.null_values to have it read as empty, or leave the column out with data.drop."
    )


def _is_huge(cell: str, decimal: str | None) -> bool:
    try:
        return abs(float(cell.replace(decimal or ".", "."))) > LARGEST
    except (ValueError, OverflowError):
        return False
