"""How much memory there is, and who has it, as far as the system tells."""

from __future__ import annotations

import os
from pathlib import Path


def memory() -> tuple[int, int]:
    """Total and available bytes of this machine; (0, 0) where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line}
        return sizes["MemTotal"], sizes["MemAvailable"]
    except (OSError, ValueError, KeyError, IndexError):
        return 0, 0


def resident(pid: int) -> int | None:
    """Bytes of memory in which a process of this machine is; None where it has ended, or the
    system does not say. It takes 20 µs."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
