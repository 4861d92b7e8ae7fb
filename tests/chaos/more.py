"""Faults that take one study each: many engines at once, a trainer that stands still, listeners."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from hpsearch.engine.jobs import CHECKPOINT_SECONDS
from hpsearch.store.reader import Reader
from tests.chaos.ground import Ground, Tried, await_, environment
from tests.chaos.kills import SLOW
from tests.chaos.processes import alive, descendants, engine_of, kill, shells_of, trainers_of
from tests.chaos.sockets import listening

CROWD = 20
TOLD = 1.0
"""Seconds after which another engine of a study that runs is told so."""
STALL = 2.0
"""Seconds without an epoch after which a trainer hangs, and as many until it is killed."""
GONE = 2.0
"""Seconds after the end of an engine when nothing of it is left."""
SEEN = 1.0
"""Seconds after which the death of a trainer is stored."""
BACK = 3.0
"""Seconds after which the trials of a killed shell go on."""
AT_WORK = 5.0
"""Seconds within which the first trial runs that a killed study goes on with."""
MOST_LOST = round((CHECKPOINT_SECONDS + 1.0) / 0.02)
"""Epochs: those of an interval between two checkpoints, and of a second in which one is made."""


def crowd(place: Path, seconds: float, seed: int) -> Tried:
    """Twenty engines started at once on one study: exactly one wins, the others are told."""
    ground = Ground(place, trials=4, epochs=100_000)  # it lasts until all have come
    command = [sys.executable, "-m", "hpsearch", "run", str(ground.study), "--detach"]
    every = [
        subprocess.Popen(
            command,
            cwd=place,
            env=environment(place, SLOW),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(CROWD)
    ]
    said = [one.communicate() for one in every]
    won = [out for out, _ in said if "runs. Watch it" in out]
    told = [err for _, err in said if "running already" in err or "is in use by" in err]
    found = [] if len(won) == 1 else [f"{len(won)} engines won"]
    if len(won) + len(told) != CROWD:
        found.append(f"{CROWD - len(won) - len(told)} were told nothing: {said}")
    began = time.monotonic()
    again = ground.run("--detach", faults=SLOW)
    late = time.monotonic() - began
    if "running already" not in again.stderr:
        found.append(f"one more: {again.stderr}")
    if late > patience(TOLD):
        found.append(f"one more is told after {late:.1f} s")
    engine = engine_of(ground.folder)
    assert engine is not None
    below = [process.pid for process in descendants(engine)]
    kill(engine)
    found += ground.gone(below)
    figure = f"one more is told after {late:.1f} s, with its start{busy()}"
    return Tried("", CROWD, 0, found, figure)


def standstill(place: Path, seconds: float, seed: int) -> Tried:
    """A trainer that is stopped (SIGSTOP) is killed at its timeout, and its trial run again."""
    ground = Ground(place, 2, 60, study=f'stall_timeout = "{STALL:.0f}s"', workers=1)
    engine = ground.detach(SLOW)
    assert engine is not None
    await_(lambda: bool(trainers_of(engine)), 20)
    time.sleep(0.5)
    (pid,) = trainers_of(engine)[:1]
    os.kill(pid, signal.SIGSTOP)
    after = await_(lambda: not alive(pid), 60) or float("inf")
    while engine_of(ground.folder):
        time.sleep(0.2)
    found = ground.violations()
    if after > patience(2 * STALL):
        found.append(f"it was killed after {after:.1f} s")
    if attempts(ground) != 3:
        found.append(f"two trials were tried {attempts(ground)} times")
    return Tried("", 1, 2, found, f"killed {after:.1f} s after, timeout {STALL} s{busy()}")


LONG = "slow trainer epoch 30"
ENDS = (
    (signal.SIGKILL, SLOW),
    (signal.SIGTERM, SLOW),
    (signal.SIGHUP, SLOW),
    (signal.SIGINT, SLOW),
    (signal.SIGTERM, LONG),  # amid an epoch, whose end is not awaited
)
"""Ends of an engine, and how long its trainers' epochs are."""


