"""A study of short trials in a folder of its own, run by the real command, and what it promised."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import NotYet, Reader
from tests.chaos.processes import alive, engine_of, processes
from tests.chaos.recompute import Recomputer
from tests.chaos.shared import Shared

STAYS = 10.0
"""Seconds after the end of an engine: what of it is there even then, stays. How soon it is gone is
measured in more.py."""

STUDY = """
[study]
name = "chaos"
trials = {trials}
seed = {seed}
workers = {workers}
{study}

[data]
source = "sklearn:iris"
test = 0.2
{judged}

[network]
layer_dims = {{ depth = [1, 2], width = [8, 32], log = true }}
activation = {{ choice = ["relu", "tanh"] }}

[training]
early_stopping = 0
epochs = {epochs}
mini_batch_size = {{ choice = [32, 64] }}
learning_rate = {{ float = [1e-4, 1e-1], log = true }}
regularization = {{ choice = ["none", "l2", "dropout"] }}
lambd = {{ float = [0.01, 10.0], log = true }}
keep_prob = {{ float = [0.6, 0.95] }}
"""


@dataclass
class Tried:
    """One row of the table: a fault, how often it was tried, and what was not as promised."""

    fault: str
    times: int = 0
    trials: int = 0
    violations: list[str] = field(default_factory=list)
    figure: str = ""
    """What was measured."""


class Ground:
    """Where one study is run."""

    def __init__(
        self,
        place: Path,
        trials: int = 4,
        epochs: int = 10,
        seed: int = 0,
        judged: str = "validation = 0.2",
        study: str = "",
        workers: int = 2,
    ) -> None:
        self.place, self.trials, self.seed = place, trials, seed
        place.mkdir(parents=True, exist_ok=True)
        self.folder = RunFolder(place / "runs" / "chaos")
        self.study = place / "chaos.toml"
        words: dict[str, Any] = {"trials": trials, "epochs": epochs, "seed": seed}
        self.study.write_text(STUDY.format(**words, judged=judged, study=study, workers=workers))
        self.shared = Shared(place / "shm")

    def run(self, *words: str, faults: str = "") -> subprocess.CompletedProcess[str]:
        """Run the study to its end, in the foreground."""
        return self.command("run", str(self.study), *words, faults=faults)

    def command(self, *words: str, faults: str = "") -> subprocess.CompletedProcess[str]:
        """Any command."""
        return subprocess.run(
            [*self.shared.words, sys.executable, "-m", "hpsearch", *words],
            cwd=self.place,
            env=environment(self.place, faults),
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )

    def detach(self, faults: str = "") -> int | None:
        """An engine at work, as its process id; None where nothing is left to do."""
        if self.state() == "finished":
            return None  # another engine would say so, too, and look for a second as if at work
        done = self.run("--detach", faults=faults)
        if done.returncode:
            raise SystemExit(f"run failed: {done.stderr}")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            engine = engine_of(self.folder)
            if engine is not None:
                return engine
            if self.state() == "finished":
                return None
            time.sleep(0.05)
        raise SystemExit("no engine after a minute")

    def state(self) -> str:
        """As stored; empty where an engine was killed before it had written anything."""
        try:
            with Reader(self.folder) as reader:
                return reader.study().state
        except NotYet:
            return ""

    def violations(self) -> list[str]:
        """What is not as promised of a study that has finished."""
        with Reader(self.folder) as reader:
            trials = reader.trials()
        found = []
        numbers = sorted(trial.number for trial in trials)
        if numbers != list(range(self.trials)):
            found.append(f"numbers {numbers}")
        found += [f"#{t.number} is {t.state}" for t in trials if t.state in ("running", "waiting")]
        found += [f"#{t.number} failed: {t.reason}" for t in trials if t.state == "failed"]
        if len({str(sorted(t.params.items())) for t in trials}) != len(trials):
            found.append("a configuration was run twice")
        again = Recomputer(self.folder)
        for trial in trials:
            if trial.state in ("complete", "pruned"):
                said = (trial.value, trial.best_epoch, trial.epochs)
                computed = again.value(trial)
                if computed != said:
                    found.append(f"#{trial.number}: stored {said}, recomputed {computed}")
        half = [*self.folder.path.glob("**/*.new"), *self.folder.checkpoints.glob("*")]
        found += [f"{path.name} is left" for path in half]
        return found + self.kept()

    def gone(self, pids: Sequence[int], seconds: float = STAYS) -> list[str]:
        """What is there so many seconds after the engine has ended: processes, shared memory."""
        until = time.monotonic() + seconds
        found = outlived(pids, seconds)
        return found + self.kept(max(0.1, until - time.monotonic()))

    def kept(self, seconds: float = STAYS) -> list[str]:
        """Files of shared memory that nobody takes away within so many seconds."""
        await_(lambda: not self.shared.left(), seconds)
        return [f"/dev/shm/{name} is left" for name in self.shared.left()]


def environment(place: Path, faults: str = "") -> dict[str, str]:
    """Of a command: nothing of the person's who runs this, and perhaps a plan of faults."""
    words = {"HPSEARCH_RUNS": str(place / "runs"), "NO_COLOR": "1", "COLUMNS": "200"}
    return {**os.environ, **words, **({"HPSEARCH_FAULTS": faults} if faults else {})}


def await_(true: Callable[[], bool], seconds: float) -> float | None:
    """How long something took to become true; None where it did not."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            return None
        time.sleep(0.05)
    return time.monotonic() - began


def outlived(pids: Sequence[int], seconds: float = STAYS) -> list[str]:
    """Which processes are there after so many seconds, though their engine is gone."""
    if await_(lambda: not any(alive(pid) for pid in pids), seconds) is not None:
        return []
    there = [p for p in processes().values() if p.pid in pids]
    return [f"process {p.pid} outlived the engine: {p.command[-200:]}" for p in there]
