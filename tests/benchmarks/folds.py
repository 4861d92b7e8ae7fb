"""python -m tests.benchmarks.folds: what judging in five folds costs against one validation share.

The same study twice, in folds and by a share as large as a fold: the same trials (drawn at random,
no pruner, no early stopping), one worker, in turns, so that a noisy machine is noisy for both.
Prints medians over the rounds of the wall time of the search, from the first trial's start to the
last one's end; and the ratios of that, of the trainers' CPU time, which is what counts where the
machine is shared, and of the whole command, which starts processes and reads data besides.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader

STUDY = """
[study]
name = "{name}"
trials = {trials}
sampler = "random"
pruner = "none"
workers = 1
nice = 0

[data]
source = "{source}"
test = 0.2
{judged}

[network]
layer_dims = {hidden}

[training]
epochs = {epochs}
early_stopping = 0
learning_rate = {{ float = [1e-4, 1e-2], log = true }}
beta1 = {{ float = [0.8, 0.99] }}
"""
WAYS = {"share": "validation = 0.16", "folds": "folds = 5"}
"""A fifth of the rows that are not for testing, either way."""


@dataclass(frozen=True)
class Task:
    """A study to try it on."""

    name: str
    source: str
    hidden: list[int]
    wanted: float
    """At most so many times the time of one share."""


TASKS = (
    Task("digits 64-64-10", "sklearn:digits", [64], 3.4),
    Task("function 3-32-16-1", "generated:function", [32, 16], 2.3),
)


@dataclass(frozen=True)
class Took:
    """Seconds of one study."""

    search: float
    cpu: float
    command: float


def run(place: Path, task: Task, way: str, trials: int, epochs: int) -> Took:
    """Run one study to its end."""
    name = f"{way}-{time.monotonic_ns()}"
    study = place / f"{name}.toml"
    words = {**vars(task), "name": name, "judged": WAYS[way], "trials": trials, "epochs": epochs}
    study.write_text(STUDY.format(**words))
    began = time.monotonic()
    command = [sys.executable, "-m", "hpsearch", "run", str(study), "--runs", str(place / "runs")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - began
    with Reader(RunFolder(place / "runs" / name)) as reader:
        found = reader.leaderboard("minimize")
        ((cpu,),) = reader._db.rows("SELECT value FROM study WHERE key = 'training_cpu'")
    assert [trial.state for trial in found] == ["complete"] * trials
    starts = [trial.started for trial in found if trial.started is not None]
    ends = [trial.finished for trial in found if trial.finished is not None]
    return Took(max(ends) - min(starts), float(cpu), whole)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.folds", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=60)
    given = parser.parse_args()
    head = ("task", "share s", "folds s", "search", "wanted", "CPU", "command")
    print("{:<22}{:>9}{:>9}{:>9}{:>9}{:>7}{:>9}".format(*head))
    for task in TASKS:
        taken: dict[str, list[Took]] = {way: [] for way in WAYS}
        with tempfile.TemporaryDirectory() as place:
            for _ in range(given.rounds):
                for way, took in taken.items():
                    took.append(run(Path(place), task, way, given.trials, given.epochs))
        pairs = list(zip(taken["share"], taken["folds"], strict=True))
        share, folds = (median(one.search for one in took) for took in taken.values())
        print(
            f"{task.name:<22}{share:>9.2f}{folds:>9.2f}"
            f"{median(f.search / s.search for s, f in pairs):>9.2f}{f'≤ {task.wanted}':>9}"
            f"{median(f.cpu / s.cpu for s, f in pairs):>7.2f}"
            f"{median(f.command / s.command for s, f in pairs):>9.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
