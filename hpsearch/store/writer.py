"""The one writer of a study's database.

Rows are gathered and written together: at most 250 ms late (the engine calls `flush` on a timer),
and at once when a trial starts or ends or a command is taken. WAL lets any number of views read
meanwhile; FULL means that what is written survives the machine.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hpsearch import faults
from hpsearch.errors import RunError
from hpsearch.store import database
from hpsearch.store.folding import MOST_PAGES, Folding
from hpsearch.store.inbox import Command
from hpsearch.store.past import Best, Past, best_of, history
from hpsearch.store.soundness import wrong_fact
from hpsearch.study.events import EpochDone, State, Trial


class Store:
    """Writes `study.db`. Only the process that holds the run folder's lock may have one.

    Raises:
        RunError: the database cannot be written, or is not one of ours.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[tuple[str, tuple[Any, ...]]] = []
        self._together = False
        self._db = database.opened(path)
        self._folding: Folding | None = None

    def fold_aside(self) -> None:
        """From now on a thread folds the log into the database: no flush waits for that."""
        self._db.execute(f"PRAGMA wal_autocheckpoint = {MOST_PAGES}")
        self._folding = Folding(self._path)

    # What was there before -------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """Everything in table `study`; empty for a new one."""
        with database.sound(self._path):
            rows = self._db.execute("SELECT * FROM study")
            facts = {key: json.loads(value) for key, value in rows}
            if wrong := wrong_fact(facts):
                raise ValueError(wrong)
            return facts

    def history(self) -> list[Past]:
        """Every trial, in the order of their numbers."""
        with database.sound(self._path):
            return history(self._db)

    def best_of(self, number: int, ascending: bool) -> Best | None:
        """A trial's best epoch, from the epochs that are kept."""
        with database.sound(self._path):
            return best_of(self._db, number, ascending)

    # What happens ----------------------------------------------------------------------------

    def set(self, **facts: Any) -> None:
        """Say something about the study as a whole."""
        for key, value in facts.items():
            self._add("INSERT OR REPLACE INTO study VALUES (?, ?)", key, _json(value))

    def asked(self, trial: Trial, memory: Mapping[str, Any], planned: int, parameters: int) -> None:
        """A trial was drawn and waits for a trainer."""
        self._add(
            "INSERT INTO trial (number, state, seed, params, memory, planned, parameters, asked)"
            " VALUES (?, 'waiting', ?, ?, ?, ?, ?, ?)",
            trial.number,
            trial.seed,
            _json(dict(trial.params)),
            _json(memory),
            planned,
            parameters,
            time.time(),
        )

    def started(
        self, number: int, slot: int, attempt: int, pid: int, host: str, epochs: int
    ) -> None:
        """A trainer took a trial up, to go on after `epochs` epochs (0: from the start)."""
        now = time.time()
        self._add("DELETE FROM epoch WHERE trial = ? AND number > ?", number, epochs)
        self._add(
            "UPDATE trial SET state = 'running', slot = ?, attempt = ?, epochs = ?,"
            " started = coalesce(started, ?) WHERE number = ?",
            *(slot, attempt, epochs, now, number),
        )
        if epochs == 0:
            self._add(
                "UPDATE trial SET value = NULL, best_epoch = NULL, figures = '{}' WHERE number = ?",
                number,
            )
        self._add(
            "INSERT OR REPLACE INTO attempt (trial, number, slot, pid, host, started)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(number, attempt, slot, pid, host, now),
        )

    def epochs(
        self,
        number: int,
        epochs: tuple[EpochDone, ...],
        metric: str,
        best: Best | None,
        memory: Mapping[str, Any],
        seconds: float,
    ) -> None:
        """A trial went on by some epochs; `best` is its best so far."""
        faults.at("trial reported")
        for epoch in epochs:
            self._add(
                "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?)",
                number,
                epoch.number,
                epoch.figures.get(metric),
                _json(dict(epoch.figures)),
                epoch.learning_rate,
                epoch.gradient_norm,
                epoch.seconds,
            )
        self._add(
            "UPDATE trial SET epochs = ?, value = ?, best_epoch = ?, figures = ?, memory = ?,"
            " seconds = ? WHERE number = ?",
            epochs[-1].number,
            best.value if best else None,
            best.epoch if best else None,
            _json(dict(best.figures)) if best else "{}",
            _json(memory),
            seconds,
            number,
        )

    def finished(
        self, number: int, state: State, told: int, seconds: float, reason: str, best: Best | None
    ) -> None:
        """A trial is over. Only complete and pruned ones keep a value."""
        faults.at("trial told")
        kept = best if state in ("complete", "pruned") else None
        self._add(
            "UPDATE trial SET state = ?, told = ?, finished = ?, seconds = ?, reason = ?,"
            " value = ?, best_epoch = ?, figures = ? WHERE number = ?",
            state,
            told,
            time.time(),
            seconds,
            reason,
            kept.value if kept else None,
            kept.epoch if kept else None,
            _json(dict(kept.figures)) if kept else "{}",
            number,
        )
        self.attempt_ended(number, "finished")

    def put_back(self, number: int, outcome: str, reason: str = "") -> None:
        """A trial waits again: its trainer was stopped, or died, or its engine did."""
        self._add("UPDATE trial SET state = 'waiting' WHERE number = ?", number)
        self.attempt_ended(number, outcome, reason)

    def adopted(
        self,
        past: Past,
        best: Best | None,
        epochs: tuple[EpochDone, ...],
        metric: str,
        planned: int,
        parameters: int,
    ) -> None:
        """A finished trial of another study becomes one of this."""
        number = past.trial.number
        self.asked(past.trial, past.memory, planned, parameters)
        if epochs:
            self.epochs(number, epochs, metric, best, past.memory, past.seconds)
        self.finished(number, past.state, number, past.seconds, "taken along", best)

    def reopened(self, number: int, memory: Mapping[str, Any]) -> None:
        """A trial that failed waits once more, from its start; its failures are forgiven."""
        self._add("DELETE FROM epoch WHERE trial = ?", number)
        self._add(
            "UPDATE trial SET state = 'waiting', told = NULL, finished = NULL, reason = '',"
            " epochs = 0, seconds = 0, memory = ? WHERE number = ?",
            _json(memory),
            number,
        )
        self._add(
            "UPDATE attempt SET outcome = 'forgiven'"
            " WHERE trial = ? AND outcome IN ('died', 'raised')",
            number,
        )

    def attempt_ended(self, number: int, outcome: str, reason: str = "") -> None:
        """Close the newest attempt of a trial."""
        self._add(
            "UPDATE attempt SET ended = ?, outcome = ?, reason = ?"
            " WHERE trial = ? AND ended IS NULL",
            time.time(),
            outcome,
            reason,
            number,
        )

    def note(self, kind: str, text: str, trial: int | None = None) -> None:
        """One sentence for whoever watches."""
        self._add(
            "INSERT INTO event (time, kind, trial, text) VALUES (?, ?, ?, ?)",
            time.time(),
            kind,
            trial,
            text,
        )

    def taken(self, id: str) -> bool:
        """Whether a command was obeyed before."""
        with database.sound(self._path):
            found = self._db.execute("SELECT 1 FROM command WHERE id = ?", (_storable(id),))
            return found.fetchone() is not None

    def command(self, command: Command, outcome: str) -> None:
        """A command was taken from the inbox."""
        self._add(
            "INSERT OR REPLACE INTO command VALUES (?, ?, ?, ?, ?, ?)",
            command.id,
            command.sent,
            command.sender,
            command.verb,
            time.time(),
            outcome,
        )

    # ------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Nothing of what happens inside is written before all of it is: by the next `flush`."""
        self._together = True
        try:
            yield
        finally:
            self._together = False

    def flush(self) -> None:
        """Write everything gathered, as one transaction.

        Raises:
            RunError: the disk is full, or gone. What was gathered is kept for another try.
        """
        if not self._waiting or self._together:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for statement, values in self._waiting:
                self._db.execute(statement, values)
            faults.at("store gathered")
            faults.at("write store")
            self._db.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise RunError(f"{self._path} cannot be written: {database.said(error)}.") from None
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        self._waiting.clear()
        faults.at("store committed")
        if self._folding is not None:
            self._folding.soon()

    def close(self) -> None:
        """Write what is left, and fold the log into the database."""
        self.flush()
        if self._folding is not None:
            self._folding.end()
        with contextlib.suppress(sqlite3.Error):  # the log then stays beside, and nothing is lost
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def _add(self, statement: str, *values: Any) -> None:
        clean = (_storable(value) if isinstance(value, str) else value for value in values)
        self._waiting.append((statement, tuple(clean)))


def _storable(text: str) -> str:
    """Text without the halves of surrogate pairs, which UTF-8 does not know."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
