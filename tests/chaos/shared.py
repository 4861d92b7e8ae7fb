"""The files of shared memory that a study's processes make, and whether any is left.

Names tell of nobody: those of multiprocessing are random. So, where we may mount (root), commands
see a folder of ours in place of /dev/shm: what lies there is theirs, and what others make at the
same time is not. Elsewhere files count that are new and that no living process has in hand.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.chaos.processes import alive, processes

MEMORY = Path("/dev/shm")
AGREED = 'mount --bind "$0" /dev/shm && exec "$@"'


class Shared:
    """What the commands of one study see as /dev/shm."""

    def __init__(self, folder: Path) -> None:
        self.words: list[str] = []
        """To be put in front of a command."""
        self._folder, self._before = MEMORY, set(MEMORY.iterdir())
        folder.mkdir(mode=0o1777, parents=True, exist_ok=True)
        words = ["unshare", "--mount", "sh", "-c", AGREED, str(folder)]
        if _may(words):
            self.words, self._folder, self._before = words, folder, set()

    def left(self) -> list[str]:
        """Names of files of theirs that nobody alive uses."""
        new = set(self._folder.iterdir()) - self._before
        if self._folder is not MEMORY:
            return sorted(path.name for path in new)
        return sorted(path.name for path in new if not _in_use(path) and path.exists())


def _may(words: list[str]) -> bool:
    if os.geteuid() or not shutil.which("unshare"):
        return False
    return subprocess.run([*words, "true"], capture_output=True).returncode == 0


def _in_use(path: Path) -> bool:
    """Whether it is a file of a process that lives: in somebody else's study.

    loky and joblib write the process into the name; what multiprocessing makes is known by who
    has it mapped.
    """
    numbers = re.findall(r"(?<=[-_])[0-9]{2,7}(?=[-_])", path.name)
    return any(alive(int(number)) for number in numbers) or any(
        path.name in _mapped(pid) for pid in processes()
    )


def _mapped(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return ""
