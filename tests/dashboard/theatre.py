"""A stage for the dashboard: made-up studies, a still clock, and screens as text."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from textual.pilot import Pilot

from hpsearch.dashboard.app import Dashboard, Options
from hpsearch.store.folder import RunFolder
from hpsearch.system import Lock
from tests.view.madeup import BEGIN, MadeUp

NOW = BEGIN + 400.0
SIZES = ((120, 40), (80, 24), (60, 20), (40, 12))

Play = Callable[["Pilot[object]", Dashboard], Awaitable[None]]


class Stage:
    """One made-up study, and the engine's lock where it is to look alive."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.study: MadeUp | None = None
        self._lock: Lock | None = None

    def make(
        self, finished: int = 30, running: int = 4, waiting: int = 1, **facts: object
    ) -> MadeUp:
        """A study with curves for all of its trials."""
        known = {"trials": 60, "workers": 4, "max_workers": 4, "beat": NOW, "seconds": 400.0}
        self.study = study = MadeUp(self.place, **{**known, **facts})
        study.fill(finished, running, waiting)
        draw_curves(study)
        return study

    def alive(self) -> None:
        """Hold the lock, as an engine does."""
        self._lock = Lock(RunFolder(self.place).lock)
        self._lock.acquire()

    def close(self) -> None:
        """The end."""
        if self._lock is not None:
            self._lock.release()
        if self.study is not None:
            self.study.close()

    def play(
        self,
        keys: Iterable[str] = (),
        size: tuple[int, int] = (120, 40),
        act: Play | None = None,
        **options: object,
    ) -> str:
        """Open the dashboard, press keys, and give what then stands on the screen."""
        chosen = Options(hz=0.1, clock=lambda: NOW, **options)  # type: ignore[arg-type]
        app = Dashboard(RunFolder(self.place), chosen)

        async def played() -> str:
            async with app.run_test(size=size) as pilot:
                await settled(pilot, app)
                for key in keys:
                    await pilot.press(key)
                    await settled(pilot, app)
                if act is not None:
                    await act(pilot, app)
                return screen_text(app)

        return asyncio.run(played())


async def settled(pilot: Pilot[object], app: Dashboard) -> None:
    """Wait until everything that was asked for has been read and drawn."""
    for _ in range(400):
        await pilot.pause()
        if app.at_rest:
            await pilot.pause()
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the dashboard does not come to rest")


def screen_text(app: Dashboard) -> str:
    """What stands on the screen, without its colours."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(part.text for part in strip).rstrip() for strip in strips) + "\n"


def draw_curves(study: MadeUp) -> None:
    """Epochs for every trial, falling to its value."""
    rows = study.db.execute("SELECT number, state, value, epochs FROM trial").fetchall()
    study.db.execute("BEGIN")
    for number, state, value, epochs in rows:
        end = value or 1.5
        for epoch in range(1, epochs + 1):
            cost = end + (2.3 - end) * math.exp(-epoch / 6) * (1 + 0.03 * math.sin(epoch * number))
            if state == "diverged" and epoch == epochs:
                cost = 1e6
            figures = {"val_cost": cost, "val_accuracy": max(0.0, 1 - cost / 3)}
            figures["train_cost"] = 0.6 * cost
            study.db.execute(
                "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, epoch, cost, json.dumps(figures), 0.01, 1.5 / epoch, 0.02),
            )
    study.db.execute("COMMIT")
