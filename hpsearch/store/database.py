"""Opening a study's database for its one writer, and what is wrong with one in a sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hpsearch.errors import RunError
from hpsearch.store import schema

_DAMAGE = (ValueError, TypeError, AttributeError, RecursionError)
"""What reading JSON that no engine wrote may raise."""


def opened(path: Path) -> sqlite3.Connection:
    """A connection that writes, to tables that are there and sound.

    Raises:
        RunError: it cannot be written, is damaged, or is not one of ours.
    """
    try:
        db = sqlite3.connect(path, isolation_level=None)
    except sqlite3.Error as error:
        raise _useless(path, error) from None
    try:
        _prepare(db, path)
    except (sqlite3.Error, *_DAMAGE) as error:
        db.close()
        raise _useless(path, error) from None
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version not in (0, schema.VERSION):
        raise RunError(
            f"{path} was written by another version of hpsearch (tables {version}, here "
            f"{schema.VERSION}). Use that version, or give this run another --name."
        )
    # What is cut or overwritten is found here, and not after more was written on top of it.
    (sound,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise ValueError(sound.splitlines()[-1])
    # At once: a view that looks meanwhile must not see tables of no version.
    number = "" if version else f"PRAGMA user_version = {schema.VERSION};"
    db.executescript(f"BEGIN IMMEDIATE; {schema.TABLES}; {number} COMMIT")


def _useless(path: Path, error: Exception) -> RunError:
    return RunError(f"{path} cannot be used: {said(error)}. Give the run another --name.")


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Turn what reading a damaged database raises into a sentence.

    Raises:
        RunError: it holds what no engine wrote.
    """
    try:
        yield
    except (sqlite3.Error, *_DAMAGE) as error:
        raise RunError(
            f"{path} is damaged ({said(error)}). Put a copy of it back, or give the run "
            "another --name."
        ) from None


def said(error: Exception) -> str:
    """What an error says, fit for a screen: SQLite cites what stands in a damaged file."""
    text = getattr(error, "strerror", None) or str(error)
    return "".join(c if c.isprintable() else "?" for c in text[:300])
