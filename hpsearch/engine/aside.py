"""Files that are there whole or not at all: written beside their place, and renamed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from hpsearch import faults
from hpsearch.errors import RunError


def write_aside(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        RunError: the disk is full, or gone. What was there stays.
    """
    aside = path.with_suffix(".new")
    try:
        path.parent.mkdir(exist_ok=True)  # not those above: a run that was deleted stays so
        with aside.open("wb") as file:
            faults.at("write file")
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        faults.at("file aside")
        aside.replace(path)
        faults.at("file renamed")
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise RunError(f"{path} cannot be written: {error.strerror or error}.") from None
