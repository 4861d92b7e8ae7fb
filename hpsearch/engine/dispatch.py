"""Trials on their way out: drawn, put in line, and handed to a trainer that may start one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from hpsearch import faults
from hpsearch.engine.checkpoints import Checkpoints
from hpsearch.engine.jobs import Jobs
from hpsearch.engine.line import Line
from hpsearch.engine.running import Running
from hpsearch.engine.searcher import AlreadyTried, SpaceExhausted
from hpsearch.engine.slots import Trainer
from hpsearch.engine.supply import Supply
from hpsearch.store.writer import Store
from hpsearch.study.events import Trial
from hpsearch.study.space import Config, Params


class Rules(Protocol):
    """What the study allows."""

    def may_start(self, trainer: Trainer) -> bool:
        """Whether a trainer may take up a trial now."""
        ...

    def wants_more(self) -> bool:
        """Whether new trials are to be drawn."""
        ...

    def check_end(self) -> None:
        """Nothing waits, and nothing new was drawn: perhaps that is the end."""
        ...

    def as_found(self, number: int, seconds: float, epochs: int) -> Running:
        """A trial as the store has it after so many epochs."""
        ...


class Dispatch:
    """Hands trials out, one ask at a time."""

    def __init__(
        self,
        rules: Rules,
        line: Line,
        supply: Supply,
        jobs: Jobs,
        checkpoints: Checkpoints,
        store: Store,
    ) -> None:
        self._rules, self._line, self._supply, self._jobs = rules, line, supply, jobs
        self._checkpoints, self._store = checkpoints, store
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()

    async def next_job(self, trainer: Trainer) -> tuple[dict[str, Any], bytes]:
        """The next trial for a trainer, as a frame; waits until there is one.

        Safe to cancel: what was drawn meanwhile waits in line for another trainer.
        """
        rules = self._rules
        while True:
            news = self._news
            async with self._turn:  # one ask at a time, in the order they came
                if rules.may_start(trainer) and (number := await self._next_number()) is not None:
                    config = self._jobs.config(self._line[number].trial)
                    data = await self._jobs.data_for(config)
                    # Unless somebody stopped the study meanwhile, or ended the trial.
                    if rules.may_start(trainer) and self._line.waits(number):
                        return self._hand_over(trainer, number, config, data)
            await news.wait()

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

    def changed(self) -> None:
        """Wake whoever waits for a trial."""
        self._news.set()
        self._news = asyncio.Event()

    async def _next_number(self) -> int | None:
        """The trial at the head of the line, drawn if need be; None where there are no more."""
        if not self._line and not self._supply.exhausted and self._rules.wants_more():
            await self._supply.one_more()
        if not self._line:
            self._rules.check_end()
            return None
        return self._line.first

    def _hand_over(
        self, trainer: Trainer, number: int, config: Config, fingerprint: str
    ) -> tuple[dict[str, Any], bytes]:
        faults.at("trial handed")
        held = self._line.take(number)
        epochs, checkpoint = self._checkpoints.read(number)
        held.attempts += 1
        self._store.started(number, trainer.slot, held.attempts, trainer.pid, trainer.host, epochs)
        self._store.flush()
        faults.at("trial started")
        seconds = held.seconds if epochs else 0.0
        trainer.running = self._rules.as_found(number, seconds, epochs)
        return self._jobs.frame(held.trial, config, fingerprint, seconds), checkpoint
