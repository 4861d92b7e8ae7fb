"""Disks that are full, or fail: at every write, injected; and a real small file system."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from tests.chaos.ground import Ground, Tried

WRITES = ("write study", "write store", "write arrays", "write file", "write log")
AFTER = {
    "write export": ["export", "chaos", "-o", "best.toml"],
    "write model": ["retrain", "best.toml", "-o", "model", "--no-baselines"],
}
"""Commands that write, and what they write to."""


def failing(place: Path, seconds: float, seed: int) -> Tried:
    """ENOSPC and EIO at the N-th write of the engine for every N; then of other commands."""
    told, until = Tried(""), time.monotonic() + seconds
    at = 0
    for number in range(1, 1000):
        if number > 5 and time.monotonic() > until:
            break
        reached = False
        for act in ("ENOSPC", "EIO"):
            at += 1
            ground = Ground(place / str(at), trials=2, epochs=3, workers=1)
            first = ground.run(faults=f"{act} write {number}")
            reached |= bool(first.returncode)
            found = refusal(first) if first.returncode else []
            if first.returncode and (again := ground.run()).returncode:
                found.append(f"the next run: {again.stderr}{again.stdout}")
            told.violations += [f"{act} {number}.: {text}" for text in found or ground.violations()]
            told.times += 1
            told.trials += ground.trials
        if not reached:
            break
    ground = Ground(place / "after", trials=2, epochs=3)
    ground.run()
    for what, words in AFTER.items():
        for act in ("ENOSPC", "EIO"):
            failed = ground.command(*words, faults=f"{act} {what} 1")
            told.violations += [f"{act} {what}: {text}" for text in refusal(failed)]
            told.times += 1
        went = ground.command(*words)
        if went.returncode:
            told.violations.append(f"{what}, with space again: {went.stderr}")
    told.figure = f"writes 1 to {number} of a run, {len(AFTER)} commands"
    return told


def refusal(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What is wrong with how a full disk is told."""
    said = done.stdout + done.stderr
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
    told = Tried("", 0, 0)
    try:
        for room in range(40, 1000, 90):
            ground = Ground(disk, trials=6, epochs=40, workers=1)
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
            if not first.returncode:
                break
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
    told.figure = "tmpfs of 1 MiB, filled but for 40, 130, … KiB"
    return told
