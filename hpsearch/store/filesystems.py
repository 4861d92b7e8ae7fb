"""File systems on which a store cannot live, found before anything is written.

SQLite's write-ahead log is memory shared by every process that opens the database, and the lock of
a run is flock. Neither can be trusted where the files are another machine's.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from hpsearch import system
from hpsearch.errors import RunError

NETWORKS: Mapping[int, str] = {
    0x6969: "NFS",
    0xFF534D42: "CIFS",
    0xFE534D42: "SMB",
    0x517B: "SMB",
    0x0BD00BD0: "Lustre",
    0x47504653: "GPFS",
    0x19830326: "BeeGFS",
    0x00C36400: "CephFS",
    0x5346414F: "AFS",
    0x6B414653: "AFS",
    0x73757245: "Coda",
    0xAAD7AAEA: "PanFS",
}
"""What statfs(2) calls file systems that several machines share, by their numbers."""

Statfs = Callable[[Path], int]


def statfs(path: Path) -> int:
    """The number of the file system that a folder is on; 0 where the system does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    answer = (ctypes.c_long * 64)()  # struct statfs is smaller, and begins with f_type
    try:
        failed = ctypes.CDLL(None, use_errno=True).statfs(os.fsencode(path), answer)
    except (OSError, AttributeError):
        return 0
    return 0 if failed else answer[0] & 0xFFFFFFFF


def hold_folder(folder: Path, ask: Statfs = statfs) -> None:
    """Refuse a run folder where a store would be lost.

    Args:
        folder: where the run is to be; it need not exist, its nearest parent is asked.
        ask: tells the number of a file system.

    Raises:
        RunError: it is on a network file system, or does not keep locks and shared memory.
        OSError: it cannot be written.
    """
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if name := NETWORKS.get(ask(there)):
        raise _refused(folder, f"is on {name}, a network file system")
    if trouble := probe(there):
        raise _refused(folder, f"is on a file system that {trouble}")


def probe(folder: Path) -> str:
    """What a file in a folder fails to do of all that a store needs; empty where it does it."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".probe-")
    try:
        try:
            return _without_locks(handle, name) or _without_sharing(handle, name)
        finally:
            os.close(handle)
    finally:
        os.unlink(name)


def _without_locks(handle: int, name: str) -> str:
    other = os.open(name, os.O_RDWR)
    try:
        system.flock(handle, wait=False)
        system.flock(other, wait=False)
    except BlockingIOError:
        return ""
    except OSError as error:
        return f"knows no locks ({error.strerror})"
    finally:
        os.close(other)
    return "gives one lock twice"


def _without_sharing(handle: int, name: str) -> str:
    # A page that has no room on the disk would kill whoever writes to its map.
    os.pwrite(handle, bytes(mmap.PAGESIZE), 0)
    other = os.open(name, os.O_RDWR)
    try:
        with (
            closing(mmap.mmap(handle, mmap.PAGESIZE)) as one,
            closing(mmap.mmap(other, mmap.PAGESIZE)) as two,
        ):
            one[:5] = b"probe"
            return "" if two[:5] == b"probe" else "does not share memory between processes"
    except (OSError, ValueError) as error:
        return f"cannot be mapped into memory ({error})"
    finally:
        os.close(other)


def _refused(folder: Path, why: str) -> RunError:
    scratch = os.environ.get("TMPDIR") or tempfile.gettempdir()
    return RunError(
        f"{folder} {why}, where a study's database can be lost. Keep runs on a disk of this "
        f"machine: --runs {scratch}/runs, or HPSEARCH_RUNS; copy the folder when the study ended."
    )
