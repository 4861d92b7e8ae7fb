"""Processes that end, as with kill -9, at each named place one by one; and the next run goes on."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hpsearch.faults import CODE, PLACES
from hpsearch.store.inbox import send
from tests.chaos.ground import Ground, Tried
from tests.chaos.processes import processes

PLACES_TO_CRASH = tuple(place for place in PLACES if not place.startswith("write"))
BELOW = ("shell", "trainer")
"""Places of processes that the engine starts again by itself."""
SAVES = ("trainer saved", "trial checkpointed")
SLOW = "slow trainer epoch 0.7"
"""With so slow an epoch there is a checkpoint on the way, one for each of the two trials."""


def crash(place: Path, step: str, at: int) -> Tried:
    """One study that crashes at a step, and is run again."""
    saves = step in SAVES
    trials, epochs, only = 1 if saves else 3, 9 if saves else 4, "max_workers = 1"
    ground = Ground(place, trials, epochs, study=only, workers=1)
    fuse = place / "fuse"
    fuse.touch()
    ground.trials += 1
    send(ground.folder.inbox, "add", count=1)
    planned = f"crash {step} {at} {fuse}"
    first = ground.run(faults=f"{SLOW}; {planned}" if saves else planned)
    found: list[str] = []
    if fuse.exists():
        found.append("it never came there")
    elif step.startswith(BELOW):
        if first.returncode:
            found.append(f"exit {first.returncode}: {first.stderr}{first.stdout}")
    else:
        if not first.returncode:
            found.append("it crashed, and its command ends with 0")
        if "Traceback" in first.stderr + first.stdout:
            found.append(first.stderr + first.stdout)
        below = [p.pid for p in processes().values() if str(place) in p.command]
        found += ground.gone(below)
        again = ground.run()
        if again.returncode:
            found.append(f"the next run: exit {again.returncode}: {again.stderr}{again.stdout}")
    if not found:
        found = ground.violations()
    return Tried("", 1, ground.trials, [f"{step}, {at}.: {text}" for text in found], str(CODE))


def exits(place: Path, seconds: float, seed: int) -> Tried:
    """At every step, the first time a process comes there; then later times, as time allows."""
    told, until = Tried(""), time.monotonic() + seconds
    every = [(step, at) for at in (1, 2, 3) for step in _shuffled(at, seed)]

    def one(step: str, at: int) -> Tried | None:
        if time.monotonic() > until:
            return None
        return crash(place / f"{step.replace(' ', '-')}-{at}", step, at)

    with ThreadPoolExecutor(2) as together:
        tried = [found for found in together.map(one, *zip(*every, strict=True)) if found]
    for found in tried:
        told.times += 1
        told.trials += found.trials
        told.violations += found.violations
    told.figure = f"{min(told.times, len(PLACES_TO_CRASH))} of {len(PLACES_TO_CRASH)} places"
    return told


def _shuffled(at: int, seed: int) -> list[str]:
    """The places to which a process comes so often, in an order of chance: time may be up."""
    rare = ("engine", "arrays", "command", "shell")
    rare += SAVES if at > 2 else ()
    steps = [step for step in PLACES_TO_CRASH if at == 1 or not step.startswith(rare)]
    return random.Random(seed).sample(steps, len(steps))
