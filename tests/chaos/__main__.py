"""python -m tests.chaos: put faults in, go on, and see that nothing was lost or changed.

`--minutes 10` tries every fault of the table for so long altogether; `--only kills disks` some of
them. Without it, one study is killed at random `--kills` times, which is what CI does.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from hpsearch import system

os.environ.update(system.BLAS_THREADS)  # before NumPy comes: what is computed again is small

from tests.chaos import callers, clocks, cuts, disks, kills, more, refusals, reports, steps
from tests.chaos.ground import Tried
from tests.chaos.resumed import Resumed
from tests.chaos.soak import soak

SHORT_SOAK = 300

Fault = Callable[[Path, float, int], Tried]
FAULTS: Mapping[str, tuple[str, float, Fault]] = {
    "kills": ("kill -9 of engine, shell, trainer at random", 0.16, kills.random_kills),
    "strikes": ("one trainer, one shell killed", 0.08, more.strikes),
    "signals": ("SIGKILL, SIGTERM, SIGHUP, SIGINT of the engine", 0.12, more.signals),
    "steps": ("exit at each step of a trial's life", 0.2, steps.exits),
    "writes": ("ENOSPC and EIO at the N-th write", 0.2, disks.failing),
    "small": ("a file system that fills up", 0.04, disks.small),
    "cuts": ("files of a run folder cut: views", 0.03, cuts.views),
    "resumes": ("files of a run folder cut: the next run", 0.05, cuts.resumes),
    "refusals": ("read-only, missing, garbage", 0.02, refusals.refusals),
    "clocks": ("the clock set by ±1 h", 0.04, clocks.clocks),
    "callers": ("strangers at the engine's door", 0.03, callers.callers),
    "crowd": ("20 engines at once", 0.03, more.crowd),
    "standstill": ("a trainer stopped with SIGSTOP", 0.02, more.standstill),
    "listeners": ("listening sockets during a run", 0.01, more.listeners),
    "reports": ("32 trials report 20 times a second", 0.02, reports.reports),
    "soak": ("many short trials", 0.06, lambda place, _, seed: soak(place, SHORT_SOAK, seed)),
}
"""By name: what it is called in the table, its share of the time, and how it is tried."""


def table(minutes: float, only: list[str], seed: int) -> int:
    """Try every fault for its share of the time."""
    names = [name for name in FAULTS if not only or name in only]
    until = time.monotonic() + 60 * minutes
    print(f"{'fault':46} {'tried':>5} {'trials':>6} {'violations':>10}  figure")
    wrong = 0
    for at, name in enumerate(names):
        title, share, fault = FAULTS[name]
        began = time.monotonic()
        # Of what is left: where one takes longer than its share, those that follow have less.
        part = share / sum(FAULTS[other][1] for other in names[at:])
        with tempfile.TemporaryDirectory() as place:
            tried = fault(Path(place), max(1.0, part * (until - began)), seed)
        tried.fault = title
        wrong += len(tried.violations)
        seconds = f"{time.monotonic() - began:.0f} s"
        print(told(tried, seconds), flush=True)
    print(f"{wrong} violations; this process took {time.process_time():.0f} s of CPU")
    return 1 if wrong else 0


def told(tried: Tried, seconds: str) -> str:
    """A row of the table, and below it what was not as promised."""
    row = f"{tried.fault:46} {tried.times:5} {tried.trials:6} {len(tried.violations):10}"
    return "\n".join([f"{row}  {tried.figure} ({seconds})", *map(_below, tried.violations[:20])])


def _below(violation: str) -> str:
    return f"  {' '.join(violation.split())[:500]}"


def resumed(given: argparse.Namespace) -> int:
    """Every sampler with every pruner: killed and resumed against left alone."""
    wrong = 0
    for sampler in given.samplers:
        for pruner in given.pruners:
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as place:
                study = Resumed(
                    Path(place), given.trials, given.epochs, given.seed, sampler, pruner
                )
                found = study.violations(given.resume_points)
            wrong += len(found)
            print(
                f"{sampler:7} {pruner:10} killed at {given.resume_points} random epochs of "
                f"{given.trials} trials: {len(found)} differences, "
                f"{time.monotonic() - began:.0f} s",
                flush=True,
            )
            for difference in found[:20]:
                print(f"  {difference}")
    return 1 if wrong else 0


def killed(given: argparse.Namespace) -> int:
    """One study under fire."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        study = kills.Kills(
            Path(place),
            given.trials,
            given.kills,
            given.epochs,
            given.seed,
            given.judged,
            given.backend,
        )
        study.run()
        found = study.violations()
    print("kill -9 of  " + ", ".join(f"{what}: {n}" for what, n in sorted(study.done.items())))
    print(f"trials      {given.trials} asked, in {time.monotonic() - began:.0f} s")
    print(f"violations  {len(found)}; this process took {time.process_time():.0f} s of CPU")
    for violation in found:
        print(f"  {violation}")
    return 1 if found else 0


def main() -> None:
    """Try what is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, help="try every fault, for so long altogether")
    parser.add_argument("--only", nargs="*", choices=FAULTS, default=[], help="with --minutes")
    parser.add_argument("--soak", type=int, metavar="TRIALS", help="a soak alone, of so many")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--epochs", type=int, default=150)
    parser.add_argument("--backend", choices=["loky", "dask"], default="loky", help="with --kills")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judged", default="validation = 0.2", help="or folds = 5, repeats = 3")
    parser.add_argument(
        "--resume-points",
        type=int,
        metavar="N",
        help="instead: one worker, killed at N random epochs, against the same study left alone",
    )
    parser.add_argument("--samplers", nargs="*", default=["tpe"], help="with --resume-points")
    parser.add_argument("--pruners", nargs="*", default=["hyperband"], help="with --resume-points")
    given = parser.parse_args()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup engines would not hear it
    if given.resume_points:
        sys.exit(resumed(given))
    if given.soak:
        with tempfile.TemporaryDirectory() as place:
            tried = soak(Path(place), given.soak, given.seed)
        print(told(tried, f"{given.soak} trials"))
        sys.exit(1 if tried.violations else 0)
    if given.minutes:
        sys.exit(table(given.minutes, given.only, given.seed))
    sys.exit(killed(given))


if __name__ == "__main__":
    main()
