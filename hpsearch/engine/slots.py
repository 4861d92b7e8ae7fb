"""Who works in which slot: a shell, and its trainer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from hpsearch.engine.running import Running
from hpsearch.engine.wire import Peer
from hpsearch.study.events import Verdict

_FINAL: Mapping[str, int] = {"end": 1, "prune": 2}
"""Verdicts after which there is no going on, and which of them stands."""


@dataclass(frozen=True)
class Obituary:
    """How a trainer ended, in its shell's words."""

    code: int
    """The return code; negative: the signal that killed it."""
    log: str
    """The tail of its output."""

    def __str__(self) -> str:
        if self.code < 0:
            return f"its process was killed by signal {-self.code}"
        last = self.log.strip().splitlines()[-1:] or ["it said nothing"]
        return f"its process ended with code {self.code}: {last[0][:300]}"


@dataclass(eq=False)
class Trainer:
    """A trainer's connection."""

    peer: Peer
    slot: int
    pid: int
    host: str
    running: Running | None = None
    doomed: bool = False
    """Its process is being ended: it gets no other trial."""

    def tell(self, verdict: Verdict, why: str) -> None:
        """Say what becomes of its trial, without being asked. What ends it for good stands."""
        running = self.running
        assert running is not None
        if _FINAL.get(verdict, 0) < _FINAL.get(running.asked, 0):
            return
        running.asked, running.why, running.asked_at = verdict, why, time.monotonic()
        self.remind()

    def remind(self) -> None:
        """Say again what was asked: before the trial itself, or amid its data, it is not heard."""
        if self.running is not None and self.running.asked != "go on":
            head = {"number": self.running.number, "verdict": self.running.asked}
            self.peer.send({"kind": "verdict", **head})


@dataclass
class Slot:
    """One place where a trial can train."""

    number: int
    shell: Peer | None = None
    trainer: Trainer | None = None
    early_deaths: int = 0
    """Trainers in a row that ended before they took up a trial."""
    _obituaries: dict[int, asyncio.Future[Obituary | None]] = field(default_factory=dict)

    async def how_it_ended(self, pid: int, patience: float) -> Obituary | None:
        """The shell's word on its trainer's end; None where the shell is gone, too."""
        expected = self._expected(pid)
        try:
            if self.shell is None and not expected.done():
                return None  # it went first
            return await asyncio.wait_for(asyncio.shield(expected), patience)
        except TimeoutError:
            return None
        finally:
            self._obituaries.pop(pid, None)

    def ended(self, pid: int, obituary: Obituary) -> None:
        """The shell says how a trainer ended."""
        expected = self._expected(pid)
        if not expected.done():
            expected.set_result(obituary)

    def orphaned(self) -> None:
        """The shell is gone: nobody will say how its trainer ended."""
        self.shell = None
        for expected in self._obituaries.values():
            if not expected.done():
                expected.set_result(None)

    def _expected(self, pid: int) -> asyncio.Future[Obituary | None]:
        if pid not in self._obituaries:
            self._obituaries[pid] = asyncio.get_running_loop().create_future()
        return self._obituaries[pid]
