"""What a trial printed and was warned of, a file a trial."""

from __future__ import annotations

from pathlib import Path

from hpsearch import faults
from hpsearch.errors import RunError


class TrialLogs:
    """`logs/trial-00042.log`; made when there is something to say."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, number: int, text: str) -> None:
        """Add what came out of a trial's trainer.

        Raises:
            RunError: the log cannot be written.
        """
        if not text.strip():
            return
        try:
            faults.at("write log")
            self._folder.mkdir(parents=True, exist_ok=True)
            with self.path(number).open("a", encoding="utf-8", errors="replace") as file:
                file.write(text if text.endswith("\n") else text + "\n")
        except OSError as error:
            why = error.strerror or error
            raise RunError(f"{self.path(number)} cannot be written: {why}.") from None

    def path(self, number: int) -> Path:
        """Where a trial's log is, or would be."""
        return self._folder / f"trial-{number:05d}.log"
