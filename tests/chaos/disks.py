"""Disks that are full, or fail: at every write, injected; and a real small file system."""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from tests.chaos.ground import Ground, Tried

TRIALS = 2
SURELY = 5
"""Writes that are tried though the time may be up."""
ACTS = ("ENOSPC", "EIO")
AFTER = {
    "write export": ["export", "chaos", "-o", "best.toml"],
    "write model": ["retrain", "best.toml", "-o", "model", "--no-baselines"],
    "write command": ["ctl", "chaos", "add", "1"],
}
"""Commands that write, and what they write to."""


def failing(place: Path, seconds: float, seed: int) -> Tried:
    """ENOSPC and EIO at the N-th write of the engine for every N; then of other commands."""
    told, until, last = Tried(""), time.monotonic() + seconds, 0
    with ThreadPoolExecutor(len(ACTS)) as together:
        for number in count(1):
            if number > SURELY and time.monotonic() > until:
                told.figure = f"writes 1 to {last} of a run; time was up"
                break
            numbers = [number] * len(ACTS)
            every = list(together.map(once, [place] * len(ACTS), ACTS, numbers))
            reached = [violations for violations in every if violations is not None]
            if not reached:
                told.figure = f"every write of a run, 1 to {last}"
                break
            last = number
            told.violations += [text for violations in reached for text in violations]
            told.times += len(reached)
            told.trials += TRIALS * len(reached)
    ground = Ground(place / "after", trials=2, epochs=3)
    ground.run()
    for what, words in AFTER.items():
        for act in ACTS:
            failed = ground.command(*words, faults=f"{act} {what} 1")
            told.violations += [f"{act} {what}: {text}" for text in refusal(failed)]
            told.times += 1
        went = ground.command(*words)
        if went.returncode:
            told.violations.append(f"{what}, with space again: {went.stderr}")
    told.figure += f"; {len(AFTER)} commands"
    return told


def once(place: Path, act: str, number: int) -> list[str] | None:
    """What is not as promised where a run's N-th write fails; None where it has so many not."""
    only = "max_workers = 1"
    ground = Ground(place / f"{act}-{number}", TRIALS, 3, study=only, workers=1)
    fuse = ground.place / "fuse"
    fuse.touch()
    first = ground.run(faults=f"{act} write {number} {fuse}")
    if fuse.exists():
        return None if not first.returncode else [f"{act} {number}.: {first.stderr}{first.stdout}"]
    # One failure amid the last words is made good by the next try.
    whole = act == "EIO" and not first.returncode and ground.state() == "finished"
    found = [] if whole else refusal(first)
    if not whole and (again := ground.run()).returncode:
        found.append(f"the next run: {again.stderr}{again.stdout}")
    return [f"{act} {number}.: {text}" for text in found or ground.violations()]


def refusal(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What is wrong with how a full disk is told."""
    said = " ".join((done.stdout + done.stderr).split())  # lines are wrapped
    found = []
    if not done.returncode:
        found.append("exit 0")
    if "Traceback" in said or "Errno" in said:
        found.append(said)
    if not any(word in said for word in ("No space left", "Input/output error", "disk")):
        found.append(f"the disk is not named: {said}")
    return found


def small(place: Path, seconds: float, seed: int) -> Tried:
    """A file system of 1 MiB that fills up amid a run, and is made larger."""
    disk = place / "disk"
    disk.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        return Tried("", figure="left out: only root may mount")
    told, until = Tried("", 0, 0), time.monotonic() + seconds
    try:
        for room in range(40, 1000, 90):
            ground = Ground(disk, trials=6, epochs=40, study="max_workers = 1", workers=1)
            ballast = disk / "ballast"
            left = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            ballast.write_bytes(bytes(max(0, left - (room << 10))))
            first = ground.run()
            ballast.unlink()
            found = refusal(first) if first.returncode else []
            if first.returncode and (again := ground.run()).returncode:
                found.append(f"the next run: {again.stderr}{again.stdout}")
            told.violations += [f"{room} KiB: {text}" for text in found or ground.violations()]
            told.times += bool(first.returncode)
            told.trials += ground.trials
            subprocess.run(["rm", "-rf", str(disk / "runs")], check=True)
            if not first.returncode or time.monotonic() > until:
                break
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
    told.figure = "tmpfs of 1 MiB, filled but for 40, 130, … KiB"
    return told
