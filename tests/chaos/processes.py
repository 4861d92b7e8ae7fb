"""The processes of a study, found in /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hpsearch.store.folder import RunFolder
from hpsearch.system import holder


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    command: str


def processes() -> dict[int, Process]:
    """Every process we may look at, zombies left out."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = _stat(int(entry.name))
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if stat[0] != "Z":
            pid = int(entry.name)
            found[pid] = Process(pid, int(stat[1]), command)
    return found


def descendants(pid: int) -> list[Process]:
    """Everything below a process."""
    everything = processes()
    below, front = [], {pid}
    while front:
        children = [p for p in everything.values() if p.parent in front]
        below += children
        front = {p.pid for p in children}
    return below


def engine_of(folder: RunFolder) -> int | None:
    """The engine's process id."""
    held = holder(folder.lock)
    return held.pid if held and held.pid else None


def trainers_of(engine: int) -> list[int]:
    """The trainers of an engine."""
    return named(engine, "trainer")


def named(engine: int, module: str) -> list[int]:
    """The processes of an engine that run a module of its package."""
    return [p.pid for p in descendants(engine) if f"hpsearch.engine.{module}" in p.command]


def shells_of(engine: int) -> list[int]:
    """The shells of an engine: the processes that own a trainer."""
    below = descendants(engine)
    owners = {p.parent for p in below if "hpsearch.engine.trainer" in p.command}
    return sorted(owners)


def alive(pid: int) -> bool:
    """Whether a process is there, and not a zombie."""
    try:
        return _stat(pid)[0] != "Z"
    except OSError:
        return False


def _stat(pid: int) -> list[str]:
    """State, parent, and what else the kernel says of a process, from its third field on."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def kill(pid: int) -> None:
    """kill -9."""
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        return
