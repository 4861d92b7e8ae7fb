"""Predictions beside columns of the data they were made for, as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from io import BytesIO

import polars as pl

from hpsearch.data.arrays import FILE
from hpsearch.errors import UsageError

PARQUET = (".parquet", ".pq")
"""How the names of files end that are written as Parquet; all others are CSV."""


def beside(
    frame: pl.DataFrame, predicted: pl.DataFrame, keep: Sequence[str], keep_all: bool, name: str
) -> pl.DataFrame:
    """The kept columns of a table, in the order asked for, and the predictions behind them.

    Where each row was read from a file of its own, that stands in front unasked.

    Raises:
        UsageError: a column to keep is not there, or is called like one that is predicted.
    """
    arrays = [column for column, dtype in frame.schema.items() if isinstance(dtype, pl.Array)]
    every = [column for column in frame.columns if column not in arrays]
    named = [FILE] if arrays and FILE in every else []
    wanted = list(dict.fromkeys([*named, *keep, *(every if keep_all else ())]))
    for column in wanted:
        if column not in frame.columns:
            near = get_close_matches(column, frame.columns, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(frame.columns)}."
            raise UsageError(f"--keep {column}: {name} has no such column; {hint}")
        if column in arrays:
            raise UsageError(f"--keep {column}: it holds arrays, which a table of cells cannot.")
        if column in predicted.columns:
            raise UsageError(
                f"{name} has a column {column!r}, and so have the predictions; rename it, or "
                "keep others with --keep."
            )
    return pl.concat([frame.select(wanted), predicted], how="horizontal")


def as_csv(tables: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """With a header row, commas and UTF-8; nothing where there is no value."""
    for at, table in enumerate(tables):
        yield table.write_csv(include_header=at == 0).encode("utf-8")


def as_parquet(tables: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """One file of all of them: they are held until the last has come."""
    content = BytesIO()
    # relaxed, as each piece of a file of JSON lines has the types of its own cells
    pl.concat(tables, how="vertical_relaxed").write_parquet(content)
    yield content.getvalue()
