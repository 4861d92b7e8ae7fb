"""Many short trials in one run: what the engine takes of memory and file handles as it goes on."""

from __future__ import annotations

import os
import time
from pathlib import Path

from hpsearch.store.reader import Reader
from tests.chaos.ground import Ground, Tried
from tests.chaos.processes import engine_of

BYTES = 15 << 10
"""By which the engine may grow a finished trial."""
WARM = 500
"""Trials after which it is measured; or half of them, where there are fewer than twice that."""
HANDLES = 8
"""By which open files may differ."""


def soak(place: Path, trials: int, seed: int) -> Tried:
    """Run so many trials of one epoch, and look at the engine now and then."""
    ground = Ground(place, trials, 1, seed, study='sampler = "random"\npruner = "none"')
    engine = ground.detach()
    seen: list[tuple[int, int, int]] = []
    while engine is not None and engine_of(ground.folder) == engine:
        one = _look(engine, ground)
        if one is not None:
            seen.append(one)
        time.sleep(0.5)
    found = ground.violations()
    warm = min(WARM, trials // 2)
    later = [one for one in seen if warm <= one[0] < trials]
    if len(later) < 2:
        return Tried("", 1, trials, [*found, "it was over before it could be measured"])
    (first, memory, handles), (last, memory_then, _) = later[0], later[-1]
    grown = (memory_then - memory) / max(1, last - first)
    most = max(one[2] for one in later)
    if grown > BYTES:
        found.append(f"the engine grows by {grown:.0f} bytes a trial")
    if abs(most - handles) > HANDLES:
        found.append(f"{handles} file handles became {most}")
    figure = f"{grown / 1024:.1f} KiB a trial after {first}, {memory_then >> 20} MiB at the end"
    return Tried("", 1, trials, found, f"{figure}, {handles} to {most} handles")


def _look(engine: int, ground: Ground) -> tuple[int, int, int] | None:
    """Trials that are over, and the engine's bytes and open files."""
    try:
        with Reader(ground.folder) as reader:
            over = reader.counts(ground.trials).finished
        status = Path(f"/proc/{engine}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return over, int(resident.split()[1]) << 10, len(os.listdir(f"/proc/{engine}/fd"))
    except (OSError, StopIteration):
        return None
