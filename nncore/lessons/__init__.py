"""Twelve lessons, from one neuron to a search: read the file, run it, change a number, run again.

`python -m nncore.lessons` lists them, `python -m nncore.lessons 3` runs one, `all` runs all.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True)
class Lesson:
    """One file of this folder: what it derives stands at its top, and `main` prints it."""

    number: int
    """From 1, in the order they are read."""
    name: str
    """The module, such as `01_neuron`."""

    @property
    def module(self) -> ModuleType:
        """The lesson itself."""
        return import_module(f"{__name__}.{self.name}")

    @property
    def place(self) -> str:
        """Its file, as seen from the folder one is in where it lies below that."""
        file, here = Path(__path__[0]).resolve() / f"{self.name}.py", Path.cwd()
        return str(file.relative_to(here) if file.is_relative_to(here) else file)

    @property
    def title(self) -> str:
        """Its first line."""
        return (self.module.__doc__ or "").partition("\n")[0]

    def run(self) -> None:
        """Print what the lesson shows; takes at most a second or two."""
        self.module.main()


def lessons() -> tuple[Lesson, ...]:
    """All lessons in order."""
    names = (found.name for found in pkgutil.iter_modules(__path__))
    numbered = (name for name in names if name[:2].isdigit())
    return tuple(Lesson(int(name[:2]), name) for name in sorted(numbered))
