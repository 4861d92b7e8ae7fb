"""Files of numbers and words. One file a format; adding a file here is enough."""

from __future__ import annotations

import stat
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from hpsearch.data.table import Dialect, Table, quoted
from hpsearch.errors import DataError
from nncore.registry import Registry

Reader = Callable[[Path, Dialect], Table]
"""Reads the file at a path. What the dialect leaves open is guessed and said in the notes."""

reader: Registry[Reader] = Registry("data format")
"""By suffix, in lower case: `@reader(".csv")` above a function makes a format known."""


def read(path: Path, dialect: Dialect | None = None) -> Table:
    """Read a file with the reader for its suffix.

    Raises:
        DataError: no such file or format, or the file is not what it claims to be.
    """
    _load_all()
    suffix = path.suffix.lower()
    if suffix not in reader:
        raise DataError(
            f"{quoted(path.name)} is not a kind of file that can be read here."
            f" Known: {', '.join(sorted(reader))}."
        )
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise DataError(f"There is no file {quoted(str(path), 200)}.{_nearest(path)}") from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}.") from None
    except ValueError:  # a NUL in the name
        raise DataError(f"{quoted(str(path))} is not a path.") from None
    if not stat.S_ISREG(mode):
        raise DataError(f"{quoted(str(path), 200)} is not a file of data; name one file.")
    try:
        return reader[suffix](path, dialect or Dialect())
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from None
    except MemoryError:
        raise DataError(f"{path.name} does not fit in memory; take fewer rows.") from None


def _nearest(path: Path) -> str:
    try:
        beside = [file.name for file in path.parent.iterdir() if file.is_file()]
    except OSError:
        return f" There is no folder {quoted(str(path.parent), 200)} either."
    near = get_close_matches(path.name, beside, n=1)
    return f" Did you mean {quoted(near[0])}?" if near else ""


@cache
def _load_all() -> None:
    """Import each module beside this one, for the formats it registers."""
    for found in iter_modules(__path__):
        import_module(f"{__name__}.{found.name}")
