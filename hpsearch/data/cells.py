"""Text to numbers, strictly: a cell is a number, empty, or named in an error."""

from __future__ import annotations

import numpy as np
import polars as pl

from hpsearch.data.table import Table, quoted
from hpsearch.errors import DataError

LARGEST = float(np.finfo(np.float32).max)
"""What networks compute with holds no more; 1e400 would quietly become infinite."""

_ROWS = 1024
"""Rows of arrays looked at together."""

WORDS = (("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"))
"""How a boolean is written: the words for 0 and 1."""


def numbers(column: pl.Series, decimal: str | None = ".") -> tuple[np.ndarray, np.ndarray]:
    """The column as float64 with nan for empty cells, and a mask of cells that are no numbers.

    A cell is a number if it is written as one and fits: 1e400, nan and inf are not. In columns
    that are numbers already, nan is how an empty cell is written.
    """
    text = column
    if column.dtype == pl.String and decimal not in (None, "."):
        # A point in a file of decimal commas groups thousands, or is a slip: not a number.
        text = text.str.replace_all(".", "?", literal=True)
        text = text.str.replace_all(decimal, ".", literal=True)
    elif not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.String)):
        text = column.cast(pl.String)
    values = text.cast(pl.Float64, strict=False).to_numpy()
    fits = np.abs(values) <= LARGEST
    if fits.all():  # numpy from here: on thousands of columns polars takes ten times as long
        return values, ~fits
    bad = ~fits & column.is_not_null().to_numpy()
    if column.dtype.is_float():
        bad &= ~np.isnan(values)
    return np.where(bad, np.nan, values), bad


def strict_numbers(table: Table, name: str, decimal: str | None) -> np.ndarray:
    """A column of numbers, float64 with nan for empty cells.

    Raises:
        DataError: a cell is not a number; names file, row, column and the way out.
    """
    values, bad = numbers(table.frame[name], decimal)
    if bad.any():
        raise _bad_cell(table, name, bad, _number(decimal), decimal)
    return values


def strict_booleans(table: Table, name: str, words: tuple[str, str]) -> np.ndarray:
    """A column of two words as 0.0 and 1.0, nan for empty cells.

    Raises:
        DataError: a cell is neither word.
    """
    column = table.frame[name]
    if column.dtype == pl.Boolean:
        return column.cast(pl.Float64).to_numpy()
    text = column.cast(pl.String).str.to_lowercase()
    bad = ~text.is_in(words).fill_null(True)
    if bad.any():
        raise _bad_cell(table, name, bad.to_numpy(), f"{words[0]} or {words[1]}", None)
    return (text == words[1]).cast(pl.Float64).to_numpy()


def strict_block(table: Table, name: str, size: int) -> pl.Series:
    """A column of arrays, as it is: each of `size` numbers; nan where one is missing.

    Raises:
        DataError: arrays of another size, or a number too large to compute with.
    """
    column = table.frame[name]
    if not isinstance(column.dtype, pl.Array):
        raise DataError(
            f"{table.name}: column {quoted(name)} holds one value a row, where the model was"
            f" trained on arrays of {size:,} numbers."
        )
    if column.dtype.size != size:
        raise DataError(
            f"{table.name}: each row holds {column.dtype.size:,} numbers in {quoted(name)}, but the"
            f" model was trained on {size:,}."
        )
    values = column.to_numpy()
    if values.dtype.kind == "f":
        for row in range(0, len(values), _ROWS):
            huge = np.abs(values[row : row + _ROWS]) > LARGEST
            if huge.any():
                at, feature = (int(i) for i in np.argwhere(huge)[0])
                raise DataError(
                    f"{table.place(row + at, name)}, number {feature:,} is"
                    f" {values[row + at, feature]}, too large to compute with (at most 3.4e38)."
                    " Mend it, or leave the row out."
                )
    return column


def _number(decimal: str | None) -> str:
    return "a number" if decimal in (None, ".") else f"a number with a decimal {quoted(decimal)}"


def _bad_cell(
    table: Table, name: str, bad: np.ndarray, wanted: str, decimal: str | None
) -> DataError:
    row, count = int(bad.argmax()), int(bad.sum())
    cell = str(table.frame[name][row])
    others = f" and {count - 1:,} more such" if count > 1 else ""
    if _is_huge(cell, decimal):
        what = "is too large to compute with (at most 3.4e38)"
    else:
        what = f"is not {wanted}, as the rest of the column is"
    return DataError(f"{table.place(row, name)}: {quoted(cell)}{others} {what}. {table.mend}")


def _is_huge(cell: str, decimal: str | None) -> bool:
    try:
        return abs(float(cell.replace(decimal or ".", "."))) > LARGEST
    except (ValueError, OverflowError):
        return False
