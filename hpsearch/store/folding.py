"""Folds the write-ahead log into the database beside the writer, which shall not wait for it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path

EVERY = 1.0
"""Seconds between two foldings, at least."""
MOST_PAGES = 16_384
"""A log of so many pages (64 MiB) is folded by the writer itself, or it would grow for ever where
there is always something written while the thread folds."""


class Folding:
    """A thread with a connection of its own; each folding costs two fsyncs, up to 30 ms on a disk.

    A passive checkpoint waits for nobody and holds up nobody: neither writer nor readers.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._due, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, name="folding", daemon=True)
        self._thread.start()

    def soon(self) -> None:
        """Something was committed."""
        self._due.set()

    def end(self) -> None:
        """Fold no more; returns when nothing is under way."""
        self._over.set()
        self._due.set()
        self._thread.join()

    def _keep(self) -> None:
        with contextlib.closing(sqlite3.connect(self._path)) as db:
            while True:
                self._due.wait()
                if self._over.is_set():
                    return
                self._due.clear()
                with contextlib.suppress(sqlite3.Error):  # the writer hears of a bad disk itself
                    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                self._over.wait(EVERY)
