"""How much memory each worker's trainer is in, where it is a process of this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping

from hpsearch.memory import resident
from hpsearch.store.reader import Reader
from hpsearch.store.records import TrialRecord

SECONDS = 1.0
"""How old the figures may be."""


class Trainers:
    """The trainers at work."""

    def __init__(self) -> None:
        self._host = socket.gethostname()
        self._pids: dict[tuple[int, int], int | None] = {}
        """By trial and attempt; None for one of another machine."""
        self._told: tuple[float, Mapping[int, int]] = (0.0, {})
        """When memory was read last, and what it was."""

    def memory(
        self, reader: Reader, running: Iterable[TrialRecord], now: float
    ) -> Mapping[int, int]:
        """Bytes by worker; a worker that is idle, or elsewhere, is not among them.

        Args:
            now: Unix seconds.
        """
        if abs(now - self._told[0]) >= SECONDS:
            known, self._pids = self._pids, {}
            found: dict[int, int] = {}
            for trial in running:
                key = (trial.number, trial.attempt)
                pid = known[key] if key in known else self._pid(reader, trial)
                self._pids[key] = pid
                if pid is not None and trial.slot is not None and (size := resident(pid)):
                    found[trial.slot] = size
            self._told = (now, found)
        return self._told[1]

    def _pid(self, reader: Reader, trial: TrialRecord) -> int | None:
        latest = reader.attempts(trial.number)[-1:]
        ours = [one.pid for one in latest if one.host == self._host and one.ended is None]
        return ours[0] if ours else None
