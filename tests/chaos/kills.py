"""kill -9 at random: the engine, its shells, its trainers, all at once; of dask, the scheduler."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

from hpsearch.store.reader import Reader
from tests.chaos.ground import Ground, Tried, outlived
from tests.chaos.processes import descendants, engine_of, kill, named, shells_of, trainers_of

SLOW = "slow trainer epoch 0.02"
"""Trials last without costing anything: neither now, nor when they are computed again."""


class Kills:
    """One study under fire."""

    def __init__(
        self,
        place: Path,
        trials: int,
        kills: int,
        epochs: int,
        seed: int,
        judged: str,
        backend: str = "loky",
    ) -> None:
        self.kills, self.random = kills, random.Random(seed)
        study = f'backend = "{backend}"'
        self.ground = Ground(place, trials, epochs, seed, judged, study)
        self.targets = ["engine", "shell", "trainer", "trainer"]
        # Of dask's semaphores no name tells whose they are: where those who take them away are
        # killed, too, nobody can.
        self.targets += ["scheduler" if backend == "dask" else "machine"]
        self.done: Counter[str] = Counter()
        self.per_trial: Counter[int] = Counter()
        self.left: list[str] = []

    def run(self, seconds: float = float("inf")) -> None:
        """Start the study, kill, and start it again until it is finished.

        Args:
            seconds: after so many, nothing more is killed.
        """
        until = time.monotonic() + seconds
        while (engine := self.ground.detach(SLOW)) is not None:
            while engine_of(self.ground.folder) == engine:
                if self.done.total() >= self.kills or time.monotonic() > until:
                    time.sleep(0.2)
                    continue
                time.sleep(self.random.uniform(0.2, 1.2))
                self.strike(engine)

    def strike(self, engine: int) -> None:
        """Kill one of the targets; of trainers, one whose trial was hit less than twice."""
        target = self.random.choice(self.targets)
        if target in ("engine", "machine"):
            below = [p.pid for p in descendants(engine)]
            for pid in (engine, *(below if target == "machine" else ())):
                kill(pid)
            self.done[target] += 1
            # With all at once, those that take shared memory away are gone; the next run does.
            self.left += outlived(below) if target == "machine" else self.ground.gone(below)
        elif target == "shell" and (shells := shells_of(engine)):
            kill(self.random.choice(shells))
            self.done["shell"] += 1
        elif target == "scheduler" and (schedulers := named(engine, "localcluster")):
            kill(schedulers[0])
            self.done["scheduler"] += 1
        elif trainers := trainers_of(engine):
            pid = self.random.choice(trainers)
            trial = self.trial_of(pid)
            if trial is None or self.per_trial[trial] < 2:
                kill(pid)
                self.done["trainer"] += 1
                if trial is not None:
                    self.per_trial[trial] += 1

    def trial_of(self, pid: int) -> int | None:
        """The trial a trainer has in hand, as far as the store knows."""
        with Reader(self.ground.folder) as reader:
            rows = reader._db.rows("SELECT trial FROM attempt WHERE pid = ? AND ended IS NULL", pid)
        return rows[0][0] if rows else None

    def violations(self) -> list[str]:
        """What is not as promised."""
        return [*self.left, *self.ground.violations()]


def random_kills(place: Path, seconds: float, seed: int) -> Tried:
    """As many as the time allows, over trials of a second."""
    trials = max(8, round(seconds))
    kills = Kills(place, trials, 1000, 60, seed, "validation = 0.2")
    kills.run(seconds * 0.6)
    what = ", ".join(f"{name} {count}" for name, count in sorted(kills.done.items()))
    return Tried("", kills.done.total(), trials, kills.violations(), what)
