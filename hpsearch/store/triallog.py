"""What a trial printed and was warned of, a file a trial."""

from __future__ import annotations

from pathlib import Path


class TrialLogs:
    """`logs/trial-00042.log`; made when there is something to say."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, number: int, text: str) -> None:
        """Add what came out of a trial's trainer."""
        if not text.strip():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.path(number).open("a", encoding="utf-8", errors="replace") as file:
            file.write(text if text.endswith("\n") else text + "\n")

    def path(self, number: int) -> Path:
        """Where a trial's log is, or would be."""
        return self._folder / f"trial-{number:05d}.log"
