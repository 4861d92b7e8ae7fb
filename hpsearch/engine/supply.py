"""New trials: drawn one at a time, off the thread that answers the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hpsearch import faults
from hpsearch.engine.budget import Tally
from hpsearch.engine.jobs import Jobs
from hpsearch.engine.line import Line, OpenTrial
from hpsearch.engine.searcher import Searcher, SpaceExhausted
from hpsearch.store.writer import Store
from hpsearch.study.events import Trial
from hpsearch.study.space import Config, Params


class Supply:
    """Draws trials, writes them down, and puts them in line."""

    def __init__(
        self,
        searcher: Searcher,
        jobs: Jobs,
        parameters: Callable[[Config], int],
        store: Store,
        line: Line,
        tally: Tally,
    ) -> None:
        self._searcher, self._jobs, self._parameters = searcher, jobs, parameters
        self._store, self._line, self._tally = store, line, tally
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="ask")
        self._drawing: asyncio.Future[None] | None = None
        self.exhausted = False
        """Whether the space has nothing new."""

    async def one_more(self) -> None:
        """Draw a trial, unless one is being drawn already: then wait for that."""
        if self._drawing is None or self._drawing.done():
            self._drawing = asyncio.ensure_future(self._draw())
        # Not cancelled with its caller: a number that is drawn must get into the line.
        await asyncio.shield(self._drawing)

    async def draw(self, given: Params | None = None) -> Trial:
        """Draw a trial, with some values given; it is nowhere yet.

        Raises:
            AlreadyTried: what was given was run before.
            SpaceExhausted: nothing new can be drawn.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._asker, self._searcher.ask, given)

    def accept(self, trial: Trial) -> None:
        """Write a trial that was drawn down, and put it in line."""
        faults.at("trial drawn")
        config = self._jobs.config(trial)
        self._tally.drawn += 1
        self._store.asked(
            trial,
            self._searcher.memory(trial.number),
            int(config["training.epochs"]),  # type: ignore[arg-type]  # a whole number, as checked
            self._parameters(config),
        )
        self._line.join(OpenTrial(trial))

    def close(self) -> None:
        """Let go of the thread that asks."""
        self._asker.shutdown(wait=False, cancel_futures=True)

    async def _draw(self) -> None:
        try:
            self.accept(await self.draw())
        except SpaceExhausted:
            self.exhausted = True
