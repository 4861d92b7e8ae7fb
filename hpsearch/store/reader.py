"""Reading a study's database while the engine writes it.

Each read is one short transaction on a read-only connection, so that no view can ever hold the
engine up. What has no figure is None, never NaN.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import quote

from hpsearch.errors import RunError
from hpsearch.store.folder import RunFolder
from hpsearch.store.records import (
    Counts,
    EpochRecord,
    EventRecord,
    Mark,
    Snapshot,
    StudyFacts,
    TrialRecord,
)
from hpsearch.store.schema import VERSION
from hpsearch.study.events import State

BUSY_SECONDS = 1.0
"""How long a read waits for a writer that has the file to itself."""

ORDER: tuple[State, ...] = ("complete", "running", "pruned", "diverged", "failed", "waiting")
"""The leaderboard by state; within one, by value, those without one last, then by number."""

_WITHOUT_VALUE = ("diverged", "failed")

_TRIAL = (
    "number, state, seed, params, planned, epochs, value, best_epoch, figures, parameters, "
    "slot, attempt, started, finished, seconds, reason, told"
)


class NotYet(RunError):
    """There is no study in the database so far; where an engine is just starting, wait a moment."""


class Busy(RunError):
    """The database could not be read this time."""


class Reader:
    """A read-only connection to the database of one run. Use it as a context manager.

    Raises:
        NotYet: there is no database, or nothing in it yet.
        RunError: it is damaged, of another version, or cannot be read. Every read may raise it.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._inside = False
        if not folder.db.exists():
            raise NotYet(f"{folder.path} has no study.db: nothing has been run there yet.")
        self._connection = self._connect()
        try:
            self._check_version()
        except BaseException:
            self.close()
            raise
        self._version_seen: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Everything read inside is of one moment. Keep it short."""
        self._rows("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.rollback()

    def changed(self) -> bool:
        """Whether anything may have been written since this was last asked. Costs microseconds."""
        ((version,),) = self._rows("PRAGMA data_version")
        changed = version != self._version_seen
        self._version_seen = version
        return changed

    def study(self) -> StudyFacts:
        """What is known of the study as a whole."""
        facts = {key: self._json(value, key) for key, value in self._rows("SELECT * FROM study")}
        if "name" not in facts or "state" not in facts:
            raise NotYet(f"{self.folder.db} holds no study yet; its engine may be just starting.")
        known = {key: value for key, value in facts.items() if key in _STUDY_KEYS}
        return StudyFacts(**{**_STUDY_DEFAULTS, **known})

    def counts(self, asked: int) -> Counts:
        """How many trials stand how; `asked` is how many there are to be."""
        rows = self._rows("SELECT state, count(*) FROM trial GROUP BY state")
        return Counts(asked, **{state: count for state, count in rows if state in ORDER})

    def leaderboard(self, direction: str, limit: int | None = None) -> tuple[TrialRecord, ...]:
        """The first `limit` trials, complete ones before the others, best first."""
        board: list[TrialRecord] = []
        for where, order in _stretches("ASC" if direction == "minimize" else "DESC"):
            left = -1 if limit is None else limit - len(board)
            if left == 0:
                break
            board += self._trials(f"{where} ORDER BY {order} LIMIT ?", left)
        return tuple(board)

    def best(self, direction: str) -> TrialRecord | None:
        """The best complete trial."""
        first = self.leaderboard(direction, 1)
        return first[0] if first and _is_best(first[0]) else None

    def running(self) -> tuple[TrialRecord, ...]:
        """The trials in training, by worker."""
        return tuple(self._trials("state = 'running' ORDER BY slot, number"))

    def trial(self, number: int) -> TrialRecord | None:
        """The trial of that number."""
        return next(iter(self._trials("number = ?", number)), None)

    def ended(self, after: int) -> tuple[TrialRecord, ...]:
        """The trials that ended later than the one with that place in the order of ends."""
        return tuple(self._trials("told > ? ORDER BY told", after))

    def epochs(self, trial: int) -> tuple[EpochRecord, ...]:
        """A trial's curve so far."""
        rows = self._rows(
            "SELECT number, value, figures, learning_rate, gradient_norm, seconds "
            "FROM epoch WHERE trial = ? ORDER BY number",
            trial,
        )
        return tuple(
            EpochRecord(
                number, finite(value), self._figures(figures), finite(rate), finite(norm), seconds
            )
            for number, value, figures, rate, norm, seconds in rows
        )

    def events(self, after: int = 0, limit: int = 1000) -> tuple[EventRecord, ...]:
        """The events after the one with that id, oldest first."""
        rows = self._rows(
            "SELECT id, time, kind, trial, text FROM event WHERE id > ? ORDER BY id LIMIT ?",
            after,
            limit,
        )
        return tuple(EventRecord(*row) for row in rows)

    def mark(self) -> Mark:
        """Where reading has to begin to see only what happens from now on."""
        ((event, told),) = self._rows(
            "SELECT (SELECT coalesce(max(id), 0) FROM event), "
            "(SELECT coalesce(max(told), -1) FROM trial)"
        )
        return Mark(event, told)

    def snapshot(self, since: Mark | None = None) -> Snapshot:
        """The study at one moment, with what is new since the mark (None: nothing is)."""
        with self.still():
            since = since or self.mark()
            study = self.study()
            ended, events = self.ended(since.told), self.events(since.event)
            return Snapshot(
                study,
                self.counts(study.trials),
                self.best(study.direction),
                self.running(),
                ended,
                events,
                _after(since, ended, events),
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
        ((version,),) = self._rows("PRAGMA user_version")
        if version == VERSION:
            return
        if not self._rows("SELECT 1 FROM sqlite_schema LIMIT 1"):
            raise NotYet(f"{self.folder.db} is empty; its engine may be just starting.")
        newer = "a newer" if version > VERSION else "an older"
        raise RunError(
            f"{self.folder.db} was written by {newer} hpsearch (version {version} of its tables, "
            f"here it is {VERSION}); read it with that one, or run the study under a new name."
        )

    def _trials(self, where: str, *values: object) -> Iterable[TrialRecord]:
        rows = self._rows(f"SELECT {_TRIAL} FROM trial WHERE {where}", *values)
        return [self._trial(row) for row in rows]

    def _trial(self, row: tuple[Any, ...]) -> TrialRecord:
        number, state, seed, params, planned, epochs, value, best_epoch, figures, *rest = row
        if state in _WITHOUT_VALUE:
            value = best_epoch = None
            figures = "{}"
        drawn = self._json(params, f"trial {number}")
        return TrialRecord(
            number,
            state,
            seed,
            {name: tuple(v) if isinstance(v, list) else v for name, v in drawn.items()},
            planned,
            epochs,
            finite(value),
            best_epoch,
            self._figures(figures),
            *rest,
        )

    def _figures(self, text: str) -> Mapping[str, float | None]:
        return {name: finite(figure) for name, figure in self._json(text, "figures").items()}

    def _json(self, text: str, what: str) -> Any:
        try:
            return json.loads(text, parse_constant=_nothing)
        except (ValueError, TypeError, RecursionError) as error:
            raise self._damaged(f"{what}: {error}") from None

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._told_apart():
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """Turn what SQLite says into a sentence for a person."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "no such" in str(error):
                raise self._damaged(str(error)) from None
            raise Busy(f"{self.folder.db} cannot be read just now: {error}.") from None
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._damaged(str(error)) from None

    def _damaged(self, why: str) -> RunError:
        return RunError(
            f"{self.folder.db} is damaged ({why}). Put a copy of it back, or move "
            f"{self.folder.path} aside and run the study again."
        )


def finite(figure: object) -> float | None:
    """The figure, or None where it is not a finite number."""
    if isinstance(figure, int | float) and math.isfinite(figure):
        return float(figure)
    return None


def mark(folder: RunFolder) -> Mark:
    """Where news begins in this run: taken before an engine starts, nothing of it is missed."""
    try:
        with Reader(folder) as reader:
            return reader.mark()
    except NotYet:
        return Mark()


def _after(since: Mark, ended: tuple[TrialRecord, ...], events: tuple[EventRecord, ...]) -> Mark:
    told = ended[-1].told if ended else None
    return Mark(events[-1].id if events else since.event, since.told if told is None else told)


def _stretches(way: str) -> Iterator[tuple[str, str]]:
    """The leaderboard in pieces (which trials, in what order), each of which runs along the index
    where one sort of all trials would not."""
    for state in ORDER:
        if state in _WITHOUT_VALUE:
            yield f"state = '{state}'", "number"
        else:
            yield f"state = '{state}' AND value IS NOT NULL", f"value {way}, number"
            yield f"state = '{state}' AND value IS NULL", "number"


def _is_best(trial: TrialRecord) -> bool:
    return trial.state == "complete" and trial.value is not None


def _nothing(_: str) -> None:
    """What NaN and Infinity are read as, should they ever be there."""


_STUDY_KEYS = frozenset(StudyFacts.__dataclass_fields__)
_STUDY_DEFAULTS: Mapping[str, Any] = {
    "metric": "val_cost",
    "direction": "minimize",
    "task": "",
    "trials": 0,
    "workers": 0,
    "why": "",
    "created": 0.0,
    "seconds": 0.0,
    "beat": 0.0,
    "epochs": 0,
}
