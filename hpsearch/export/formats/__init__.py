"""What results can be written as. One file a format; adding a file here is enough.

A file's name is the format's, as in `--to csv`, and its `EXPORTER` does the work. It is imported
when it is asked for, so what one of them needs costs the others nothing.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from hpsearch.errors import UsageError

if TYPE_CHECKING:
    from hpsearch.export.exporters import Exporter


def names() -> tuple[str, ...]:
    """Every format, in alphabetical order."""
    return tuple(sorted(found.name for found in iter_modules(__path__)))


def exporter(name: str) -> Exporter:
    """What writes a format.

    Raises:
        UsageError: there is no such format.
    """
    if name not in names():
        near = get_close_matches(name, names(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names())}."
        raise UsageError(f"--to {name}: there is no such format; {hint}")
    return import_module(f"{__name__}.{name}").EXPORTER
