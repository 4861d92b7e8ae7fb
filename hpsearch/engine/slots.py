"""Who works in which slot: a shell, its trainer, and the trial in hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from hpsearch.engine.wire import Peer
from hpsearch.store.past import Best
from hpsearch.study.events import EpochDone, State, Verdict

LOG_LINES, LOG_CHARACTERS = 3, 500
"""So much of a failed trial's log stands in its reason."""
_FINAL: Mapping[str, int] = {"end": 1, "prune": 2}
"""Verdicts after which there is no going on, and which of them stands."""


@dataclass
class Running:
    """A trial in a trainer's hands."""

    number: int
    metric: str
    ascending: bool
    """Whether a smaller value is better."""
    seconds: float = 0.0
    """Inside training, all attempts together, as far as is known."""
    best: Best | None = None
    epochs: int = 0
    """Done."""
    asked: Verdict = "go on"
    """What a person, or a budget, wants of it and it has not yet done."""
    why: str = ""
    """How that is told when it is done."""
    asked_at: float = 0.0
    """When it was asked, on the monotonic clock."""
    longest_epoch: float = 0.0
    """Seconds."""
    began: float = field(default_factory=time.monotonic)
    """When it was handed over; `seconds` were spent before. On the monotonic clock, as is:"""
    heard: float = field(default_factory=time.monotonic)
    """When its trainer last said something."""
    before: float = field(init=False)
    """Seconds spent on it before this attempt."""

    def __post_init__(self) -> None:
        self.before = self.seconds

    def take(self, epochs: tuple[EpochDone, ...]) -> None:
        """Take in some epochs."""
        self.epochs = epochs[-1].number
        self.heard = time.monotonic()
        for epoch in epochs:
            self.seconds += epoch.seconds
            self.longest_epoch = max(self.longest_epoch, epoch.seconds)
            self._consider(epoch.number, epoch.figures)

    def ended(self, state: State, reason: str, pruner: str) -> tuple[State, str]:
        """How it ended and why, by its trainer's word and by what was asked of it."""
        if self.asked == "prune" and state in ("pruned", "complete"):
            return "pruned", self.told()  # a person's word, though it came too late
        if state == "pruned":
            return state, f"{reason} by the {pruner} pruner"
        if self.asked == "end" and reason.startswith("ended"):
            return state, self.told()
        return state, reason

    def told(self) -> str:
        """What was asked of it, and how far it had come."""
        if not self.epochs:
            return f"{self.why}, before its first epoch was over"
        return f"{self.why}, after epoch {self.epochs}"

    def _consider(self, number: int, figures: Mapping[str, float]) -> None:
        value = figures.get(self.metric)
        if value is None:
            return
        if self.best is None or (
            value < self.best.value if self.ascending else value > self.best.value
        ):
            self.best = Best(number, value, dict(figures))


def with_log(reason: str, log: str) -> str:
    """Why a trial failed, in one line, with what its log says at its end beside that."""
    lines = [" ".join(line.split()) for line in log.splitlines()]
    lines = [line for line in lines if line and line[:100] not in reason][-LOG_LINES:]
    return f"{reason}; its log ends: {' | '.join(lines)[-LOG_CHARACTERS:]}" if lines else reason


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
        try:
            return await asyncio.wait_for(asyncio.shield(self._expected(pid)), patience)
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
