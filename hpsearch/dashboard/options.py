"""How a person, and whoever opens it, wants the dashboard."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hpsearch.view.format import ASCII, glyphs

HERE, REMOTE = 4.0, 2.0
"""Looks at the store a second: on this machine, and over SSH."""

POOR = ("linux", "vt100", "vt220")
"""Terminals whose fonts lack braille and stars, whatever the locale: the console of Linux, and old
ones."""


def ascii_only(encoding: str | None, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a terminal can show ASCII alone.

    Args:
        encoding: of what is written to it.
    """
    return glyphs(encoding) is ASCII or environ.get("TERM") in POOR


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
