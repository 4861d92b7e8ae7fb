"""What is wrong with a study file, gathered so that a person reads all of it at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hpsearch.errors import StudyFileError
from hpsearch.study import places
from hpsearch.study.kinds import shown

_MOST = 30
"""Sentences shown; a file with more has one cause."""


@dataclass(frozen=True)
class Places:
    """Where values came from: a line of the file, or the command line."""

    path: Path
    lines: Mapping[places.Path, int] = field(default_factory=dict, repr=False)
    overrides: Mapping[str, object] = field(default_factory=dict)
    """Values given on the command line, by full name."""

    @property
    def file(self) -> str:
        """The file as a person here would call it."""
        try:
            near = os.path.relpath(self.path)
        except (OSError, ValueError):
            return str(self.path)
        return str(self.path) if near.startswith(os.pardir) else near

    def at(self, path: places.Path) -> tuple[int, str]:
        """The place of a key as a person finds it, and its rank among others."""
        for end in range(len(path), 1, -1):
            name = ".".join(map(str, path[:end]))
            if name in self.overrides:
                value = self.overrides[name]
                written = value if isinstance(value, str) else shown(value)
                return places.LARGEST, f"--set {name}={written}"
        line = places.line_of(self.lines, path)
        return (line, f"{self.file}:{line}") if line else (0, self.file)


class Mistakes:
    """A list of mistakes that grows while a file is read."""

    def __init__(self, places_: Places) -> None:
        self._places = places_
        self._found: list[tuple[int, str]] = []
        self.names: set[str] = set()
        """The keys that have a mistake, by full name."""

    def add(self, path: places.Path | str, *sentences: str, key: str | None = None) -> None:
        """Note what is wrong at a key.

        Args:
            path: where the key stands, or its full name.
            key: what to call it; None: by its full name. Empty where the sentence says it.
        """
        parts = tuple(path.split(".", 1)) if isinstance(path, str) else path
        name = ".".join(map(str, parts))
        self.names.add(name)
        order, place = self._places.at(parts)
        said = name if key is None else key
        for sentence in sentences:
            text = f"{place}: {said}: {sentence}" if said else f"{place}: {sentence}"
            self._found.append((order, printable(text)))

    def raise_if_any(self) -> None:
        """Say all of it, in the order of lines.

        Raises:
            StudyFileError: there is a mistake.
        """
        texts = _unique([text for _, text in sorted(self._found, key=lambda found: found[0])])
        if len(texts) > _MOST + 1:  # "and 1 more" would hide one behind a line as long
            texts = [*texts[:_MOST], f"{self._places.file}: and {len(texts) - _MOST} more."]
        if texts:
            raise StudyFileError("\n".join(texts))


def printable(text: str) -> str:
    """The text with every character that a terminal would act on written as its number."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def _unique(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))
