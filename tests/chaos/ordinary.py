"""Commands of an ordinary user, whoever runs the tests: root may write into read-only folders."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

_DROP = 24
"""PR_CAPBSET_DROP of prctl(2)."""
_OVERRIDES = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what lets root pass over permissions."""


def ordinary() -> None:
    """Give up what root may more than others; for a child, between fork and exec."""
    if sys.platform == "linux" and os.geteuid() == 0:
        system = ctypes.CDLL(None)
        for capability in _OVERRIDES:
            system.prctl(_DROP, capability, 0, 0, 0)


def held_to_permissions(folder: Path) -> bool:
    """Whether a folder that is read-only is so to our commands; to some containers' root it isn't.

    Args:
        folder: a new one, to try it with.
    """
    folder.mkdir()
    folder.chmod(0o500)
    try:
        words = [sys.executable, "-c", "open('new', 'w')"]
        tried = subprocess.run(words, cwd=folder, preexec_fn=ordinary, capture_output=True)
        return tried.returncode != 0
    finally:
        folder.chmod(0o700)
