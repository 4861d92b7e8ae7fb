"""How a person, and whoever opens it, wants the dashboard."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

HERE, REMOTE = 4.0, 2.0
"""Looks at the store a second: on this machine, and over SSH."""


@dataclass(frozen=True)
class Options:
    """How the dashboard is to be."""

    started: bool = False
    """Whether this command started the run: then Ctrl-C asks before it leaves."""
    owned: bool = False
    """Whether the run ends with this command."""
    hz: float | None = None
    """Looks at the store a second; None: by where we are."""
    theme: str | None = None
    ascii: bool = False
    clock: Callable[[], float] = time.time
    """Unix seconds."""

    def rate(self, environ: Mapping[str, str] = os.environ) -> float:
        """Looks a second."""
        return self.hz or (REMOTE if environ.get("SSH_CONNECTION") else HERE)
