"""A stage for the dashboard: made-up studies, a still clock, and screens as text."""

from __future__ import annotations

import asyncio
import json
import math
import tomllib
from collections.abc import Awaitable, Callable, Iterable
from itertools import zip_longest
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from hpsearch.dashboard.app import Dashboard
from hpsearch.dashboard.commands import Done
from hpsearch.dashboard.options import Options
from hpsearch.dashboard.widgets import said
from hpsearch.store.folder import RunFolder
from hpsearch.study.confusion import Confusion
from hpsearch.study.examination import Examination, LayerState, WrongRow
from hpsearch.system import Lock
from tests.view.madeup import BEGIN, SPACE, MadeUp

NOW = BEGIN + 400.0
SIZES = ((120, 40), (80, 24), (60, 20), (40, 12))

Play = Callable[[Dashboard], Awaitable[None]]


class Played(Dashboard):
    """One that is told what a trial's weights do, as a made-up trial has none."""

    told: Done

    async def run_command(self, verb: str, *words: str) -> Done:
        """The made-up answer, or what our own command says."""
        return self.told if verb == "examine" else await super().run_command(verb, *words)


class Stage:
    """One made-up study, and the engine's lock where it is to look alive."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.study: MadeUp | None = None
        self._lock: Lock | None = None
        self.told = Done(0, json.dumps(examined().to_json()), "")
        """What `hpsearch examine` is to tell."""

    def make(
        self, finished: int = 30, running: int = 2, waiting: int = 1, **facts: object
    ) -> MadeUp:
        """A study with curves for all of its trials."""
        known: dict[str, object] = {
            "trials": 60,
            "workers": 2,
            "max_workers": 2,
            "beat": NOW,
            "seconds": 400.0,
        }
        known["space"] = {name: tomllib.loads(f"r = {text}")["r"] for name, text in SPACE.items()}
        known["data"] = {"notes": [], "features": 64, "outputs": 10, "fingerprint": "5eed"}
        known["meaning"] = {"training.epochs": 40, "network.initializer": "he_normal"}
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
        chosen = Options(hz=0.1, clock=lambda: NOW, **options)  # type: ignore[arg-type]  # of Options alone
        app = Played(RunFolder(self.place), chosen)
        app.told = self.told

        async def played() -> str:
            async with app.run_test(size=size) as pilot:
                del pilot  # it sleeps after each key
                await settled(app)
                await press(app, *keys)
                if act is not None:
                    await act(app)
                return screen_text(app)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(said, "SECONDS", 3600.0)  # a word stays until a slow machine has seen it
            return asyncio.run(played())


async def press(app: Dashboard, *keys: str) -> None:
    """Press keys, and wait after each until everything it asked for is read and drawn; of a text
    that is typed into a line, after the last one."""
    for key, after in zip_longest(keys, keys[1:], fillvalue=""):
        name = _character_to_key(key) if len(key) == 1 else key
        app.post_message(events.Key(name, key if len(key) == 1 else None))
        if isinstance(app.focused, Input) and len(key) == len(after) == 1:
            await _drained(app)
        else:
            await settled(app)


async def settled(app: Dashboard) -> None:
    """Wait until everything that was asked for has been read and drawn."""
    looked = 0
    seen: list[tuple[object, str]] = []
    for _ in range(500):
        if app.screen is not app.view:  # a dialog alone: what shows through it is another test's
            app.screen.styles.background = "#000000"
        await _drained(app)
        await asyncio.sleep(0.004)  # a screen that closes does so in a task of its own
        seen.append((app.screen, screen_text(app)))
        # What a message leads to may be a message, too: three times the same is rest.
        if not app.at_rest or len(seen) < 3 or not seen[-1] == seen[-2] == seen[-3]:
            continue
        if looked == 2:
            return
        app.tick()  # the clock is still: the looks that would come by themselves are taken here
        looked += 1
        seen.clear()
    raise AssertionError("the dashboard does not come to rest")


async def _drained(app: Dashboard) -> None:
    """Every message that waited has been handled, and its effect drawn."""
    nodes = [app, app.screen, *app.screen.walk_children()]
    done = [asyncio.Event() for _ in nodes]
    for node, event in zip(nodes, done, strict=True):
        node.call_later(event.set)
    screen, drawn = app.screen, asyncio.Event()
    screen.call_after_refresh(drawn.set)
    waited = asyncio.gather(*(event.wait() for event in (*done, drawn)))
    for _ in range(4):  # half a second is little on a busy machine
        await asyncio.wait({waited}, timeout=0.5)
        # A screen that was closed meanwhile answers no more, nor do widgets that were taken out.
        if waited.done() or app.screen is not screen or not all(n.is_running for n in nodes):
            break
    waited.cancel()


def screen_text(app: Dashboard) -> str:
    """What stands on the screen, without its colours."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(part.text for part in strip).rstrip() for strip in strips) + "\n"


def examined() -> Examination:
    """Ten digits, some of them taken for others."""
    names = tuple("0123456789")
    counts = tuple(
        tuple(30 - a if a == b else int((a * b) % 7 == 1) for b in range(10)) for a in range(10)
    )
    image = tuple(tuple(255 * (abs(a - 3) < 2 or b == 4) for b in range(8)) for a in range(8))
    wrong = [WrongRow(40 + at, "target", "8", "1", 0.99 - at / 30, {}, image) for at in range(5)]
    return Examination(
        "digits",
        21,
        "multiclass",
        "val_cost",
        0.0623,
        {"val_cost": 0.0623, "val_accuracy": 0.95},
        True,
        sum(map(sum, counts)),
        1,
        "by a network that has not seen them",
        (LayerState("hidden 1", 9.41, 0.031), LayerState("output", 2.77, None)),
        (Confusion("target", names, counts),),
        tuple(wrong),
    )


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
