"""A study from its first trial to its last: who trains what, and what came of it.

The engine knows of no terminal. Trainers call it over the wire, people through the inbox, and
everybody who wants to know how it stands reads the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from hpsearch.data import Data
from hpsearch.engine.account import Account, Ending, Mode
from hpsearch.engine.budget import Budget, Tally
from hpsearch.engine.champion import Champion
from hpsearch.engine.checkpoints import Checkpoints
from hpsearch.engine.dispatch import Dispatch
from hpsearch.engine.jobs import Jobs, parameters_of
from hpsearch.engine.keeping import BestWeights
from hpsearch.engine.line import Line, OpenTrial
from hpsearch.engine.running import Running, with_log
from hpsearch.engine.searcher import Searcher
from hpsearch.engine.slots import Trainer
from hpsearch.engine.supply import Supply
from hpsearch.store.folder import RunFolder
from hpsearch.store.past import Past
from hpsearch.store.writer import Store
from hpsearch.study.events import FINISHED, EpochDone, State, Verdict
from hpsearch.study.limits import kept
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
        self.dispatch = Dispatch(
            self, self.line, self._supply, self._jobs, self._checkpoints, store
        )
        unfinished = [past for past in history if past.state not in FINISHED]
        self._checkpoints.tidy([past.trial.number for past in unfinished])
        for past in unfinished:
            self._put_in_line(past)

    # A trial's way --------------------------------------------------------------------------

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
        obeyed: bool = False,
    ) -> None:
        """A trial is over, by itself or because it `obeyed`; with its best epoch's weights."""
        running = self.release(trainer)
        state, reason = running.ended(state, reason, obeyed, self._searcher.pruner)
        if seconds is not None:
            running.seconds = seconds
        if state == "complete" and running.best is not None:
            self._weights.offer(running.number, running.best.value, weights)
            if not weights and self.study.study.keep != "none":
                self.store.note("warning", f"#{running.number}: its weights are too large to keep")
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

    def died(
        self, trainer: Trainer, outcome: Literal["died", "raised"], reason: str, log: str = ""
    ) -> None:
        """A trial's own trainer died, or the trial raised: it is tried again, or has failed."""
        running = self.release(trainer)
        held = self.line[running.number]
        held.failures += 1
        if held.failures > self.study.study.retries and running.asked != "prune":
            self.store.attempt_ended(running.number, outcome, reason)
            self.close_trial(running, "failed", with_log(reason, log))
            return
        self.store.note("retried", f"#{running.number} is tried again: {reason}", running.number)
        self._back_in_line(running, outcome, reason)

    def release(self, trainer: Trainer) -> Running:
        """Take its trial from a trainer."""
        running, trainer.running = trainer.running, None
        assert running is not None
        return running

    def may_start(self, trainer: Trainer) -> bool:
        """Whether a trainer may take up a trial now."""
        running = sum(other.running is not None for other in self.trainers)
        return (
            self.mode == "running"
            and not self.ended.done()
            and trainer.slot < self.workers
            and not trainer.doomed
            and self._account.allows(running)
        )

    def wants_more(self) -> bool:
        """Whether new trials are to be drawn."""
        return self.tally.drawn < self.budget.trials

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
        if news := self._account.ended(number, state, value, running.seconds, reason):
            self.store.note("best", news, number)
        elif state != "complete":
            self.store.note(state, f"#{number} {reason or state}", number)
        self.store.flush()
        self._checkpoints.remove(number)
        self.look_at_budgets()
        self.check_end()
        self.changed()

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
        self.dispatch.changed()

    def stop_running(self) -> None:
        """Have every running trial put aside at its next epoch."""
        for trainer in self.trainers:
            if trainer.running is not None:
                trainer.tell("stop", "")

    def _end(self, ending: Ending) -> None:
        if not self.ended.done():
            self.store.set(larger=self._account.larger)
            self.ended.set_result(ending)

    def close(self) -> None:
        """Let go of the thread that asks."""
        self._supply.close()
