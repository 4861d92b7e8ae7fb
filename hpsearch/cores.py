"""How many processors there are for us: on a laptop, in a container, in a cluster's job."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
"""Where Linux shows what bounds the processes of a container."""


@dataclass(frozen=True)
class Cores:
    """How many processors this process may use, and what says so."""

    count: int
    why: str


def usable_cores(environ: Mapping[str, str] = os.environ, groups: Path = GROUPS) -> Cores:
    """The least of what affinity, the control group's quota and SLURM allow.

    Args:
        environ: the process's environment.
        groups: where the control group shows its files.
    """
    affinity = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))  # not macOS
    found = [Cores(len(affinity(0)), "the cores this process may run on")]
    quota = _quota(groups)
    if quota is not None:
        found.append(Cores(max(1, math.floor(quota)), "the control group's CPU quota"))
    slurm = environ.get("SLURM_CPUS_PER_TASK", "")
    if slurm.isdigit() and int(slurm) > 0:
        found.append(Cores(int(slurm), "SLURM_CPUS_PER_TASK"))
    return min(found, key=lambda cores: cores.count)


def _quota(groups: Path) -> float | None:
    """CPUs' worth of time a control group grants, version 2 or 1; None where it sets no bound."""
    try:
        quota, period = (groups / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        pass
    try:
        names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
        quota, period = ((groups / "cpu" / name).read_text() for name in names)
        return None if int(quota) <= 0 else int(quota) / int(period)
    except (OSError, ValueError):
        return None
