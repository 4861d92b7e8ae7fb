"""A search inside the process that asks for it: no engine, no store, nothing on disk.

The same searcher, the same jobs and the same training as an engine with one worker, which tells
the searcher the same things in the same order: so trials, values and weights are the same to the
bit. What a run folder is for is missing: it cannot be gone on with, and nobody can watch it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any

from threadpoolctl import threadpool_limits

from hpsearch.data import Data
from hpsearch.data.loading import understood
from hpsearch.engine.account import Account, Ending
from hpsearch.engine.budget import Budget, Tally
from hpsearch.engine.champion import Champion
from hpsearch.engine.conversation import Conversation, Job
from hpsearch.engine.frames import Frame, Head
from hpsearch.engine.jobs import described, parameters_of
from hpsearch.engine.running import Running
from hpsearch.engine.searcher import Searcher, SpaceExhausted
from hpsearch.engine.soundness import hold_options, hold_space
from hpsearch.errors import RunError, StudyFileError, UsageError
from hpsearch.models.retraining import Retraining
from hpsearch.models.saved import SavedModel
from hpsearch.searching.asked import Asked, in_python
from hpsearch.store.order import ORDER
from hpsearch.store.records import TrialRecord
from hpsearch.study.events import EpochDone, Trial, Verdict
from hpsearch.study.space import Config
from hpsearch.study.studyfile import StudyFile
from hpsearch.view.format import duration
from nncore import Dataset
from nncore.metrics import Direction
from nncore.metrics import direction as better


@dataclass(frozen=True)
class Settled:
    """A study and its data, found sound."""

    study: StudyFile
    data: Data
    direction: Direction


def settle(asked: Asked, name: str) -> Settled:
    """Read a study and understand the rows that were handed over, as an engine would.

    Args:
        name: what notes and errors call the rows.

    Raises:
        StudyFileError, DataError: what is wrong.
        UsageError: the study asks for what only a run folder has.
    """
    assert asked.rows is not None
    study = asked.read()
    if study.study.warm_start:
        raise UsageError("study.warm_start reads run folders, which a search in here has none of.")
    data = understood(asked.rows.table(name), study.data)
    try:
        hold_options(study)
        study = study.settle(data.task, data.features, data.outputs)
        hold_space(study, parameters_of(data))
    except StudyFileError as error:
        raise StudyFileError(in_python(str(error))) from None
    return Settled(study, data, better(study.study.metric))


@dataclass(frozen=True)
class Found:
    """What a search came to."""

    trials: tuple[TrialRecord, ...]
    """Best first, in the leaderboard's order."""
    ending: Ending


def search(settled: Settled, on_end: Callable[[TrialRecord], None] = lambda _: None) -> Found:
    """Search until a budget is spent, on one thread of linear algebra as trainers do.

    A trial that a budget cuts short is put aside, unless there is no complete one yet: then it
    counts with what it has reached.

    Args:
        on_end: hears of every trial as it ends.

    Raises:
        RunError: trial after trial failed.
    """
    with alone():
        found = _Search(settled, on_end).run()
    if found.ending.state == "failed":
        raise RunError(found.ending.why)
    return found


@contextmanager
def alone() -> Iterator[None]:
    """One thread of linear algebra, whose sums others repeat; and Optuna's words left as they are.

    What is computed inside has the same bits as in a trainer's process.
    """
    log = logging.getLogger("optuna")
    before = log.level
    try:
        with threadpool_limits(1, "blas"):
            yield
    finally:
        log.setLevel(before)


def retrained(settled: Settled, trial: TrialRecord) -> SavedModel:
    """A trial trained once more, on all but the test rows, to its best epoch.

    Raises:
        RunError: the training diverged, or does not fit in memory.
    """
    config: dict[str, Any] = dict(settled.study.config(trial.params))
    config.pop("training.early_stopping", None)
    config.setdefault("training.schedule_epochs", config["training.epochs"])
    config |= {"training.seed": trial.seed, "training.epochs": trial.best_epoch}
    with alone():
        return Retraining(settled.study, settled.data, config).run()


