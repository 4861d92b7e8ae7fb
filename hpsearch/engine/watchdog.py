"""Trials that take too long, and trainers that say nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

from hpsearch.engine.engine import Engine
from hpsearch.engine.running import Running
from hpsearch.engine.slots import Trainer
from hpsearch.study.options import StudyOptions
from hpsearch.view.format import duration

STALL = 60.0
"""Seconds without an epoch that are never thought a stall, unless the study says so."""
FIRST = 600.0
"""The same before a trial's first epoch, whose length nobody knows."""
TIMES = 20.0
"""A stall lasts at least so many times the longest epoch."""
DEAF = 10.0
"""Seconds that a trainer may take to obey, or three of its epochs."""
NAP = 5.0
"""Seconds between two looks that say the engine itself was stopped, and heard nothing."""


class Watchdog:
    """Looks after the trials that run; asked about once a second."""

    def __init__(
        self, engine: Engine, options: StudyOptions, kill: Callable[[Trainer], None]
    ) -> None:
        """Begin; `kill` ends a trainer's process, and another takes its place."""
        self._engine, self._kill = engine, kill
        self._trial, self._stall = options.trial_timeout, options.stall_timeout
        self._looked = time.monotonic()

    def look(self) -> None:
        """End what is over its time, and kill what hangs."""
        now, before = time.monotonic(), self._looked
        self._looked = now
        for trainer in list(self._engine.trainers):
            if trainer.running is None:
                continue
            if now - before > NAP:
                trainer.running.heard = now
                trainer.running.began += now - before
            self._look_at(trainer, trainer.running, now)

    def _look_at(self, trainer: Trainer, running: Running, now: float) -> None:
        silent = now - running.heard
        if running.asked == "go on" and self._trial is not None:
            if running.before + now - running.began >= self._trial:
                trainer.tell("end", f"stopped at its limit of {duration(self._trial)}")
        elif running.asked != "go on" and self._deaf(running, now):
            self._engine.unheard(trainer)
            self._kill(trainer)
            return
        if silent > self._patience(running):
            self._engine.died(trainer, "died", f"no epoch for {duration(silent)}")
            self._kill(trainer)

    def _deaf(self, running: Running, now: float) -> bool:
        since = max(running.heard, running.asked_at)
        return now - since > max(DEAF, 3 * running.longest_epoch)

    def _patience(self, running: Running) -> float:
        if self._stall is not None:
            return self._stall
        if running.longest_epoch:
            return max(STALL, TIMES * running.longest_epoch)
        return max(FIRST, TIMES * self._engine.longest_epoch)