def signals(place: Path, seconds: float, seed: int) -> Tried:
    """Signals to the engine: then nothing is left or started, and the next run is at work soon."""
    told, left, slowest = Tried(""), 0.0, 0.0
    for number, slow in ENDS:
        ground = Ground(place / str(told.times), trials=8, epochs=10)
        engine, found = at_work(ground, slow), []
        below = [process.pid for process in descendants(engine)]
        at, began = time.time(), time.monotonic()
        os.kill(engine, number)
        found += ground.gone([*below, engine], patience(GONE))
        left = max(left, time.monotonic() - began)
        if started := attempts(ground, f"started > {at + 0.1}"):
            found.append(f"{started} trials were started after it")
        at, began = time.time(), time.monotonic()
        ground.detach()
        await_(lambda g=ground, at=at: attempts(g, f"started > {at}") > 0, 30)
        after = time.monotonic() - began
        slowest = max(slowest, after)
        if after > patience(AT_WORK):
            found.append(f"at work again after {after:.1f} s")
        while engine_of(ground.folder):
            time.sleep(0.2)
        found += ground.violations()
        told.violations += [f"{number.name}, {slow}: {text}" for text in found]
        told.times, told.trials = told.times + 1, told.trials + ground.trials
    told.figure = f"gone after {left:.1f} s, at work again after {slowest:.1f} s{busy()}"
    return told


def strikes(place: Path, seconds: float, seed: int) -> Tried:
    """A trainer killed, then a shell: it is seen at once, and its trial goes on soon."""
    ground = Ground(place, trials=4, epochs=3000)
    engine, told = at_work(ground, SLOW), Tried("", 2)
    figures = []
    for what, pids, promised in (("trainer", trainers_of, SEEN), ("shell", shells_of, BACK)):
        time.sleep(1.2 * CHECKPOINT_SECONDS)
        before, ended = attempts(ground), attempts(ground, "ended IS NOT NULL")
        epochs = least = reached(ground)
        seen, began = 0.0, time.monotonic()
        kill(pids(engine)[0])
        while time.monotonic() - began < 60:
            now = reached(ground)
            least = {number: min(least[number], now[number]) for number in epochs}
            if not seen and attempts(ground, "ended IS NOT NULL") > ended:
                seen = time.monotonic() - began
            if seen and attempts(ground, "ended IS NULL") == 2:
                break
            time.sleep(0.02)
        after = time.monotonic() - began
        lost = max(epochs[number] - least[number] for number in epochs)
        if what == "trainer" and attempts(ground) != before + 1:
            told.violations.append("another trial was hit with it")
        if (seen if what == "trainer" else after) > patience(promised):
            told.violations.append(f"{what}: seen after {seen:.1f} s, back after {after:.1f} s")
        if lost > MOST_LOST:
            told.violations.append(f"{what}: {lost} epochs were lost")
        figures.append(f"{what} {seen:.2f} s, back {after:.1f} s, {lost} epochs lost")
    kill(engine)
    told.violations += ground.gone([], patience(GONE))
    told.figure = "; ".join(figures) + busy()
    return told


def patience(seconds: float) -> float:
    """What is promised of a machine to itself, on one that has more to do than cores."""
    return seconds * max(1.0, os.getloadavg()[0] / len(os.sched_getaffinity(0)))


def busy() -> str:
    """How much this machine has to do, beside a figure."""
    return f" (load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores)"


def at_work(ground: Ground, faults: str) -> int:
    """An engine whose two workers have a trial each, and have trained some of it."""
    engine = ground.detach(faults)
    assert engine is not None
    await_(lambda: attempts(ground, "ended IS NULL") == 2, 30)
    return engine


def attempts(ground: Ground, where: str = "1") -> int:
    """How many attempts there are of any trial."""
    with Reader(ground.folder) as reader:
        ((count,),) = reader._db.rows(f"SELECT count(*) FROM attempt WHERE {where}")
    return count


def reached(ground: Ground) -> dict[int, int]:
    """Epochs that are stored of each trial."""
    with Reader(ground.folder) as reader:
        return {trial.number: trial.epochs for trial in reader.trials()}


def listeners(place: Path, seconds: float, seed: int) -> Tried:
    """What listens while a study runs: loopback alone."""
    ground = Ground(place, trials=2, epochs=40)
    engine = ground.detach(SLOW)
    assert engine is not None
    await_(lambda: bool(trainers_of(engine)), 20)
    pids = [engine, *(process.pid for process in descendants(engine))]
    found, every = [], listening(pids)
    found += [f"{address} is open to others" for address in every if not address.is_loopback]
    if not every:
        found.append("nothing listens, or it cannot be seen")
    kill(engine)
    return Tried("", 1, 0, found, f"{len(every)} on loopback, of {len(pids)} processes")
