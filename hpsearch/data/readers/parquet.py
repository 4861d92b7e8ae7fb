"""Parquet: columns with types of their own."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from hpsearch.data.arrays import check_size
from hpsearch.data.nested import from_frame
from hpsearch.data.readers import reader
from hpsearch.data.rehearsal import rehearse
from hpsearch.data.table import Dialect, Table
from hpsearch.errors import DataError


@reader(".parquet")
@reader(".pq")
def read(path: Path, dialect: Dialect) -> Table:
    """Read every column; numbers as they are, words stripped, lists of one length as arrays.

    Raises:
        DataError: the file is damaged, or holds no rows.
    """
    rehearse(__name__, path)
    return from_frame(path.name, load(path), dialect)


def load(path: Path) -> pl.DataFrame:
    """The whole file as a frame.

    Raises:
        DataError: it is not a sound Parquet file.
    """
    size = path.stat().st_size
    try:
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        rows = int(lazy.select(pl.len()).collect().item())
        check_size(path.name, size, rows)  # a byte a row at least
        frame = lazy.collect()
        check_size(path.name, size, int(frame.estimated_size()))
        return frame
    except pl.exceptions.PolarsError as error:
        first = (str(error).splitlines() or ["it is damaged"])[0][:160].rstrip(".")
        raise DataError(f"{path.name} is not a sound Parquet file: {first}.") from None
