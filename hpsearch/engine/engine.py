"""A study from its first trial to its last: who trains what, and what came of it.

The engine knows of no terminal. Trainers call it over the wire, people through the inbox, and
everybody who wants to know how it stands reads the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

from hpsearch.data import Data
from hpsearch.engine.account import Account, Ending, Mode
from hpsearch.engine.budget import Budget, Tally
from hpsearch.engine.champion import Champion
from hpsearch.engine.checkpoint import Checkpoints
from hpsearch.engine.jobs import Jobs, parameters_of
from hpsearch.engine.keeping import BestWeights
from hpsearch.engine.line import Line, OpenTrial
from hpsearch.engine.searcher import AlreadyTried, Searcher, SpaceExhausted
from hpsearch.engine.slots import Running, Trainer
from hpsearch.engine.supply import Supply
from hpsearch.store.folder import RunFolder
from hpsearch.store.past import Past
from hpsearch.store.writer import Store
from hpsearch.study.events import FINISHED, EpochDone, State, Trial, Verdict
from hpsearch.study.limits import kept
from hpsearch.study.space import Config, Params
from hpsearch.study.studyfile import StudyFile
from nncore.metrics import Direction


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
        trials: int,
        before: Sequence[Past] = (),
    ) -> None:
        self.study, self.store, self.folder, self.workers = study, store, folder, workers
        self.budget = Budget.of(study.study, trials)
        history = store.history()
        size = parameters_of(data)
        self._searcher = Searcher(study, direction, size, history, before)
        self._jobs = Jobs(study, data, direction, self._searcher.rungs, folder)
        self._checkpoints = Checkpoints(folder.checkpoints)
        self._champion = Champion(study.study.metric, direction)
        self._weights = BestWeights(folder.models, kept(study.study.keep), direction, history)
        self.tally = Tally.of(history, self._champion)
        self._account = Account(self.budget, self.tally, self._champion, str(folder.logs))

        self.trainers: set[Trainer] = set()
        self.mode: Mode = "running"
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self.why = ""
        """Who asked for that mode."""
        self.longest_epoch = 0.0
        """Seconds."""
        self.line = Line()
        self._supply = Supply(self._searcher, self._jobs, size, store, self.line, self.tally)
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
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
                    config = self._jobs.config(self.line[number].trial)
                    data = await self._jobs.data_for(config)
                    # Unless somebody stopped the study meanwhile, or ended the trial.
                    if self._may_start(trainer) and self.line.waits(number):
                        return self._hand_over(trainer, number, config, data)
            await news.wait()

    def progressed(
        self, trainer: Trainer, epochs: tuple[EpochDone, ...], cpu: float = 0.0
    ) -> Verdict:
        """A trial went on, for some CPU seconds. Returns what its trainer shall do."""
        self.tally.cpu += cpu
        running = trainer.running
        assert running is not None
        running.take(epochs)
        self.longest_epoch = max(self.longest_epoch, running.longest_epoch)
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

    async def checkpointed(self, trainer: Trainer, checkpoint: bytes) -> None:
        """A trial under way can go on from here, should its trainer die."""
        assert trainer.running is not None
        self.store.flush()  # the epochs before the checkpoint, or a crash between loses them
        number = trainer.running.number
        held = self.line[number]
        await asyncio.to_thread(self._checkpoints.write, number, checkpoint)
        if number not in self.line or self.line[number] is not held:
            self._checkpoints.remove(number)  # a person ended it meanwhile

    def finished(
        self,
        trainer: Trainer,
        state: State,
        reason: str,
        seconds: float | None,
        weights: bytes = b"",
    ) -> None:
        """A trial is over, by its trainer's word; with its best epoch's weights."""
        running = self.release(trainer)
        if running.asked == "prune" and state in ("pruned", "complete"):
            state, reason = "pruned", running.told()  # a person's word, which was too late or not
        elif state == "pruned":
            reason = f"{reason} by the {self._searcher.pruner} pruner"
        elif running.asked == "end" and reason.startswith("ended"):
            reason = running.told()
        if seconds is not None:
            running.seconds = seconds
        if state == "complete" and running.best is not None:
            self._weights.offer(running.number, running.best.value, weights)
        self.close_trial(running, state, reason)

    def put_aside(self, trainer: Trainer, checkpoint: bytes, seconds: float) -> None:
        """A trial was stopped at the end of an epoch, and waits for the next run."""
        running = self.release(trainer)
        if self._searcher.was_pruned(running.number):
            self.close_trial(running, "pruned", f"pruned by the {self._searcher.pruner} pruner")
            return
        self.store.flush()  # the epochs before the checkpoint, or a crash between loses them
        if checkpoint:
            self._checkpoints.write(running.number, checkpoint)
        else:
            self.store.note(
                "warning", f"#{running.number} is too large to put aside: it starts again"
            )
        running.seconds = seconds
        self._back_in_line(running, "stopped")

    def lost(self, trainer: Trainer, outcome: Literal["lost", "aborted"] = "lost") -> None:
        """A trial's shell or host went away, or a person aborts: it waits, nothing is counted."""
        self._back_in_line(self.release(trainer), outcome)

    def unheard(self, trainer: Trainer) -> None:
        """A trainer does not do what it is asked, and is about to be killed."""
        if trainer.running is None or trainer.running.asked != "end":
            self.lost(trainer)
            return
        running = self.release(trainer)
        self.close_trial(running, "complete" if running.best else "failed", running.told())

    def died(self, trainer: Trainer, outcome: Literal["died", "raised"], reason: str) -> None:
        """A trial's own trainer died, or the trial raised: it is tried again, or has failed."""
        running = self.release(trainer)
        held = self.line[running.number]
        held.failures += 1
        if held.failures > self.study.study.retries and running.asked != "prune":
            self.store.attempt_ended(running.number, outcome, reason)
            self.close_trial(running, "failed", reason)
            return
        self.store.note("retried", f"#{running.number} is tried again: {reason}", running.number)
        self._back_in_line(running, outcome, reason)

    def release(self, trainer: Trainer) -> Running:
        """Take its trial from a trainer."""
        running, trainer.running = trainer.running, None
        assert running is not None
        return running

    def as_found(self, number: int, seconds: float, epochs: int) -> Running:
        """A trial as the store has it after so many epochs."""
        ascending = self._champion.direction == "minimize"
        best = self.store.best_of(number, ascending) if epochs else None
        return Running(number, self.study.study.metric, ascending, seconds, best, epochs)

    # What people ask for --------------------------------------------------------------------

    def check_end(self) -> None:
        """End the run where nothing is left to do, or nothing more may be done."""
        if any(trainer.running for trainer in self.trainers):
            return
        dry = self._supply.exhausted and not self.line
        if ending := self._account.ending(self.mode, self.why, dry):
            self._end(ending)

    def look_at_budgets(self) -> None:
        """Where a budget is spent, have the running trials put aside; the study is then finished.

        Asked when a trial ends and as time goes by.
        """
        if self.spent or self.mode not in ("running", "paused"):
            return
        if spent := self._account.look():
            self.store.set(state="stopping", why=spent)
            self.stop_running()
            self.check_end()

    @property
    def spent(self) -> str:
        """The sentence of a budget that is spent, which ends the run."""
        return self._account.spent

    def fail(self, why: str) -> None:
        """End the run: it cannot go on."""
        self._end(Ending("failed", why))

    # ------------------------------------------------------------------------------------------

    def _may_start(self, trainer: Trainer) -> bool:
        running = sum(other.running is not None for other in self.trainers)
        return (
            self.mode == "running"
            and not self.ended.done()
            and trainer.slot < self.workers
            and not trainer.doomed
            and self._account.allows(running)
        )

    async def _next_number(self) -> int | None:
        """The trial at the head of the line, drawn if need be; None where there are no more."""
        if not self.line and not self._supply.exhausted and self.tally.drawn < self.budget.trials:
            await self._supply.one_more()
        if not self.line:
            self.check_end()
            return None
        return self.line.first

    def _hand_over(
        self, trainer: Trainer, number: int, config: Config, fingerprint: str
    ) -> tuple[dict[str, Any], bytes]:
        held = self.line.take(number)
        epochs, checkpoint = self._checkpoints.read(number)
        held.attempts += 1
        self.store.started(number, trainer.slot, held.attempts, trainer.pid, trainer.host, epochs)
        self.store.flush()
        seconds = held.seconds if epochs else 0.0
        trainer.running = self.as_found(number, seconds, epochs)
        return self._jobs.frame(held.trial, config, fingerprint, seconds), checkpoint

    def _back_in_line(self, running: Running, outcome: str, reason: str = "") -> None:
        if running.asked == "prune":
            self.store.attempt_ended(running.number, outcome, reason)
            self.close_trial(running, "pruned", running.told())
            return
        self.store.put_back(running.number, outcome, reason)
        self.store.flush()
        self.line[running.number].seconds = running.seconds
        self.line.back(running.number)
        self.check_end()
        self.changed()

    def _put_in_line(self, past: Past) -> None:
        number = past.trial.number
        if past.state == "running":
            self.store.put_back(number, "lost", "the engine went away")
        self.line.join(OpenTrial(past.trial, past.attempt, past.failures, past.seconds))

    def close_trial(self, running: Running, state: State, reason: str) -> None:
        """A trial is over, whoever had it."""
        number = running.number
        if state == "complete" and running.best is None:
            state, reason = "failed", f"{self.study.study.metric} has no figure in any epoch"
        self.line.leave(number)
        value = running.best.value if running.best else None
        self._searcher.tell(number, state, value)
        self.store.finished(number, state, self.tally.ends, running.seconds, reason, running.best)
        news = self._account.ended(number, state, value, running.seconds, reason)
        if news is not None or state != "complete":
            kind, text = ("best", news) if news else (state, f"#{number} {reason or state}")
            self.store.note(kind, text, number)
        self.store.flush()
        self._checkpoints.remove(number)
        self.look_at_budgets()
        self.check_end()
        self.changed()

    async def enqueue(
        self, entries: Sequence[Params]
    ) -> tuple[list[int], AlreadyTried | SpaceExhausted | None]:
        """Put configurations in line; what they leave open is drawn.

        Returns their numbers, and why one could not be drawn; those after it are not tried.
        """
        drawn: list[Trial] = []
        obstacle = None
        async with self._turn:  # nothing is drawn between them, so all are written down at once
            try:
                for given in entries:
                    drawn.append(await self._supply.draw(given))
            except (AlreadyTried, SpaceExhausted) as error:
                obstacle = error
            for trial in drawn:
                self._supply.accept(trial)
        self.changed()
        return [trial.number for trial in drawn], obstacle

    def reopen(self, past: Past) -> None:
        """Try a trial that failed once more, under its number."""
        number = past.trial.number
        self._searcher.reopen(past)
        self.tally.reopened(past.told)
        self.store.reopened(number, self._searcher.memory(number))
        self.line.join(OpenTrial(past.trial, past.attempt))
        self.changed()

    def changed(self) -> None:
        """Wake whoever waits for a trial."""
        self._news.set()
        self._news = asyncio.Event()

    def stop_running(self) -> None:
        """Have every running trial put aside at its next epoch."""
        for trainer in self.trainers:
            if trainer.running is not None:
                trainer.tell("stop", "")

    def _end(self, ending: Ending) -> None:
        if not self.ended.done():
            self.ended.set_result(ending)

    def close(self) -> None:
        """Let go of the thread that asks."""
        self._supply.close()
