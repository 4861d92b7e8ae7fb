"""What being watched costs a search: `python -m tests.benchmarks.watched [--pairs 7]`.

The same search of the digits (random sampler, no pruner, no early stopping, one seed) with a
dashboard of 120 × 40 attached, read as a terminal does, and without one, in turn. Told are the
CPU time of the engine and all below it, and the wall time from the first word of the engine to its
last, as medians of the pairs' ratios. Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from tests.benchmarks.dashboard import Terminal

ROOT = Path(__file__).parents[2]
PR_SET_CHILD_SUBREAPER = 36
FIXED = ("study.sampler=random", "study.pruner=none", "training.early_stopping=0",
         "training.epochs=100")  # fmt: skip


class Cost(NamedTuple):
    """Of one search, in seconds."""

    cpu: float
    """Of the engine, its shells and trainers."""
    wall: float


def search(runs: Path, trials: int, watched: bool) -> Cost:
    """Run it to its end."""
    words = [word for pair in FIXED for word in ("--set", pair)]
    command = [sys.executable, "-m", "hpsearch", "run", str(ROOT / "studies" / "digits.toml"),
               "--trials", str(trials), "--runs", str(runs), "--detach", *words]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    begun = time.perf_counter()
    folder = RunFolder(runs / "digits")
    terminal = Terminal(runs) if watched else None
    while folder.alive:
        if terminal is not None:
            terminal.read(0.05)
        else:
            time.sleep(0.05)
    wall = time.perf_counter() - begun
    with Reader(folder) as reader:
        assert reader.counts(trials).complete + reader.counts(trials).diverged == trials
    if terminal is not None:
        terminal.close()  # it is waited for there: what is left below us is the search's
    return Cost(reaped(), wall)


def reaped() -> float:
    """CPU seconds of all that was started below us and has not been waited for yet."""
    cpu = 0.0
    while True:
        try:
            _, _, used = os.wait4(-1, 0)
        except ChildProcessError:
            return cpu
        cpu += used.ru_utime + used.ru_stime


def main() -> None:
    """Measure pairs, each beginning with the other one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--trials", type=int, default=24)
    chosen = parser.parse_args()
    # Orphans come to us, so that their CPU time can be asked for.
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise SystemExit("this needs Linux")
    found: list[tuple[Cost, Cost]] = []
    for pair in range(chosen.pairs):
        costs = {}
        for watched in (False, True) if pair % 2 else (True, False):
            with tempfile.TemporaryDirectory() as place:
                costs[watched] = search(Path(place), chosen.trials, watched)
        found.append((costs[False], costs[True]))
        print(re.sub(r"(\.\d\d)\d+", r"\1", f"alone {costs[False]}  watched {costs[True]}"),
              flush=True)  # fmt: skip
    for name in Cost._fields:
        ratios = [getattr(watched, name) / getattr(alone, name) for alone, watched in found]
        print(f"{name}: {100 * (statistics.median(ratios) - 1):+.1f} %")


if __name__ == "__main__":
    main()