class _Search:
    """One search under way."""

    def __init__(self, settled: Settled, on_end: Callable[[TrialRecord], None]) -> None:
        study, data = settled.study, settled.data
        self._settled, self._study, self._data, self._on_end = settled, study, data, on_end
        self._size = parameters_of(data)
        self._searcher = Searcher(study, settled.direction, self._size)
        champion = Champion(study.study.metric, settled.direction)
        budget = Budget.of(study.study, study.study.trials)
        self._account = Account(budget, Tally(), champion, "leaderboard_")
        self._sets: dict[str, tuple[Dataset, ...]] = {}
        self._ended: list[TrialRecord] = []
        self._began = time.monotonic()

    def run(self) -> Found:
        """Trial after trial."""
        dry = False
        while True:
            self._look()
            if ending := self._account.ending("running", "", dry):
                return Found(tuple(sorted(self._ended, key=self._place)), ending)
            try:
                trial = self._searcher.ask()
            except SpaceExhausted:
                dry = True
                continue
            self._try(trial)

    def _look(self) -> str:
        """Which budget is spent by now."""
        self._account.tally.seconds = time.monotonic() - self._began
        return self._account.look()

    def _try(self, trial: Trial) -> None:
        """Train a trial, and learn from it."""
        began, config = time.time(), self._study.config(trial.params)
        attempt, running, head = self._trained(trial, config)
        if head["kind"] == "stopped":
            return
        state, reason = running.ended(
            head["state"], head["reason"], head.get("obeyed", False), self._searcher.pruner
        )
        if state == "complete" and running.best is None:
            state, reason = "failed", f"{self._study.study.metric} has no figure in any epoch"
        best = running.best if state in ("complete", "pruned") else None
        record = TrialRecord(
            number=trial.number,
            state=state,
            seed=trial.seed,
            params=trial.params,
            planned=int(config["training.epochs"]),  # type: ignore[arg-type]  # as the file says
            epochs=running.epochs,
            value=best.value if best else None,
            best_epoch=best.epoch if best else None,
            figures=dict(best.figures) if best else {},
            parameters=self._size(config),
            slot=0,
            attempt=attempt,
            started=began,
            finished=time.time(),
            seconds=head["seconds"],
            reason=reason,
            told=len(self._ended),
        )
        self._ended.append(record)
        self._searcher.tell(trial.number, state, record.value)
        self._account.ended(trial.number, state, record.value, record.seconds, reason)
        self._on_end(record)

    def _trained(self, trial: Trial, config: Config) -> tuple[int, Running, dict[str, Any]]:
        """The attempt at it that counts, what it reached, and its last word."""
        metric, ascending = self._study.study.metric, self._settled.direction == "minimize"
        began, attempt = time.monotonic(), 0
        while True:
            attempt += 1
            running = Running(trial.number, metric, ascending)
            talk = _Talk(trial.number, partial(self._verdict, running))
            try:
                head, _ = Conversation(talk, self._job(trial, config)).train(self._of(config), b"")
                return attempt, running, head
            except Exception as error:  # whatever a trial raises is part of its story, not our end
                if attempt > self._study.study.retries:
                    reason = f"{type(error).__name__}: {error}".strip()[:2000]
                    head = {"kind": "finished", "state": "failed", "reason": reason}
                    return attempt, running, {**head, "seconds": time.monotonic() - began}

    def _job(self, trial: Trial, config: Config) -> Job:
        told = described(self._study, self._data, self._settled.direction, trial, config)
        here = {"fingerprint": "", "folder": "", "seconds": 0.0, "every": inf, "keep": False}
        return Job.from_json({**told, **here, "rungs": self._searcher.rungs})

    def _of(self, config: Config) -> tuple[Dataset, ...]:
        """What a configuration learns from."""
        normalize = str(config["data.normalize"])
        if normalize not in self._sets:
            made = tuple(one.dataset for one in self._data.prepared(normalize))
            self._sets[normalize] = made
        return self._sets[normalize]

    def _verdict(self, running: Running, epochs: tuple[EpochDone, ...], cpu: float) -> Verdict:
        """What becomes of a trial after some more epochs."""
        limit = self._study.study.trial_timeout
        self._account.tally.cpu += cpu
        running.take(epochs)
        if self._searcher.judge(running.number, epochs):
            return "prune"
        if limit is not None and time.monotonic() - running.began >= limit:
            running.asked, running.why = "end", f"stopped at its limit of {duration(limit)}"
        elif self._look():
            first = self._account.tally.complete == 0
            running.asked, running.why = ("end" if first else "stop"), self._account.spent
        return running.asked

    def _place(self, trial: TrialRecord) -> tuple[int, bool, float, int]:
        """The leaderboard's order."""
        value = trial.value
        rank = 0.0 if value is None else value if self._settled.direction == "minimize" else -value
        return ORDER.index(trial.state), value is None, rank, trial.number


@dataclass
class _Talk:
    """What a conversation says, answered at once; `conversation.Talk` without a wire."""

    number: int
    answer: Callable[[tuple[EpochDone, ...], float], Verdict]
    _said: list[Frame] = field(default_factory=list)

    def send(self, head: Head, body: bytes = b"") -> None:
        """Hear epochs; say what follows where it is waited for, or matters."""
        if head["kind"] != "epochs":
            return
        epochs = tuple(EpochDone(**epoch) for epoch in head["epochs"])
        verdict = self.answer(epochs, head["cpu"])
        if head["wait"] or verdict != "go on":
            said: dict[str, Any] = {"kind": "verdict", "number": self.number, "verdict": verdict}
            self._said.append(Frame(said))

    def receive(self) -> Frame:
        """What was said first, and not heard yet."""
        return self._said.pop(0)

    def readable(self) -> bool:
        """Whether there is anything to hear."""
        return bool(self._said)
