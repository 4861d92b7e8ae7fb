"""Reading a study's database while the engine writes it; `store.polling` reads what is new.

Each read is one short transaction on a read-only connection, so that no view can ever hold the
engine up. What has no figure is None, never NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any, Self

from hpsearch.store import polling
from hpsearch.store.connection import Busy, Connection, NotYet, undisturbed
from hpsearch.store.folder import RunFolder
from hpsearch.store.order import ORDER, WITHOUT_VALUE, stretches
from hpsearch.store.records import (
    AttemptRecord,
    Counts,
    Delta,
    EpochRecord,
    EventRecord,
    Mark,
    Revision,
    Snapshot,
    StudyFacts,
    TrialRecord,
    study_facts,
)
from hpsearch.store.soundness import wrong_fact
from hpsearch.study.events import State

__all__ = ["ORDER", "Busy", "NotYet", "Reader", "finite", "mark"]

_TRIAL = (
    "number, state, seed, params, planned, epochs, value, best_epoch, figures, parameters, "
    "slot, attempt, started, finished, seconds, reason, told"
)
_EPOCH = "number, value, figures, learning_rate, gradient_norm, seconds"
_ATTEMPT = "number, slot, pid, host, started, ended, outcome, reason"


class Reader:
    """A read-only connection to the database of one run. Use it as a context manager.

    Raises:
        NotYet: there is no database, or nothing in it yet.
        RunError: it is damaged, of another version, or cannot be read. Every read may raise it.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._db = Connection(folder)
        self._version_seen: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def still(self) -> AbstractContextManager[None]:
        """Everything read inside is of one moment. Keep it short."""
        return self._db.still()

    def changed(self) -> bool:
        """Whether anything may have been written since this was last asked. Costs microseconds."""
        ((version,),) = self._db.rows("PRAGMA data_version")
        changed = version != self._version_seen
        self._version_seen = version
        return changed

    def study(self) -> StudyFacts:
        """What is known of the study as a whole."""
        facts = {
            key: self._db.json(value, key) for key, value in self._db.rows("SELECT * FROM study")
        }
        if "name" not in facts or "state" not in facts:
            raise NotYet(f"{self.folder.db} holds no study yet; its engine may be just starting.")
        if wrong := wrong_fact(facts):
            raise self._db.damaged(wrong)
        return study_facts(facts)

    def counts(self, asked: int) -> Counts:
        """How many trials stand how; `asked` is how many there are to be."""
        rows = self._db.rows("SELECT state, count(*) FROM trial GROUP BY state")
        return Counts(asked, **{state: count for state, count in rows if state in ORDER})

    def leaderboard(self, direction: str, limit: int | None = None) -> tuple[TrialRecord, ...]:
        """The first `limit` trials, complete ones before the others, best first."""
        board: list[TrialRecord] = []
        for where, order in stretches("ASC" if direction == "minimize" else "DESC"):
            left = -1 if limit is None else limit - len(board)
            if left == 0:
                break
            board += self._trials(f"{where} ORDER BY {order} LIMIT ?", left)
        return tuple(board)

    def best(self, direction: str) -> TrialRecord | None:
        """The best complete trial."""
        first = self.leaderboard(direction, 1)
        return first[0] if first and _has_place(first[0]) else None

    def trials(self) -> tuple[TrialRecord, ...]:
        """Every trial, by number."""
        return tuple(self._trials("1 ORDER BY number"))

    def sample(self, state: State, most: int) -> tuple[TrialRecord, ...]:
        """At most that many of the trials in a state, spread evenly over their numbers."""
        rows = self._db.rows("SELECT number FROM trial WHERE state = ? ORDER BY number", state)
        numbers = [number for (number,) in rows]
        if len(numbers) > most:
            numbers = [numbers[at * len(numbers) // most] for at in range(most)]
        return self.numbered(numbers)

    def place(self, trial: TrialRecord, direction: str) -> int | None:
        """A complete trial's place among the complete ones, from 1; None for the others."""
        if not _has_place(trial):
            return None
        better = "value < ?" if direction == "minimize" else "value > ?"
        ((before,),) = self._db.rows(
            f"SELECT count(*) FROM trial WHERE state = 'complete' AND ({better} "
            "OR (value = ? AND number < ?))",
            *(trial.value, trial.value, trial.number),
        )
        return before + 1

    def running(self) -> tuple[TrialRecord, ...]:
        """The trials in training, by worker."""
        return tuple(self._trials("state = 'running' ORDER BY slot, number"))

    def unfinished(self) -> tuple[TrialRecord, ...]:
        """The trials that are in training or wait, by number."""
        return tuple(self._trials("state IN ('running', 'waiting') ORDER BY number"))

    def numbered(self, numbers: Iterable[int]) -> tuple[TrialRecord, ...]:
        """The trials of those numbers, as far as there are any, by number."""
        return tuple(self._trials(f"number IN ({_listed(numbers)}) ORDER BY number"))

    def trial(self, number: int) -> TrialRecord | None:
        """The trial of that number."""
        return next(iter(self._trials("number = ?", number)), None)

    def ended(self, after: int) -> tuple[TrialRecord, ...]:
        """The trials that ended later than the one with that place in the order of ends."""
        return tuple(self._trials("told > ? ORDER BY told", after))

    def epochs(self, trial: int, after: int = 0) -> tuple[EpochRecord, ...]:
        """A trial's curve so far, from the epoch after that one on."""
        rows = self._db.records(
            "epoch", _EPOCH, "trial = ? AND number > ? ORDER BY number", trial, after
        )
        return tuple(
            EpochRecord(
                number, finite(value), self._figures(figures), finite(rate), finite(norm), seconds
            )
            for number, value, figures, rate, norm, seconds in rows
        )

    def curves(self, trials: Iterable[int]) -> dict[int, tuple[float | None, ...]]:
        """The study's metric by epoch, for each of the trials; much cheaper than `epochs`."""
        found: dict[int, list[float | None]] = {number: [] for number in trials}
        rows = self._db.rows(
            f"SELECT trial, value FROM epoch WHERE trial IN ({_listed(found)}) "
            "ORDER BY trial, number"
        )
        for trial, value in rows:
            found[trial].append(finite(value))
        return {number: tuple(curve) for number, curve in found.items()}

    def attempts(self, trial: int) -> tuple[AttemptRecord, ...]:
        """How often a trial was taken up, and how each time ended."""
        rows = self._db.records("attempt", _ATTEMPT, "trial = ? ORDER BY number", trial)
        return tuple(AttemptRecord(*row) for row in rows)

    def busy(self, since: float = 0.0) -> float | None:
        """The share of their time that workers had a trial in hand, between their first and last
        start; the rest they waited for one. None where none has taken up two.

        Args:
            since: Unix seconds; what was taken up earlier does not count.
        """
        ((trained, waited),) = self._db.rows(
            "SELECT sum(before - began), sum(max(0, started - before)) FROM (SELECT started, "
            "lag(ended) OVER slots AS before, lag(started) OVER slots AS began FROM attempt "
            "WHERE started >= ? WINDOW slots AS (PARTITION BY slot ORDER BY started))",
            since,
        )
        total = (trained or 0.0) + (waited or 0.0)
        return trained / total if trained and total > 0 else None

    def events(self, after: int = 0, limit: int = 1000) -> tuple[EventRecord, ...]:
        """The events after the one with that id, oldest first."""
        rest = "id > ? ORDER BY id LIMIT ?"
        rows = self._db.records("event", "id, time, kind, trial, text", rest, after, limit)
        ids = [after, *(row[0] for row in rows)]
        if any(later <= before for before, later in pairwise(ids)):  # whoever pages would not end
            raise self._db.damaged("its events are out of order")
        return tuple(EventRecord(*row) for row in rows)

    def outcome(self, command: str) -> str | None:
        """What became of a command, by its id; None where it was not taken."""
        rows = self._db.rows("SELECT outcome FROM command WHERE id = ?", command)
        return rows[0][0] if rows else None

    def mark(self) -> Mark:
        """Where reading has to begin to see only what happens from now on."""
        ((event, told),) = self._db.rows(
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

    def poll(self, since: Revision | None = None) -> Delta:
        """What is new since a revision (None: everything there is): see `store.polling.poll`."""
        return polling.poll(self, since)

    def _trials(self, where: str, *values: object) -> list[TrialRecord]:
        rows = self._db.records("trial", _TRIAL, where, *values)
        with undisturbed():
            params = self._db.objects([row[3] for row in rows], "trial")
            texts = ["{}" if row[1] in WITHOUT_VALUE else row[8] for row in rows]
            figures = self._db.objects(texts, "figures")
            return [_trial(*parts) for parts in zip(rows, params, figures, strict=True)]

    def _figures(self, text: str) -> Mapping[str, float | None]:
        return _finite(*self._db.objects([text], "figures"))


def _trial(row: tuple[Any, ...], params: dict[str, Any], figures: dict[str, Any]) -> TrialRecord:
    number, state, seed, _, planned, epochs, value, best_epoch, _, *rest = row
    if state in WITHOUT_VALUE:
        value = best_epoch = None
    drawn = {name: tuple(v) if isinstance(v, list) else v for name, v in params.items()}
    return TrialRecord(
        *(number, state, seed, drawn, planned, epochs, finite(value), best_epoch),
        *(_finite(figures), *rest),
    )


def _finite(figures: Mapping[str, object]) -> Mapping[str, float | None]:
    return {name: finite(figure) for name, figure in figures.items()}


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


def _listed(numbers: Iterable[int]) -> str:
    """Whole numbers as SQL lists them; there may be more than SQLite has parameters."""
    return ", ".join(str(int(number)) for number in numbers)


def _after(since: Mark, ended: tuple[TrialRecord, ...], events: tuple[EventRecord, ...]) -> Mark:
    told = ended[-1].told if ended else None
    return Mark(events[-1].id if events else since.event, since.told if told is None else told)


def _has_place(trial: TrialRecord) -> bool:
    return trial.state == "complete" and trial.value is not None
