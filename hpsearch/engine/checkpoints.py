"""The folder of a run in which the checkpoints of its trials are."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from hpsearch import faults
from hpsearch.engine.aside import write_aside
from hpsearch.engine.checkpoint import Checkpoint
from hpsearch.store.folder import file_of_trial


class Checkpoints:
    """The checkpoints of a run, one a trial."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tidy(self, open_: Collection[int]) -> None:
        """Forget what a crash left: checkpoints of trials that are over, and halves of files."""
        wanted = {self._path(number) for number in open_}
        for path in self._folder.glob("trial-*"):
            if path not in wanted:
                path.unlink(missing_ok=True)

    def write(self, number: int, data: bytes) -> None:
        """Keep a trial's checkpoint."""
        faults.at("trial checkpointed")
        write_aside(self._path(number), data)

    def read(self, number: int) -> tuple[int, bytes]:
        """A trial's epochs and checkpoint; (0, b"") where it has none that is whole."""
        try:
            data = self._path(number).read_bytes()
        except OSError:
            return 0, b""
        found = Checkpoint.from_bytes(data)
        return (0, b"") if found is None else (found.epoch, data)

    def remove(self, number: int) -> None:
        """Forget a trial's checkpoint: it is over."""
        faults.at("trial closed")
        self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._folder / file_of_trial(number)
