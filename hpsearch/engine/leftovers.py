"""What an engine leaves in shared memory where all of its processes are killed at once.

loky's semaphores have names, which a process of its own takes away when the engine is gone. A batch
system that ends a job with kill -9 of everybody ends that one, too; the next run tidies up.
"""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

from hpsearch.system import Holder

MEMORY = Path("/dev/shm")


def forget(engine: Holder | None, memory: Path = MEMORY) -> None:
    """Delete the semaphores of engines of this machine that are gone.

    Args:
        engine: who held the run folder last. Those before it are looked for at every start, as one
            that was killed early on may have come to nothing with them.
    """
    if engine is None or engine.host != socket.gethostname():
        return
    for pid in (engine.pid, *engine.before):
        if _lives(pid):  # its number is another process's now
            continue
        with contextlib.suppress(OSError):
            for semaphore in memory.glob(f"sem.loky-{pid}-*"):
                semaphore.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    """Whether there is such a process; what has ended stays listed until its parent asks."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False
