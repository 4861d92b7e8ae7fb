"""python -m tests.benchmarks.clusters: the digits on dask against loky, two workers each.

The same trials (drawn at random, none pruned) in turns: on loky, on the cluster that a run starts
for itself, and on a scheduler and two worker processes that were started separately. Prints medians
of the wall time of the search, from the first trial's start to the last one's end (starting workers
is not counted), and of the ratios to loky within a round.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader

STUDY = Path(__file__).parents[2] / "studies" / "digits.toml"
WANTED = 1.25
"""At most so many times loky's time."""


@contextmanager
def separate(place: Path, workers: int) -> Iterator[str]:
    """A scheduler and workers, each started by itself; where the scheduler listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    one = ("--nworkers", "1", "--nthreads", "1", "--local-directory", str(place))
    commands = [("scheduler", "--host", address)]
    commands += [("worker", address, "--host", "127.0.0.1", *one)] * workers
    with (place / "dask.log").open("wb") as log:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--no-dashboard"],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(STUDY.parents[1])},
            )
            for words in commands
        ]
        try:
            yield address
        finally:
            for process in reversed(running):
                process.terminate()
            for process in running:
                process.wait()


def run(place: Path, way: str, trials: int, *words: str) -> tuple[float, float]:
    """Run the study to its end: seconds of the search, and of the whole command."""
    name = f"{way}-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "hpsearch", "run", str(STUDY), "--name", name]
    command += ["--runs", str(place / "runs"), "--trials", str(trials), "--workers", "2", *words]
    command += ["--set", "study.sampler=random", "--set", "study.pruner=none"]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - began
    with Reader(RunFolder(place / "runs" / name)) as reader:
        found = reader.leaderboard("minimize")
    starts = [trial.started for trial in found if trial.started is not None]
    ends = [trial.finished for trial in found if trial.finished is not None]
    return max(ends) - min(starts), whole


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.clusters")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=40)
    given = parser.parse_args()
    taken: dict[str, list[tuple[float, float]]] = {"loky": [], "dask": [], "separate": []}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with separate(place, 2) as scheduler:
            words = {
                "loky": ("--backend", "loky"),
                "dask": ("--backend", "dask"),
                "separate": ("--scheduler", scheduler),
            }
            for _ in range(given.rounds):
                for way, took in taken.items():
                    took.append(run(place, way, given.trials, *words[way]))
    print(f"{'workers':10}{'search s':>10}{'to loky':>9}{'wanted':>9}{'command s':>11}")
    for way, took in taken.items():
        ratio = median(mine[0] / loky[0] for mine, loky in zip(took, taken["loky"], strict=True))
        search, whole = (median(one[k] for one in took) for k in (0, 1))
        print(f"{way:10}{search:>10.2f}{ratio:>9.2f}{f'≤ {WANTED}':>9}{whole:>11.2f}")


if __name__ == "__main__":
    main()
