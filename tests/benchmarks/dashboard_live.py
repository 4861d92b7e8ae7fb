"""Random keys and sizes on a search that runs: `python -m tests.benchmarks.dashboard_live`.

    python -m tests.benchmarks.dashboard_live [SEED] [KEYS]

The real program on a pseudo-terminal above a real engine. First without the keys that steer, and
the search must end as if nobody had looked: every trial as asked, no command filed. Then a second
one with all keys but those that leave. Both times nothing may raise, the dashboard must answer
afterwards, and the terminal must be given back.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path

from hpsearch.dashboard.actions import ACTIONS
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from tests.benchmarks.dashboard import Terminal

ROOT = Path(__file__).parents[2]
TRIALS = 20
EPOCHS = 400
ENDING = ("detach", "leave", "suspend")
STEERING = ("act", "new-trial", "edit-copy", "pause", "stop", "add", "workers", "resume-engine",
            "retry-failed", "command", "studies")  # fmt: skip
"""Actions that change the search, or from which one gets to those that do."""
WIDTHS, HEIGHTS = (1, 20, 40, 60, 80, 120), (1, 6, 12, 24, 40)
BYTES = {"enter": b"\r", "escape": b"\x1b", "tab": b"\t", "space": b" ", "down": b"\x1b[B",
         "up": b"\x1b[A", "left": b"\x1b[D", "right": b"\x1b[C", "home": b"\x1b[H",
         "end": b"\x1b[F", "pagedown": b"\x1b[6~", "pageup": b"\x1b[5~", "comma": b",",
         "equals_sign": b"="}  # fmt: skip
LEFT, CURSOR = b"\x1b[?1049l", b"\x1b[?25h"
"""What gives the terminal back: its own screen, and a cursor."""


def written(key: str) -> bytes:
    """A key as a terminal sends it."""
    if key.startswith("ctrl+"):
        return bytes([ord(key[-1]) & 31])
    return BYTES.get(key) or key.encode()


def keyboard(steering: bool) -> list[bytes]:
    """Every key that may be pressed, the likelier ones several times."""
    banned = {key for action in ACTIONS for key in action.keys
              if action.id in (*ENDING, *(() if steering else STEERING))}  # fmt: skip
    known = [key for action in ACTIONS for key in action.keys]
    every = [*known, *"abcdefghijklmnoprstuvwxyz0123456789", *["escape"] * 14, *["enter"] * 4]
    return [written(key) for key in every if key not in banned]


def press(terminal: Terminal, keys: Sequence[bytes], many: int, dice: random.Random) -> bytes:
    """Press that many, and change the size now and then. Gives all that was written."""
    heard = bytearray()
    for at in range(many):
        key = dice.choice(keys)
        terminal.send(key)
        if at % 5 == 0 or key == b"\x1b":  # or what follows would be taken for Alt and a letter
            heard += terminal.read(0.03)
        if at % 97 == 0:
            resize(terminal, dice.choice(WIDTHS), dice.choice(HEIGHTS))
        if at % 500 == 499:
            print(f"  {at + 1} keys", flush=True)
    return bytes(heard)


def resize(terminal: Terminal, width: int, height: int) -> None:
    """Give the terminal another size."""
    ioctl(terminal.file, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


def attacked(runs: Path, seed: int, many: int, steering: bool) -> RunFolder:
    """A search with somebody at the keys."""
    words = ["--trials", str(TRIALS), "--set", f"training.epochs={EPOCHS}", "--runs", str(runs)]
    study = str(ROOT / "studies" / "digits.toml")
    command = [sys.executable, "-m", "hpsearch", "run", study, *words, "--detach"]
    subprocess.run(command, check=True, capture_output=True)
    terminal = Terminal(runs)
    heard = terminal.read(5.0, b"Detach")
    heard += press(terminal, keyboard(steering), many, random.Random(seed))
    resize(terminal, 120, 40)
    for _ in range(8):
        terminal.send(b"\x1b")
        heard += terminal.read(0.2)
    terminal.send(b"1")
    terminal.send(b"\x0c")
    last = terminal.read(3.0)
    assert {b"digits", b"Detach"} <= set(re.findall(rb"\w+", last)), last[-3000:]
    terminal.send(b"q")
    last = terminal.read(10.0, b"attach")
    _, status = os.waitpid(terminal.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, (status, heard[-3000:])
    assert b"Traceback" not in heard + last
    assert min(last.rfind(LEFT), last.rfind(CURSOR)) >= 0
    os.close(terminal.file)
    return RunFolder(runs / "digits")


def untouched(folder: RunFolder) -> None:
    """Wait for the search's end: it must be as if nobody had looked."""
    while folder.alive:
        time.sleep(0.2)
    with Reader(folder) as reader:
        study, counts = reader.study(), reader.counts(TRIALS)
    filed = sqlite3.connect(folder.db).execute("SELECT count(*) FROM command").fetchone()[0]
    assert (study.state, counts.finished, counts.failed, filed) == ("finished", TRIALS, 0, 0), (
        study.state, counts, filed)  # fmt: skip


def main() -> None:
    """Try one seed."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    many = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    os.environ["ESCDELAY"] = "20"
    place = Path(tempfile.mkdtemp())
    os.environ["XDG_CONFIG_HOME"] = str(place)
    os.chdir(place)
    untouched(attacked(place / "looked", seed, many, steering=False))
    print(f"{many} keys, seed {seed}: the search ended as if nobody had looked", flush=True)
    folder = attacked(place / "steered", seed + 1, many, steering=True)
    stop = [sys.executable, "-m", "hpsearch", "stop", str(folder.path), "--now"]
    subprocess.run(stop, check=False, capture_output=True)
    while folder.alive:
        time.sleep(0.2)
    with Reader(folder) as reader:
        print(f"{many} keys more, steering: it is {reader.study().state}, {reader.counts(TRIALS)}")
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
