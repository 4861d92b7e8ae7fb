"""A read-only connection to a study's database, and what SQLite says of it as sentences."""

from __future__ import annotations

import gc
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from hpsearch.errors import RunError
from hpsearch.store.database import said
from hpsearch.store.folder import RunFolder
from hpsearch.store.schema import VERSION
from hpsearch.store.soundness import wrong_cell

BUSY_SECONDS = 1.0
"""How long a read waits for a writer that has the file to itself."""


class NotYet(RunError):
    """There is no study in the database so far; where an engine is just starting, wait a moment."""


class Busy(RunError):
    """The database could not be read this time."""


class Connection:
    """Reads rows and JSON; every read may raise RunError, and never what SQLite raises.

    Raises:
        NotYet: there is no database, or nothing in it yet.
        RunError: it is damaged, of another version, or cannot be read.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        if not folder.db.exists():
            raise NotYet(f"{folder.path} has no study.db: nothing has been run there yet.")
        if not folder.db.stat().st_size:  # SQLite would delete the log beside it
            raise self._empty()
        self._connection = self._connect()
        try:
            self._check_version()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Everything read inside is of one moment; inside another one, of that one's."""
        if self._connection.in_transaction:
            yield
            return
        self.rows("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.rollback()

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        with self._told_apart():
            return self._connection.execute(sql, values).fetchall()

    def records(self, table: str, names: str, rest: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of one table, each cell of which is of its kind.

        Args:
            names: of the columns, with commas between them.
            rest: of the statement, from WHERE on.
        """
        rows = self.rows(f"SELECT {names} FROM {table} WHERE {rest}", *values)
        if wrong := wrong_cell(table, names.split(", "), rows):
            raise self.damaged(wrong)
        return rows

    def json(self, text: str, what: str) -> Any:
        """A JSON column; what is not finite in it is None.

        Args:
            what: which column, should it be damaged.
        """
        try:
            return _decode(text)
        except (ValueError, TypeError, RecursionError) as error:
            raise self.damaged(f"{what}: {error}") from None

    def jsons(self, texts: Sequence[str], what: str) -> list[Any]:
        """Many JSON columns, in half the time of one by one."""
        try:
            found = _decode(f"[{','.join(texts)}]")
        except (ValueError, TypeError, RecursionError):
            found = ()
        if len(found) == len(texts):
            return list(found)
        return [self.json(text, what) for text in texts]

    def objects(self, texts: Sequence[str], what: str) -> list[dict[str, Any]]:
        """Many JSON columns that hold objects."""
        found = self.jsons(texts, what)
        if {dict}.issuperset(map(type, found)):
            return found
        raise self.damaged(f"{what}: {next(one for one in found if type(one) is not dict)!r:.60}")

    def damaged(self, why: str) -> RunError:
        """The sentence for a database that holds what no engine wrote."""
        return RunError(
            f"{self.folder.db} is damaged ({why}). Put a copy of it back, or move "
            f"{self.folder.path} aside and run the study again."
        )

    def _connect(self) -> sqlite3.Connection:
        uri = f"file:{quote(str(self.folder.db.absolute()))}?mode=ro"
        wal = self.folder.db.with_name("study.db-wal")
        with self._told_apart():
            connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                connection.execute("PRAGMA schema_version").fetchone()
            except sqlite3.OperationalError:
                connection.close()
                if wal.exists():
                    raise
                # A finished run on a read-only disk: SQLite cannot put its -shm file beside it.
                connection = sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None)
            except BaseException:
                connection.close()
                raise
            return connection

    def _check_version(self) -> None:
        ((version,),) = self.rows("PRAGMA user_version")
        if version == VERSION:
            return
        if not self.rows("SELECT 1 FROM sqlite_schema LIMIT 1"):
            raise self._empty()
        newer = "a newer" if version > VERSION else "an older"
        raise RunError(
            f"{self.folder.db} was written by {newer} hpsearch (version {version} of its tables, "
            f"here it is {VERSION}); read it with that one, or run the study under a new name."
        )

    def _empty(self) -> NotYet:
        return NotYet(f"{self.folder.db} is empty; its engine may be just starting.")

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """Turn what SQLite says into a sentence for a person."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "no such" in str(error):
                raise self.damaged(said(error)) from None
            raise Busy(f"{self.folder.db} cannot be read just now: {said(error)}.") from None
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.damaged(said(error)) from None


@contextmanager
def undisturbed() -> Iterator[None]:
    """No collection of garbage meanwhile: with thousands of new records it takes as long again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _nothing(_: str) -> None:
    """What NaN and Infinity are read as, should they ever be there."""


_decode = json.JSONDecoder(parse_constant=_nothing).decode
