"""A study from its first trial to its last: who trains what, and what came of it.

The engine knows of no terminal. Trainers call it over the wire, people through the inbox, and
everybody who wants to know how it stands reads the store.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from hpsearch.data import Data
from hpsearch.engine.champion import Champion
from hpsearch.engine.checkpoint import Checkpoints
from hpsearch.engine.jobs import Jobs, parameters_of
from hpsearch.engine.searcher import Searcher, SpaceExhausted
from hpsearch.engine.slots import Running, Trainer
from hpsearch.store.folder import RunFolder
from hpsearch.store.writer import Past, Store
from hpsearch.study.events import FINISHED, EpochDone, State, Trial, Verdict
from hpsearch.study.space import Config
from hpsearch.study.studyfile import StudyFile
from nncore.metrics import Direction

Mode = Literal["running", "paused", "draining", "stopping", "aborting"]

_SOONER = {"draining": 1, "stopping": 2, "aborting": 3}
"""Of two ways to stop, the one that ends sooner."""


@dataclass(frozen=True)
class Ending:
    """How a run came to its end."""

    state: Literal["finished", "stopped", "failed"]
    why: str


@dataclass
class _Trial:
    """What the engine knows of a trial that is not over."""

    trial: Trial
    attempts: int = 0
    failures: int = 0
    seconds: float = 0.0


class Engine:
    """Runs one study. Everything here happens on one thread, but for the asks."""

    def __init__(
        self,
        study: StudyFile,
        data: Data,
        direction: Direction,
        store: Store,
        folder: RunFolder,
        workers: int,
    ) -> None:
        self.study, self.store, self.folder, self.workers = study, store, folder, workers
        history = store.history()
        self._parameters = parameters_of(data)
        self._searcher = Searcher(study, direction, self._parameters, history)
        self._jobs = Jobs(study, data, direction, self._searcher.rungs, folder)
        self._checkpoints = Checkpoints(folder.checkpoints)
        self._champion = Champion(study.study.metric, direction)
        self._champion.remember(past.value for past in history if past.state == "complete")

        self.trainers: set[Trainer] = set()
        self.mode: Mode = "running"
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._why = ""
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="ask")
        self._drawing: asyncio.Future[None] | None = None
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._exhausted = False

        self._open: dict[int, _Trial] = {}
        self._queue: deque[int] = deque()
        self._finished = sum(past.state in FINISHED for past in history)
        self._drawn = len(history)
        self._failed_in_a_row = 0
        for past in history:
            if past.state not in FINISHED:
                self._put_in_line(past)

    # A trial's way --------------------------------------------------------------------------

    async def next_job(self, trainer: Trainer) -> tuple[dict[str, Any], bytes]:
        """The next trial for a trainer, as a frame; waits until there is one.

        Safe to cancel: what was drawn meanwhile waits in line for another trainer.
        """
        while True:
            news = self._news
            async with self._turn:  # one ask at a time, in the order they came
                if self._may_start(trainer) and (number := await self._next_number()) is not None:
                    config = self._jobs.config(self._open[number].trial)
                    data = await self._jobs.data_for(config)
                    if self._may_start(trainer):  # nobody stopped the study meanwhile
                        self._queue.remove(number)
                        return self._hand_over(trainer, number, config, data)
            await news.wait()

    def progressed(self, trainer: Trainer, epochs: tuple[EpochDone, ...]) -> Verdict:
        """A trial went on. Returns what its trainer shall do."""
        running = trainer.running
        assert running is not None
        running.take(epochs)
        prune = self._searcher.judge(running.number, epochs)
        self.store.epochs(
            running.number,
            epochs,
            self.study.study.metric,
            running.best,
            self._searcher.memory(running.number),
            running.seconds,
        )
        if running.asked != "go on":
            return running.asked
        return "prune" if prune else "go on"

    def finished(self, trainer: Trainer, state: State, reason: str, seconds: float | None) -> None:
        """A trial is over, by its trainer's word."""
        running = self._release(trainer)
        if state == "pruned" and running.asked == "go on":
            reason = f"{reason} by the {self._searcher.pruner} pruner"
        if seconds is not None:
            running.seconds = seconds
        self._close(running, state, reason)

    def put_aside(self, trainer: Trainer, checkpoint: bytes, seconds: float) -> None:
        """A trial was stopped at the end of an epoch, and waits for the next run."""
        running = self._release(trainer)
        if self._searcher.was_pruned(running.number):
            self._close(running, "pruned", f"pruned by the {self._searcher.pruner} pruner")
            return
        self.store.flush()  # the epochs before the checkpoint, or a crash between loses them
        if checkpoint:
            self._checkpoints.write(running.number, checkpoint)
        else:
            self.store.note(
                "warning", f"#{running.number} is too large to put aside: it starts again"
            )
        self._open[running.number].seconds = seconds
        self._back_in_line(running, "stopped")

    def lost(self, trainer: Trainer, outcome: Literal["lost", "aborted"] = "lost") -> None:
        """A trial's shell or host went away, or a person aborts: it waits, nothing is counted."""
        self._back_in_line(self._release(trainer), outcome)

    def died(self, trainer: Trainer, outcome: Literal["died", "raised"], reason: str) -> None:
        """A trial's own trainer died, or the trial raised: it is tried again, or has failed."""
        running = self._release(trainer)
        held = self._open[running.number]
        held.failures += 1
        if held.failures > self.study.study.retries:
            self.store.attempt_ended(running.number, outcome, reason)
            self._close(running, "failed", reason)
            return
        self.store.note("retried", f"#{running.number} is tried again: {reason}", running.number)
        self._back_in_line(running, outcome, reason)

    # What people ask for --------------------------------------------------------------------

    def set_mode(self, mode: Mode, why: str) -> bool:
        """Pause, go on, drain, stop or abort. Whether it could be done.

        A run that is stopping can only stop sooner, and one that has ended does nothing more.
        """
        if self.ended.done() or _SOONER.get(mode, 0) < _SOONER.get(self.mode, 0):
            return False
        self.mode, self._why = mode, why
        state = {"running": "running", "paused": "paused"}.get(mode, "stopping")
        self.store.set(state=state, why=why)
        self.store.note("state", why)
        if mode == "stopping":
            for trainer in self.trainers:
                if trainer.running is not None:
                    trainer.running.asked = "stop"
                    verdict = {"kind": "verdict", "number": trainer.running.number}
                    trainer.peer.send({**verdict, "verdict": "stop"})
        if mode == "aborting":
            for trainer in list(self.trainers):
                if trainer.running is not None:
                    self.lost(trainer, "aborted")
        self.store.flush()
        self.check_end()
        self._changed()
        return True

    def check_end(self) -> None:
        """End the run where nothing is left to do, or nothing more may be done."""
        if any(trainer.running for trainer in self.trainers):
            return
        asked = self.study.study.trials
        if self._failed_in_a_row >= self.study.study.max_consecutive_failures:
            self._end(
                "failed",
                f"{self._failed_in_a_row} trials in a row failed; "
                f"see {self.folder.logs} for the reasons",
            )
        elif self._finished >= asked:
            self._end("finished", f"all {asked} trials asked for are finished")
        elif self.mode in ("draining", "stopping", "aborting"):
            self._end("stopped", self._why)
        elif self._exhausted and not self._queue:
            self._end("finished", f"space exhausted: {self._finished} configurations are all")

    def fail(self, why: str) -> None:
        """End the run: it cannot go on."""
        self._end("failed", why)

    # ------------------------------------------------------------------------------------------

    def _may_start(self, trainer: Trainer) -> bool:
        running = sum(other.running is not None for other in self.trainers)
        return (
            self.mode == "running"
            and not self.ended.done()
            and trainer.slot < self.workers
            and self._finished + running < self.study.study.trials
            and self._failed_in_a_row < self.study.study.max_consecutive_failures
        )

    async def _next_number(self) -> int | None:
        """The trial at the head of the line, drawn if need be; None where there are no more."""
        if not self._queue and not self._exhausted and self._drawn < self.study.study.trials:
            if self._drawing is None or self._drawing.done():
                self._drawing = asyncio.ensure_future(self._draw())
            # Not cancelled with its caller: a number that is drawn must get into the line.
            await asyncio.shield(self._drawing)
        if not self._queue:
            self.check_end()
            return None
        return self._queue[0]

    async def _draw(self) -> None:
        """Draw a new trial, and put it in line."""
        loop = asyncio.get_running_loop()
        try:
            trial = await loop.run_in_executor(self._asker, self._searcher.ask)
        except SpaceExhausted:
            self._exhausted = True
            return
        config = self._jobs.config(trial)
        self._drawn += 1
        self._open[trial.number] = _Trial(trial)
        self.store.asked(
            trial,
            self._searcher.memory(trial.number),
            int(config["training.epochs"]),  # type: ignore[arg-type]  # a whole number, as checked
            self._parameters(config),
        )
        self._queue.append(trial.number)

    def _hand_over(
        self, trainer: Trainer, number: int, config: Config, fingerprint: str
    ) -> tuple[dict[str, Any], bytes]:
        held = self._open[number]
        epochs, checkpoint = self._checkpoints.read(number)
        held.attempts += 1
        self.store.started(number, trainer.slot, held.attempts, trainer.pid, trainer.host, epochs)
        self.store.flush()
        ascending = self._champion.direction == "minimize"
        best = self.store.best_of(number, ascending) if epochs else None
        seconds = held.seconds if epochs else 0.0
        trainer.running = Running(number, self.study.study.metric, ascending, seconds, best)
        return self._jobs.frame(held.trial, config, fingerprint, seconds), checkpoint

    def _release(self, trainer: Trainer) -> Running:
        running, trainer.running = trainer.running, None
        assert running is not None
        return running

    def _back_in_line(self, running: Running, outcome: str, reason: str = "") -> None:
        self.store.put_back(running.number, outcome, reason)
        self.store.flush()
        self._queue.appendleft(running.number)
        self._queue = deque(sorted(self._queue))
        self.check_end()
        self._changed()

    def _put_in_line(self, past: Past) -> None:
        number = past.trial.number
        if past.state == "running":
            self.store.put_back(number, "lost", "the engine went away")
        self._open[number] = _Trial(past.trial, past.attempt, past.failures, past.seconds)
        self._queue.append(number)

    def _close(self, running: Running, state: State, reason: str) -> None:
        number = running.number
        if state == "complete" and running.best is None:
            state, reason = "failed", f"{self.study.study.metric} has no figure in any epoch"
        del self._open[number]
        value = running.best.value if running.best else None
        self._searcher.tell(number, state, value)
        self.store.finished(number, state, self._finished, running.seconds, reason, running.best)
        self._finished += 1
        self._failed_in_a_row = self._failed_in_a_row + 1 if state == "failed" else 0
        self._say_how_it_ended(number, state, reason, value)
        self.store.flush()
        self._checkpoints.remove(number)
        self.check_end()
        self._changed()

    def _changed(self) -> None:
        """Wake whoever waits for a trial."""
        self._news.set()
        self._news = asyncio.Event()

    def _say_how_it_ended(
        self, number: int, state: State, reason: str, value: float | None
    ) -> None:
        if state != "complete" or value is None:
            self.store.note(state, f"#{number} {reason or state}", number)
        elif news := self._champion.challenge(number, value):
            self.store.note("best", news, number)

    def _end(self, state: Literal["finished", "stopped", "failed"], why: str) -> None:
        if not self.ended.done():
            self.ended.set_result(Ending(state, why))

    def close(self) -> None:
        """Let go of the thread that asks."""
        self._asker.shutdown(wait=False, cancel_futures=True)
