"""Thirty-two trials that report twenty times a second: their cost, delay, and what is lost.

The engine, its store and a view's polling at 4 Hz are the real ones, in this process; wire and
trainers are left out (`tests.benchmarks.fleet` has them), and so is drawing on a screen
(`tests.benchmarks.dashboard`).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hpsearch.engine.run import FLUSH
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.records import Revision
from tests.chaos.ground import Tried
from tests.chaos.more import busy, patience
from tests.engine.helm import Helm

TRIALS, HERTZ, LOOKS = 32, 20.0, 4.0
COST, SEEN = 0.001, 0.7
"""Seconds: of the engine's processor for a report, and until a view has it; of 99 in 100."""


@dataclass
class View:
    """A reader beside the engine, and when it saw each epoch of each trial."""

    folder: RunFolder
    over: threading.Event = field(default_factory=threading.Event)
    seen: dict[tuple[int, int], float] = field(default_factory=dict)

    def watch(self) -> None:
        """Look four times a second, and once more when it is over."""
        with Reader(self.folder) as reader:
            since: Revision | None = None
            while True:
                last = self.over.wait(1 / LOOKS)
                news = reader.poll(since)
                since, now = news.revision, time.monotonic()
                for number, epochs in news.epochs.items():
                    for epoch in epochs:
                        self.seen.setdefault((number, epoch.number), now)
                if last:
                    return


async def _reports(place: Path, seconds: float) -> Tried:
    options = 'sampler = "random"\npruner = "none"'
    more = {"trials = 4": f"trials = {TRIALS}", "epochs = 10": "epochs = 100000"}
    helm = Helm(place / "small", options, TRIALS, **more)
    trainers = [await helm.at_work(slot) for slot in range(TRIALS)]
    facts = {"name": "small", "state": "running", "trials": TRIALS, "seconds": 0.0}
    helm.store.set(**facts, beat=time.time())
    helm.store.flush()
    view = View(helm.folder)
    watching = threading.Thread(target=view.watch)
    watching.start()
    costs: list[float] = []
    said: dict[tuple[int, int], float] = {}
    began = flushed = time.monotonic()
    for number in range(1, round(seconds * HERTZ) + 1):
        for at, trainer in enumerate(trainers):
            due = began + (number - 1 + at / TRIALS) / HERTZ
            time.sleep(max(0.0, due - time.monotonic()))
            assert trainer.running is not None
            said[trainer.running.number, number] = time.monotonic()
            before = time.thread_time()
            helm.epochs(trainer, 1.0 / number, first=number, seconds=0.05)
            costs.append(time.thread_time() - before)
            if time.monotonic() - flushed >= FLUSH:
                helm.store.flush()
                flushed = time.monotonic()
    helm.store.flush()
    view.over.set()
    watching.join()
    late = [view.seen[key] - when for key, when in said.items() if key in view.seen]
    lost = len(said) - len(late)
    helm.crash()
    cost, wait = _of_99(costs), _of_99(late)
    found = [f"{lost} of {len(said)} reports were never seen"] if lost else []
    if cost > patience(COST):
        found.append(f"a report costs {1000 * cost:.2f} ms")
    if wait > patience(SEEN):
        found.append(f"a report is seen after {1000 * wait:.0f} ms")
    figure = (
        f"p99 {1000 * cost:.2f} ms of CPU each, seen after p99 {1000 * wait:.0f} ms, {lost} lost"
    )
    return Tried("", len(said), TRIALS, found, figure + busy())


def reports(place: Path, seconds: float, seed: int) -> Tried:
    """For so long, but at least five seconds."""
    return asyncio.run(_reports(place, max(5.0, seconds * 0.8)))


def _of_99(values: Sequence[float]) -> float:
    """What 99 in 100 do not exceed."""
    return sorted(values)[int(0.99 * (len(values) - 1))]
