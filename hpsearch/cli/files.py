"""Files that commands write: whole or not at all, and not by mistake over others."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from hpsearch import faults
from hpsearch.errors import UsageError

_OTHER_FORMATS = (".json", ".jsonl", ".xlsx", ".xls", ".npz", ".npy", ".feather")


def refuse_to_replace(path: Path, force: bool) -> None:
    """Refuse a file that is there already.

    Raises:
        UsageError: it is, and `force` is not given; or it is a folder.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it with -o.")
    if path.exists() and not force:
        raise UsageError(f"{path} is there already; --force replaces it, -o names another.")


def check_table_output(path: Path, read: Path) -> None:
    """Refuse a table's file that is the one read from, or of a format that is not written.

    Raises:
        UsageError: it is.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it with -o.")
    if path.suffix.lower() in _OTHER_FORMATS:
        raise UsageError(
            f"{path}: predictions are written as CSV or Parquet; name a .csv or .parquet file"
            " with -o."
        )
    if path.exists() and read.exists() and path.samefile(read):
        raise UsageError(f"{path} is the data itself; name another file with -o.")


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8: see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one piece: see `write_pieces`."""
    write_pieces(path, (content,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file beside and rename it when its last piece has come: nobody sees a part of it.

    Raises:
        UsageError: it cannot be written.
    """
    pieces = iter(pieces)
    first = next(pieces, b"")  # nothing is made on disk before there is something to write
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # a pipe or a device takes what it is given
            with path.open("wb") as file:
                file.writelines(chain((first,), pieces))
            return
        path = path.resolve()
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with aside.open("xb") as file:
                faults.at("write export")
                file.writelines(chain((first,), pieces))
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from None
