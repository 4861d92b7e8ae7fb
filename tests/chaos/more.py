"""Faults that take one study each: many engines at once, a trainer that stands still, listeners."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.chaos.ground import Ground, Tried, await_, environment
from tests.chaos.kills import SLOW
from tests.chaos.processes import alive, descendants, engine_of, kill, trainers_of
from tests.chaos.sockets import listening

CROWD = 20


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
    engine = engine_of(ground.folder)
    assert engine is not None
    below = [process.pid for process in descendants(engine)]
    kill(engine)
    found += ground.gone(below)
    return Tried("", CROWD, 0, found, f"one more is told after {late:.1f} s, with its start")


def standstill(place: Path, seconds: float, seed: int) -> Tried:
    """A trainer that is stopped (SIGSTOP) is killed at its timeout, and its trial run again."""
    ground = Ground(place, 2, 60, study='stall_timeout = "2s"', workers=1)
    engine = ground.detach(SLOW)
    assert engine is not None
    await_(lambda: bool(trainers_of(engine)), 20)
    time.sleep(0.5)
    (pid,) = trainers_of(engine)[:1]
    os.kill(pid, signal.SIGSTOP)
    after = await_(lambda: not alive(pid), 10)
    while engine_of(ground.folder):
        time.sleep(0.2)
    found = ground.violations()
    if after is None:
        found.append("it was not killed")
    return Tried("", 1, 2, found, f"killed {after or 0:.1f} s after, timeout 2 s")


def signals(place: Path, seconds: float, seed: int) -> Tried:
    """SIGKILL, SIGTERM, SIGINT of the engine: nothing left; and the next run is at work soon."""
    told, slowest = Tried(""), 0.0
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        ground = Ground(place / number.name, trials=3, epochs=40)
        engine = ground.detach(SLOW)
        assert engine is not None
        await_(lambda engine=engine: bool(trainers_of(engine)), 20)
        below = [process.pid for process in descendants(engine)]
        os.kill(engine, number)
        told.violations += ground.gone([*below, engine], 2.0 if number == signal.SIGKILL else 4.0)
        began = time.monotonic()
        again = ground.detach(SLOW)
        if again is not None:
            await_(lambda again=again: bool(trainers_of(again)), 20)
            slowest = max(slowest, time.monotonic() - began)
        while engine_of(ground.folder):
            time.sleep(0.2)
        told.violations += ground.violations()
        told.times, told.trials = told.times + 1, told.trials + 3
    told.figure = f"back at work after at most {slowest:.1f} s"
    return told


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
