"""What the dashboard costs: first picture, CPU at 4 Hz, key to picture, memory, bytes a second.

    python -m tests.benchmarks.dashboard [--trials 50 10000] [--seconds 10] [--starts 7] [--busy]

The real program on a pseudo-terminal of 120 × 40, on a made-up study whose eight running trials go
on by one epoch every 50 ms. The first picture counts from exec until the header's best trial and
twenty rows of the leaderboard are there; its CPU time is told beside it, since that is worth
something on a busy machine, too.
"""

from __future__ import annotations

import argparse
import math
import os
import pty
import select
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from fcntl import ioctl
from pathlib import Path
from typing import NamedTuple

from hpsearch.store.folder import RunFolder
from hpsearch.system import Lock
from tests.view.madeup import MadeUp

RUNNING = 8
KEYS = 60
ROWS = 20
"""Rows of finished trials in a first picture, at least."""
LONGEST = 20.0
"""Seconds to wait for it."""


class Start(NamedTuple):
    """How long a first picture took, and what it cost, in seconds."""

    wall: float
    cpu: float


class Terminal:
    """The program on a terminal, and everything it wrote."""

    def __init__(self, runs: Path) -> None:
        self.begun = time.perf_counter()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", HPSEARCH_RUNS=str(runs))
            # Users have their byte code cached.
            for name in ("CI", "SSH_CONNECTION", "NO_COLOR", "PYTHONDONTWRITEBYTECODE"):
                os.environ.pop(name, None)
            os.execv(sys.executable, [sys.executable, "-m", "hpsearch", "attach", "digits"])
        ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds: float, until: bytes = b"") -> bytes:
        """What it writes in that time, or until some words come."""
        end, heard = time.perf_counter() + seconds, b""
        while (left := end - time.perf_counter()) > 0:
            if select.select([self.file], [], [], left)[0]:
                try:
                    heard += os.read(self.file, 1 << 20)
                except OSError:  # it has ended
                    break
                if until and until in heard:
                    break
        return heard

    def first(self) -> Start:
        """Read until the first whole picture is there."""
        heard = b""
        while b"best" not in heard or heard.count(b"40/40") < ROWS:
            heard += (more := self.read(LONGEST, b"\x1b"))
            if not more:
                raise SystemExit("no picture came")
        return Start(time.perf_counter() - self.begun, self.cpu())

    def send(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.file, keys)

    def cpu(self) -> float:
        """CPU seconds so far, of all threads."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def memory(self) -> float:
        """Resident megabytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def close(self) -> None:
        """Leave."""
        self.send(b"q")
        self.read(2.0)
        os.close(self.file)
        os.waitpid(self.pid, 0)


def train(study: MadeUp, first: int, stop: threading.Event) -> None:
    """Let the running trials go on, and the engine's heart beat."""
    db = sqlite3.connect(study.folder.db, isolation_level=None, timeout=5.0)
    epoch = 0
    while not stop.wait(0.05):
        epoch += 1
        db.execute("BEGIN")
        for number in range(first, first + RUNNING):
            cost = 0.3 + 2 * math.exp(-epoch / 40) + 0.01 * math.sin(epoch * number)
            figures = (
                f'{{"val_cost": {cost}, "val_accuracy": {1 - cost / 3}, "train_cost": {cost}}}'
            )
            db.execute("INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, 0.01, 1.0, 0.05)",
                       (number, epoch, cost, figures))  # fmt: skip
            db.execute("UPDATE trial SET epochs = ?, value = ?, planned = 400 WHERE number = ?",
                       (epoch, cost, number))  # fmt: skip
        db.execute("UPDATE study SET value = ? WHERE key = 'beat'", (str(time.time()),))
        db.execute("COMMIT")
    db.close()


def measure(trials: int, seconds: float, starts: int, busy: bool) -> None:
    """Print one line."""
    with tempfile.TemporaryDirectory() as place:
        runs = Path(place)
        study = MadeUp(runs / "digits", trials=trials + 100, workers=RUNNING,
                       max_workers=RUNNING, beat=time.time())  # fmt: skip
        study.fill(trials, RUNNING)
        lock = Lock(RunFolder(runs / "digits").lock)
        lock.acquire()
        stop = threading.Event()
        writer = threading.Thread(target=train, args=(study, trials, stop))
        writer.start()
        load = [subprocess.Popen([sys.executable, "-c", "while True: pass"], preexec_fn=_nice)
                for _ in range(os.cpu_count() or 1 if busy else 0)]  # fmt: skip
        begun = []
        for _ in range(starts - 1):
            terminal = Terminal(runs)
            begun.append(terminal.first())
            terminal.close()
        terminal = Terminal(runs)
        begun.append(terminal.first())
        first, cost = (1000 * statistics.median(each) for each in zip(*begun, strict=True))
        terminal.read(3.0)
        began, cpu = time.perf_counter(), terminal.cpu()
        written = len(terminal.read(seconds))
        spent = time.perf_counter() - began
        share = (terminal.cpu() - cpu) / spent
        keys = []
        for at in range(KEYS):
            terminal.read(0.05)
            pressed = time.perf_counter()
            terminal.send(b"k" if at % 2 else b"j")
            terminal.read(1.0, b"\x1b[")
            keys.append(1000 * (time.perf_counter() - pressed))
        print(
            f"{trials:6} trials{' busy' if busy else ''}: first picture {first:.0f} ms, "
            f"{cost:.0f} ms of CPU  "
            f"CPU {100 * share:.1f} %  {written / spent / 1000:.1f} KB/s  "
            f"key {statistics.median(keys):.0f} ms, p95 {sorted(keys)[int(0.95 * KEYS)]:.0f} ms  "
            f"memory {terminal.memory():.0f} MB",
            flush=True,
        )
        terminal.close()
        stop.set()
        writer.join()
        for process in load:
            process.kill()
            process.wait()
        lock.release()


def _nice() -> None:
    os.nice(10)  # as trainers are


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, nargs="+", default=[50, 150, 10_000])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--starts", type=int, default=7, help="first pictures; told is the median")
    parser.add_argument("--busy", action="store_true", help="while every core trains")
    chosen = parser.parse_args()
    for trials in chosen.trials:
        measure(trials, chosen.seconds, chosen.starts, chosen.busy)


if __name__ == "__main__":
    main()
