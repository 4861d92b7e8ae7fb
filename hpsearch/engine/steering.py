"""What people ask of a study while it runs: one method a verb, each answers in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from hpsearch.engine.account import Mode
from hpsearch.engine.engine import Engine
from hpsearch.engine.running import Running
from hpsearch.engine.searcher import AlreadyTried
from hpsearch.engine.slots import Trainer
from hpsearch.engine.steered import Steered
from hpsearch.errors import HpsearchError
from hpsearch.study.space import Params

_SOONER = {"draining": 1, "stopping": 2, "aborting": 3}
"""Of two ways to stop, the one that ends sooner."""
_LASTING = ("running", "paused")
"""Modes that are no way to stop; a run in any other is told to be stopping."""


class Refused(HpsearchError):
    """It cannot be done; a sentence that says why."""


class Steering:
    """Steers one engine."""

    def __init__(
        self,
        engine: Engine,
        kill: Callable[[Trainer], None],
        allow: Callable[[], None],
        slots: int,
        steered: Steered,
    ) -> None:
        """Take the helm.

        Args:
            kill: ends a trainer's process; another takes its place.
            allow: has as many trainers started as the engine has workers.
            slots: how many workers there can be.
            steered: what earlier commands set.
        """
        self._steered = steered
        self._engine, self._kill, self._allow, self._slots = engine, kill, allow, slots

    def take_up(self) -> None:
        """Go on with what was promised to people before a crash."""
        for number, why in self._steered.prune.items():
            if int(number) in self._engine.line:
                self._engine.close_trial(self._waiting(int(number)), "pruned", why)
        self._keep(prune={})

    def set_mode(self, mode: Mode, why: str) -> str:
        """Pause, go on, drain, stop or abort.

        A run that is stopping can only stop sooner, and one that has ended does nothing more.

        Raises:
            Refused: it is stopping already.
        """
        engine = self._engine
        if engine.spent and mode in _LASTING:
            raise Refused(f"it is ending: {engine.spent}")
        if engine.ended.done() or _SOONER.get(mode, 0) < _SOONER.get(engine.mode, 0):
            raise Refused(f"not while {engine.mode}")
        engine.mode, engine.why = mode, why
        engine.store.set(state=mode if mode in _LASTING else "stopping", why=why)
        engine.store.note("state", why)
        if mode == "stopping":
            engine.stop_running()
        if mode == "aborting":
            for trainer in list(engine.trainers):
                if trainer.running is not None:
                    engine.lost(trainer, "aborted")
        engine.store.flush()
        engine.check_end()
        engine.changed()
        return "done"

    def prune(self, numbers: Iterable[int], who: str) -> str:
        """End trials as pruned: a running one at its next epoch, a waiting one at once."""
        for number in self._all_open(numbers):
            trainer = self._trainer_of(number)
            if trainer is not None:
                trainer.tell("prune", f"pruned by {who}")
            else:
                self._engine.close_trial(self._waiting(number), "pruned", f"pruned by {who}")
        asked = {
            str(trainer.running.number): trainer.running.told()
            for trainer in self._engine.trainers
            if trainer.running is not None and trainer.running.asked == "prune"
        }
        self._keep(prune=asked)
        return "done"

    def kill(self, numbers: Iterable[int], who: str) -> str:
        """End trials as failed, at once and without another try."""
        for number in self._all_open(numbers):
            trainer = self._trainer_of(number)
            running = self._waiting(number) if trainer is None else self._engine.release(trainer)
            if trainer is not None:
                self._kill(trainer)
            self._engine.tally.failed_in_a_row -= 1  # a person's word, not a trial's failure
            self._engine.close_trial(running, "failed", f"killed by {who}")
        return "done"

    def workers(self, count: int) -> str:
        """Train so many trials at once; beyond that, running ones finish first."""
        if not 1 <= count <= self._slots:
            raise Refused(
                f"this run has {self._slots} slots; study.max_workers at its start allows more"
            )
        self._engine.workers = count
        self._keep(workers=count)
        self._engine.store.set(workers=count)
        self._allow()
        self._engine.changed()
        return f"done: {count} {'worker' if count == 1 else 'workers'}"

    def add(self, trials: int) -> str:
        """Raise the number of trials asked for."""
        engine = self._engine
        engine.budget.trials += trials
        self._keep(trials=engine.budget.trials)
        engine.store.set(trials=engine.budget.trials)
        engine.changed()
        return f"done: {engine.budget.trials} trials in all"

    async def enqueue(self, entries: Sequence[Params]) -> str:
        """Try these configurations next; what they leave open is drawn."""
        engine = self._engine
        numbers, obstacle = await engine.dispatch.enqueue(entries)
        told = ", ".join(f"#{number}" for number in numbers)
        if obstacle is not None:
            tried = isinstance(obstacle, AlreadyTried)
            why = f"that is #{obstacle.number}" if tried else "nothing new is left beside it"
            so_far = f"enqueued before it: {told}" if told else "nothing was enqueued"
            raise Refused(f"{why}; {so_far}")
        beyond = engine.tally.drawn - engine.budget.trials
        if beyond > 0:
            told += f"; beyond the {engine.budget.trials} trials asked for: `add {beyond}` runs all"
        return f"done: {told}"

    def retry(self, numbers: Iterable[int] | None) -> str:
        """Try failed trials once more; None means all of them."""
        engine = self._engine
        engine.store.flush()
        failed = {p.trial.number: p for p in engine.store.history() if p.state == "failed"}
        wanted = list(failed) if numbers is None else list(numbers)
        for number in wanted:
            if number not in failed:
                raise Refused(f"#{number} has not failed")
        for number in wanted:
            engine.reopen(failed[number])
        if not wanted:
            raise Refused("no trial has failed")
        return f"done: {', '.join(f'#{number}' for number in wanted)}"

    def _keep(self, **values: Any) -> None:
        """Have something last over a crash and further runs."""
        self._steered = replace(self._steered, **values)
        self._engine.store.set(steered=self._steered.to_json())

    def _all_open(self, numbers: Iterable[int]) -> list[int]:
        wanted = list(numbers)
        for number in wanted:
            if number not in self._engine.line:
                known = number < self._engine.tally.drawn
                raise Refused(f"#{number} is over" if known else f"there is no #{number}")
        return wanted

    def _trainer_of(self, number: int) -> Trainer | None:
        for trainer in self._engine.trainers:
            if trainer.running is not None and trainer.running.number == number:
                return trainer
        return None

    def _waiting(self, number: int) -> Running:
        return self._engine.as_found(number, self._engine.line[number].seconds, epochs=1)
