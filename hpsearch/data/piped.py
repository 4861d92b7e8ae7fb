"""Data that comes through a pipe: kept in a file of its own while it is read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from hpsearch.errors import DataError

STDIN = Path("-")
"""How a person says that data comes on standard input."""
_BEGINNINGS = {
    b"PAR1": ".parquet",
    b"\x93NUMPY": ".npy",
    b"PK\x03\x04": ".npz",
    b"\x89HDF": ".h5",
    b"{": ".jsonl",
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
}


@contextmanager
def kept(stream: BinaryIO) -> Iterator[Path]:
    """A file that holds all that comes, called by what it looks like; gone after the block.

    What begins like no other format is CSV.

    Raises:
        DataError: nothing came, or there is no room for it.
    """
    head = stream.read(4096)
    if not head.strip():
        raise DataError("stdin is empty: pipe rows into it, with a first row that names columns.")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    ending = next((kind for mark, kind in _BEGINNINGS.items() if start.startswith(mark)), ".csv")
    with TemporaryDirectory(prefix="hpsearch-") as folder:
        path = Path(folder) / f"stdin{ending}"
        try:
            with path.open("wb") as file:
                file.write(head)
                shutil.copyfileobj(stream, file, 1 << 20)
        except OSError as error:
            raise DataError(f"stdin cannot be kept while it is read: {error.strerror}.") from None
        yield path
