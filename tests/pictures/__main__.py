"""Runs the digits study, draws its dashboard while it runs, and writes SVGs beside this file."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from hpsearch.dashboard.app import Dashboard
from hpsearch.dashboard.options import Options
from hpsearch.store.folder import RunFolder

HERE = Path(__file__).parent
STUDY = HERE.parents[1] / "studies" / "digits.toml"
TRIALS = 60
ENOUGH = 42
"""Trials that shall have ended before the pictures are taken: the study still runs then."""
SHOTS = (
    ("trials", (120, 40), ("j", "j", "space", "j")),
    ("trials", (80, 24), ()),
    ("params", (120, 40), ("3",)),
    ("confusion", (120, 40), ("enter", "]", "]", "]")),
)
"""What each picture shows, its size, and the keys that lead there."""


def main() -> None:
    """Run, and draw."""
    with tempfile.TemporaryDirectory() as place:
        runs = Path(place) / "runs"
        command = [sys.executable, "-m", "hpsearch", "run", str(STUDY), "--runs", str(runs)]
        subprocess.run([*command, "--trials", str(TRIALS), "--detach"], check=True)
        os.environ["XDG_CONFIG_HOME"] = place
        try:
            asyncio.run(draw(RunFolder(runs / "digits")))
        finally:
            stop = [sys.executable, "-m", "hpsearch", "stop", "digits", "--now"]
            subprocess.run([*stop, "--runs", str(runs)], check=False)


async def draw(folder: RunFolder) -> None:
    """Every picture, of the running study."""
    await ended(folder)
    for name, size, keys in SHOTS:
        app = Dashboard(folder, Options())
        async with app.run_test(size=size) as pilot:
            await pilot.pause(1.5)
            await pilot.press(*keys)
            await pilot.pause(1.0)
            await app.workers.wait_for_complete()  # what a command of ours has to find out
            await pilot.pause(0.5)
            svg = app.export_screenshot(title=f"hpsearch attach {folder.name}")
        file = HERE / f"{name}-{size[0]}x{size[1]}.svg"
        file.write_text(alone(svg), encoding="utf-8")
        print(file)


async def ended(folder: RunFolder) -> None:
    """Wait until enough trials have ended."""
    from hpsearch.store.reader import Reader

    while True:
        with Reader(folder) as reader:
            counts = reader.counts(TRIALS)
        if counts.finished >= ENOUGH:
            return
        await asyncio.sleep(0.2)


def alone(svg: str) -> str:
    """The picture without fonts from the web."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    fonts = "'DejaVu Sans Mono', Menlo, Consolas, monospace"
    return re.sub(r"font-family:\s*Fira Code[^;]*;", f"font-family: {fonts};", svg)


if __name__ == "__main__":
    main()
