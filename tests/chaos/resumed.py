"""A study killed at random points and resumed, against the same study left alone: bit for bit."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from tests.chaos.processes import alive, descendants, engine_of, kill

STUDY = """
[study]
name = "alone"
trials = {trials}
seed = {seed}
workers = 1
sampler = "{sampler}"
pruner = "{pruner}"
{options}

[data]
source = "sklearn:digits"
test = 0.2
validation = 0.2

[network]
layer_dims = {{ depth = [1, 2], width = [16, 64] }}
activation = {{ choice = ["relu", "tanh"] }}

[training]
epochs = {epochs}
mini_batch_size = {{ choice = [32, 64] }}
learning_rate = {rate}
regularization = {{ choice = ["none", "l2", "dropout"] }}
lambd = {rate}
"""


class Resumed:
    """Two runs of one study with one worker: one left alone, one killed again and again."""

    def __init__(
        self, place: Path, trials: int, epochs: int, seed: int, sampler: str, pruner: str
    ) -> None:
        self.place, self.random = place, random.Random(seed)
        self.study = place / "study.toml"
        options = "pruner_options = { upper = 2.0 }" if pruner == "threshold" else ""
        rate = "{ float = [1e-4, 1e-1], log = true }"
        if sampler == "grid":
            rate = "{ choice = [1e-4, 1e-3, 1e-2, 1e-1] }"
        text = STUDY.format(
            trials=trials,
            epochs=epochs,
            seed=seed,
            sampler=sampler,
            pruner=pruner,
            options=options,
            rate=rate,
        )
        if sampler == "grid":
            text = text.replace("depth = [1, 2], width = [16, 64]", "choice = [[16], [32, 16]]")
        self.study.write_text(text)

    def violations(self, points: int) -> list[str]:
        """Kill at so many points; what is then not as it was without."""
        alone = self.alone()
        epochs = sum(trial["epochs"] for trial in alone)
        at = sorted(self.random.sample(range(1, epochs), min(points, epochs - 1)))
        found = [text for point in at for text in self.kill_after(point)]
        self.command("killed")
        killed = self.trials("killed")
        if len(killed) != len(alone):
            found.append(f"{len(alone)} trials without, {len(killed)} with kills")
        for one, other in zip(alone, killed, strict=False):
            found += [
                f"#{one['number']}: {key} is {one[key]!r} without, {other[key]!r} with kills"
                for key in one
                if one[key] != other[key]
            ]
        return found

    def alone(self) -> list[dict[str, Any]]:
        """The trials of the run that is left alone."""
        self.command("alone")
        return self.trials("alone")

    def kill_after(self, epochs: int) -> list[str]:
        """Run until so many epochs are stored in all, and kill the engine; what outlived it."""
        self.command("killed", "--detach")
        folder = RunFolder(self.place / "runs" / "killed")
        until = time.monotonic() + 120
        while time.monotonic() < until:
            engine = engine_of(folder)
            if engine is not None and self.stored(folder) >= epochs:
                below = [process.pid for process in descendants(engine)]
                kill(engine)
                time.sleep(2.0)
                return [f"process {pid} outlived the engine" for pid in below if alive(pid)]
            if engine is None and folder.db.exists() and self.stored(folder) >= epochs:
                return []  # it ended before it could be killed
            time.sleep(0.01)
        return [f"{epochs} epochs were not reached in two minutes"]

    def stored(self, folder: RunFolder) -> int:
        """Epochs that are in the store."""
        with Reader(folder) as reader:
            ((count,),) = reader._db.rows("SELECT count(*) FROM epoch")
        return count

    def command(self, name: str, *words: str) -> None:
        """Run the study under a name, to its end or detached."""
        command = [sys.executable, "-m", "hpsearch", "run", str(self.study), "--name", name]
        command += ["--runs", str(self.place / "runs"), *words]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"run failed: {done.stderr}{done.stdout}")

    def trials(self, name: str) -> list[dict[str, Any]]:
        """What must be alike of every trial, by number."""
        with Reader(RunFolder(self.place / "runs" / name)) as reader:
            trials = sorted(reader.leaderboard("minimize", None), key=lambda trial: trial.number)
            curves = {
                trial.number: [
                    (epoch.number, epoch.value, dict(epoch.figures))
                    for epoch in reader.epochs(trial.number)
                ]
                for trial in trials
            }
        keys = ("number", "state", "seed", "params", "epochs", "value", "best_epoch", "figures")
        return [
            {**{key: getattr(trial, key) for key in keys}, "curve": curves[trial.number]}
            for trial in trials
        ]
