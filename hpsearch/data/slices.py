"""Parquet files and JSON lines, some rows at a time: what `pieces` makes tables of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from hpsearch.data.arrays import check_size
from hpsearch.errors import DataError

IN_MEMORY = 8 << 20
"""Bytes of a slice of a Parquet file, unpacked."""
_SAMPLE = 256
"""Rows that tell how many bytes one has."""
_MARK = b"\xef\xbb\xbf"


def frames(path: Path, at_once: int = IN_MEMORY) -> Iterator[pl.DataFrame]:
    """A Parquet file's rows in order, in slices of about so many bytes; none of a file of none.

    Raises:
        DataError: it is not a sound Parquet file, or unpacks to far more than its size.
    """
    size = path.stat().st_size
    try:
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        rows = int(lazy.select(pl.len()).collect().item())
        check_size(path.name, size, rows)  # a byte a row at least
        sample = lazy.head(_SAMPLE).collect()
        step = max(1, at_once * sample.height // max(1, int(sample.estimated_size())))
        unpacked = 0
        for start in range(0, rows, step):
            frame = lazy.slice(start, step).collect()
            unpacked += int(frame.estimated_size())
            check_size(path.name, size, unpacked)
            yield frame
    except pl.exceptions.PolarsError as error:
        first = (str(error).splitlines() or ["it is damaged"])[0][:160].rstrip(".")
        raise DataError(f"{path.name} is not a sound Parquet file: {first}.") from None


def load(path: Path) -> None:
    """Unpack all of a Parquet file, and keep nothing: a rehearsal.

    Raises:
        DataError: as `frames`.
    """
    for _ in frames(path):
        pass


def lines(file: BinaryIO, at_once: int) -> Iterator[str]:
    """A text's lines, about so many bytes of them at a time.

    Blank lines at the file's end are left out; all others stay where they are.
    """
    rest = file.read(len(_MARK)).removeprefix(_MARK)
    while some := file.read(at_once):
        rest += some
        # The last line that is not blank waits for what follows it.
        if end := rest.rstrip().rfind(b"\n") + 1:
            yield rest[: end - 1].decode()
            rest = rest[end:]
    if rest := rest.rstrip():
        yield rest.decode()
