"""What only Unix has: locks that die with their process, sessions, niceness, limits.

Everything that would have to change for another platform is here.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hpsearch.errors import RunError

BLAS_THREADS: Mapping[str, str] = dict.fromkeys(
    (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)
"""One thread of linear algebra a process; with more, trainers fight over cores (2.25× slower)."""


_AFTER = 10
"""The niceness of who comes after others, yet comes."""
_ROOM, _LAST_WORDS, _EARLIER = 4096, 500, 8
"""Bytes of a lock file; characters of last words, at most six bytes each, as JSON; and how many of
those who had the lock before are known."""


@dataclass(frozen=True)
class Holder:
    """The process that holds a run folder."""

    pid: int
    host: str
    before: tuple[int, ...] = ()
    """Who held it before, the latest first."""


class Lock:
    """A run folder's lock. It frees itself when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._before: tuple[int, ...] = ()

    def acquire(self, patience: float = 0.5) -> Holder | None:
        """Take the lock, and write who holds it into the file. Returns who held it last.

        Args:
            patience: seconds to try; a view that asks who holds the lock has it for microseconds.

        Raises:
            RunError: another engine has it.
        """
        # O_CLOEXEC is Python's default, so no child of ours keeps the lock alive.
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    who = _read_holder(file)
                    os.close(file)
                    by = f"process {who.pid} on {who.host}" if who else "another process"
                    raise RunError(
                        f"{self._path.parent} is in use by {by}. "
                        f"Watch it with `hpsearch attach {self._path.parent.name}`, "
                        f"or stop it with `hpsearch stop {self._path.parent.name}`."
                    ) from None
                time.sleep(0.01)
        self._file, last = file, _read_holder(file)
        if last is not None:
            self._before = (last.pid, *last.before)[:_EARLIER]
        self._write(why="")
        return last

    def leave(self, why: str) -> None:
        """Write last words into the file: there is room for them though the disk may be full."""
        with contextlib.suppress(OSError):
            self._write(why=why)

    def _write(self, why: str) -> None:
        assert self._file is not None
        said: dict[str, object] = {"pid": os.getpid(), "host": socket.gethostname()}
        said |= {"before": self._before, "why": why[:_LAST_WORDS]}
        os.pwrite(self._file, json.dumps(said).encode().ljust(_ROOM), 0)
        os.ftruncate(self._file, _ROOM)

    @property
    def stands(self) -> bool:
        """Whether the lock is still where it was taken: not moved, nor deleted with its folder."""
        assert self._file is not None
        try:
            return os.path.samestat(os.fstat(self._file), os.stat(self._path))
        except FileNotFoundError:
            return False
        except OSError:  # a disk that stumbles takes nothing away
            return True

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def holder(path: Path) -> Holder | None:
    """The process that holds the lock at `path`, or None where nobody does."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(file) or Holder(0, "unknown")
    except OSError:
        return None
    finally:
        os.close(file)
    return None


def last_words(path: Path) -> str:
    """Why the engine that last held the lock could not write into the store why it ended."""
    try:
        with path.open("rb") as file:
            return str(json.loads(file.read(_ROOM)).get("why", ""))
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""


def _read_holder(file: int) -> Holder | None:
    try:
        written = json.loads(os.pread(file, 4096, 0))
        before = tuple(int(pid) for pid in written.get("before", ()))
        return Holder(int(written["pid"]), str(written["host"]), before)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def flock(file: int, wait: bool = True) -> None:
    """Have an open file to ourselves, among those who ask; until it is closed.

    Raises:
        BlockingIOError: another has it, and we do not wait.
        OSError: there are no locks on its file system.
    """
    fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def user() -> int:
    """The number of who runs this process, by which files are theirs."""
    return os.getuid()


def environment() -> dict[str, str]:
    """The environment of a process that imports the same code as this one."""
    import hpsearch

    here = str(Path(hpsearch.__file__).parent.parent)
    paths = [here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The same of one that shares the cores with others like it: it uses one BLAS thread."""
    return {**environment(), **BLAS_THREADS, **(extra or {})}


def module_command(module: str) -> list[str]:
    """The command that runs one of our modules in a process of its own.

    `-P` keeps the current folder out of the way: a child imports what its parent imported.
    """
    return [sys.executable, "-P", "-m", module]


def readable(descriptor: int, seconds: float) -> bool:
    """Whether there is something to read, or never will be, waiting up to `seconds` for it.

    select(2) knows no descriptors above 1,023, which a program that searches may have.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(1000 * seconds))


def pipe() -> tuple[int, int]:
    """The reading and the writing end of a pipe, neither of which is a standard stream.

    Where a process was started without these, new files get their numbers, and a child's own
    streams would take the place of what it is to inherit.
    """
    made = os.pipe()
    reading, writing = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in made)
    for end in made:
        os.close(end)
    return reading, writing


def be_nice(by: int) -> None:
    """Give way to other people's work; as nice as asked, or as near as allowed."""
    try:
        os.nice(by)
    except OSError:
        return


def hold_back(pid: int) -> None:
    """Let another process of ours come after others that want a core."""
    with contextlib.suppress(OSError):  # it has ended already
        os.setpriority(os.PRIO_PROCESS, pid, _AFTER)


def die_with_parent(parent: int | None = None) -> None:
    """Ask the kernel for SIGKILL when the parent ends (Linux; elsewhere nothing happens).

    A second belt: the first is end-of-file on stdin or the wire, which works everywhere.

    Args:
        parent: its process id, where known: if it is gone already, this process ends at once.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    PR_SET_PDEATHSIG = 1
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def limit_memory(bytes_: int) -> None:
    """Let an allocation beyond `bytes_` raise MemoryError instead of filling the machine."""
    _lower(resource.RLIMIT_AS, bytes_)


def refuse_other_platforms() -> None:
    """Say at once, in one sentence, where this cannot work.

    Raises:
        RunError: on Windows, which has neither flock nor setsid.
    """
    if sys.platform == "win32":
        raise RunError("hpsearch needs Linux (or WSL on Windows); Windows itself is not supported.")


def allow(more_memory: int, seconds: int) -> None:
    """Bound what this process may take from here on; beyond it allocations fail, or it is killed.

    Args:
        more_memory: bytes of address space, beside what it has.
        seconds: of processor time, beside what it took.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):  # not Linux: then time alone is bound
        pages = 0
    if pages:
        memory = pages * resource.getpagesize() + more_memory
        _lower(resource.RLIMIT_AS, memory)
    taken = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(taken.ru_utime + taken.ru_stime) + seconds)


def _lower(which: int, soft: int) -> None:
    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
