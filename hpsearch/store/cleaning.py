"""What of a run folder can be made again, or is of no use any more."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hpsearch.store.folder import RunFolder, trial_of_file


@dataclass(frozen=True)
class Litter:
    """What may go, of one kind."""

    kind: str
    """As a person reads it."""
    paths: tuple[Path, ...]
    """Files, and folders with all that is in them."""
    bytes: int

    def remove(self) -> None:
        """Take it away.

        Raises:
            OSError: something stays.
        """
        for path in self.paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def litter(folder: RunFolder, open_: Iterable[int], weights: bool) -> list[Litter]:
    """What may go of a run, by kind; nothing outside of the folder, and no link is followed.

    Args:
        open_: trials that are not over, whose checkpoints stay.
        weights: whether the best trials' weights may go, too.
    """
    kept = frozenset(open_)
    over = (p for p, number in _of_trials(folder.checkpoints) if number not in kept)
    kinds = {
        "prepared data": _within(folder.data),
        "scratch of workers": _within(folder.path / "tmp"),
        "checkpoints of finished trials": over,
        "half-written files": _half_written(folder),
    }
    if weights:
        kinds["weights of the best trials"] = (path for path, _ in _of_trials(folder.models))
    found = {kind: tuple(sorted(paths)) for kind, paths in kinds.items()}
    return [Litter(kind, paths, sum(map(_size, paths))) for kind, paths in found.items() if paths]


def _within(folder: Path) -> Iterator[Path]:
    if folder.is_dir() and not folder.is_symlink():
        yield from (path for path in folder.iterdir() if not path.is_symlink())


def _of_trials(folder: Path) -> Iterator[tuple[Path, int]]:
    for path in _within(folder):
        if (number := trial_of_file(path)) is not None and path.is_file():
            yield path, number


def _half_written(folder: RunFolder) -> Iterator[Path]:
    for place in (folder.path, folder.checkpoints, folder.models):
        yield from (p for p in _within(place) if p.suffix == ".new" and p.is_file())
    yield from (p for p in _within(folder.inbox) if p.name.startswith(".") and p.is_file())


def _size(path: Path) -> int:
    if not path.is_dir():
        return path.lstat().st_size
    files = (Path(top, name) for top, _, names in os.walk(path) for name in names)
    return sum(file.lstat().st_size for file in files)
