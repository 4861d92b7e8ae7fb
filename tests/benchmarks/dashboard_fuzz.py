"""Random keys and sizes on a live study: `python -m tests.benchmarks.dashboard_fuzz [SEED] [KEYS]`.

Nothing may raise, the study may not change, and the dashboard must answer afterwards.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
from pathlib import Path

from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key

from hpsearch.dashboard import commands
from hpsearch.dashboard.actions import ACTIONS
from hpsearch.dashboard.app import Dashboard
from tests.dashboard.theatre import Stage, press, screen_text

ENDING = ("detach", "leave", "suspend")
WIDTHS, HEIGHTS = (0, 1, 20, 40, 60, 80, 120), (0, 1, 6, 12, 24, 40)


async def nothing_done(*words: str) -> commands.Done:
    """In place of our own commands: what they do is not what is tried here."""
    return commands.Done(0, " ".join(words), "")


async def fuzz(app: Dashboard, seed: int, many: int) -> None:
    """Press that many keys."""
    dice = random.Random(seed)
    known = [key for action in ACTIONS if action.id not in ENDING for key in action.keys]
    keys = [*known, *"abcdefghijklmnoprstuvwxyz0123456789", *["escape"] * 12, *["enter"] * 4]
    for at in range(many):
        key = dice.choice(keys)
        name = _character_to_key(key) if len(key) == 1 else key
        app.post_message(events.Key(name, key if len(key) == 1 else None))
        if at % 7 == 0:
            await asyncio.sleep(0.01)
        if at % 41 == 0:
            app.tick()
        if at % 97 == 0:
            size = Size(dice.choice(WIDTHS), dice.choice(HEIGHTS))
            app.post_message(events.Resize(size, size))
        assert app.is_running, (seed, at, key)
    app.post_message(events.Resize(Size(100, 30), Size(100, 30)))
    await press(app, *["escape"] * 5)
    assert "digits" in screen_text(app)


def main() -> None:
    """Try one seed."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    many = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    commands.run = nothing_done  # type: ignore[assignment]  # the same call
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CONFIG_HOME"] = place
        os.chdir(place)
        stage = Stage(Path(place) / "runs" / "digits")
        study = stage.make(40, 2, 1)
        stage.alive()
        before = study.db.execute("SELECT * FROM trial").fetchall()
        stage.play(size=(100, 30), act=lambda app: fuzz(app, seed, many))
        assert study.db.execute("SELECT * FROM trial").fetchall() == before
        stage.close()
    print(f"{many} keys, seed {seed}: nothing was raised, the study is as it was")


if __name__ == "__main__":
    main()
