"""Files of numbers and words. One file a format; adding a file here is enough."""

from __future__ import annotations

import stat
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from hpsearch.data.table import Dialect, Table, listed, quoted
from hpsearch.errors import DataError
from nncore.registry import Registry

Reader = Callable[[Path, Dialect], Table]
"""Reads what is at a path. What the dialect leaves open is guessed and said in the notes."""

reader: Registry[Reader] = Registry("data format")
"""By how a file's name ends, in lower case: `@reader(".csv")` above a function makes a format
known. The longest ending counts."""

folder: Registry[Reader] = Registry("folder of data")
"""By how the name of a file in the folder ends, in lower case; "/" stands for folders in it."""


def read(path: Path, dialect: Dialect | None = None) -> Table:
    """Read a file, or a folder, with the reader for its kind.

    Raises:
        DataError: no such file or format, or the file is not what it claims to be.
    """
    _load_all()
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            kind = _of_folder(path)
        else:
            kind = _of_file(path)
            if not stat.S_ISREG(mode):
                raise DataError(f"{quoted(str(path), 200)} is not a file of data; name one file.")
        return kind(path, dialect or Dialect())
    except FileNotFoundError:
        _of_file(path)  # a format that is not known is said first
        raise DataError(f"There is no file {missing(path)}") from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from None
    except MemoryError:
        raise DataError(f"{path.name} does not fit in memory; take fewer rows.") from None
    except ValueError as error:  # a NUL in the name
        if "\0" not in str(path):
            raise
        raise DataError(f"{quoted(str(path))} is not a path ({error}).") from None


def endings() -> tuple[str, ...]:
    """How the names of files end that can be read."""
    _load_all()
    return tuple(sorted(reader))


def _of_file(path: Path) -> Reader:
    name = path.name.lower()
    fits = [ending for ending in reader if name.endswith(ending)]
    if not fits:
        raise DataError(
            f"{quoted(path.name)} is not a kind of file that can be read here."
            f" Known: {', '.join(sorted(reader))}."
        )
    return reader[max(fits, key=len)]


def _of_folder(path: Path) -> Reader:
    """The kind whose files are in it; folders count where no file does."""
    inside = [one.name.lower() + "/" * one.is_dir() for one in path.iterdir()]
    for ending in sorted(folder, key="/".__eq__):
        if any(name.endswith(ending) and not name.startswith(".") for name in inside):
            return folder[ending]
    raise DataError(
        f"{quoted(str(path), 200)} is not a file of data, nor a folder of images by class, of IDX,"
        " HDF5 or npy files; name one file."
    )


def missing(path: Path) -> str:
    """A file that is not there, and what is: the one of nearly that name, or those beside."""
    said = f"{quoted(str(path), 200)}."
    try:
        beside = sorted(file.name for file in path.parent.iterdir() if file.is_file())
    except (OSError, ValueError):  # no folder, or a NUL in its name
        return f"{said} There is no folder {quoted(str(path.parent), 200)} either."
    if near := get_close_matches(path.name, beside, n=1):
        return f"{said} Did you mean {quoted(near[0])}?"
    readable = [name for name in beside if name.lower().endswith(endings())]
    return f"{said} In its folder: {listed(readable, 4)}." if readable else said


@cache
def _load_all() -> None:
    """Import each module beside this one, for the formats it registers."""
    for found in iter_modules(__path__):
        import_module(f"{__name__}.{found.name}")
