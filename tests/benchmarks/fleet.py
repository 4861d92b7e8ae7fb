"""python -m tests.benchmarks.fleet: where one engine ends.

A real engine (its process, store, searcher and wire), and trainers that sleep and report instead
of training: tasks of this process, each with a connection of its own. Prints, for so many slots:
trials a second, the share of their time that slots had a trial in hand (by this side's clock, and
as `status` tells it), how long a report waits for its verdict, and the engine's CPU time a trial
and memory. Finished trials to begin with are drawn at random and take no time. Nothing is asserted:
the machine may be shared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hpsearch.engine.calling import Address, Line
from hpsearch.engine.order import Answer, Order
from hpsearch.engine.wire import Peer
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from tests.benchmarks.searcher import TWELVE

NAME = "twelve"
MANY = 1_000_000
"""Trials asked for: nobody waits for them all."""


@dataclass
class Seen:
    """What the trainers saw of an engine."""

    finished: int = 0
    at_work: float = 0.0
    """Seconds that slots had a trial in hand, all together."""
    waits: list[float] = field(default_factory=list)
    """Seconds from a report to its verdict."""
    began: dict[int, float] = field(default_factory=dict)
    """When trials in hand were taken up, by slot; on the monotonic clock."""

    def taken_up(self, slot: int) -> None:
        """A slot has a trial in hand."""
        self.began[slot] = time.monotonic()

    def over(self, slot: int) -> None:
        """It has none."""
        self.at_work += time.monotonic() - self.began.pop(slot)
        self.finished += 1

    def from_now(self) -> None:
        """What was before does not count."""
        now = time.monotonic()
        self.finished, self.at_work, self.waits = 0, 0.0, []
        self.began = dict.fromkeys(self.began, now)

    def so_far(self) -> float:
        """Seconds at work, trials in hand among them."""
        now = time.monotonic()
        return self.at_work + sum(now - began for began in self.began.values())


@dataclass
class Trainer:
    """Takes trials, sleeps, reports, and obeys."""

    slot: int
    seconds: float
    """How long its trials take; each a quarter more or less, so that they do not march in step."""
    reports: int
    seen: Seen

    async def work(self, address: Address) -> None:
        """One trial after another, until the engine has had enough."""
        line = await asyncio.to_thread(Line, address)
        reader, writer = await asyncio.open_connection(sock=line._socket)
        peer = Peer(reader, writer)
        role = {"kind": "hello", "role": "trainer", "slot": self.slot}
        peer.send({**role, "pid": MANY + self.slot, "host": "made up"})
        try:
            while (head := (await peer.receive()).head)["kind"] != "end":
                if head["kind"] == "trial":
                    self.seen.taken_up(self.slot)
                    await self._train(peer, head)
                    self.seen.over(self.slot)
        except EOFError:
            return
        finally:
            peer.close()

    async def _train(self, peer: Peer, job: dict[str, Any]) -> None:
        number, state = job["number"], "complete"
        seconds = self.seconds * random.Random(number).uniform(0.75, 1.25)
        peer.send({"kind": "started", "number": number})
        for epoch in range(1, self.reports + 1):
            if seconds:
                await asyncio.sleep(seconds / self.reports)
            sent = time.monotonic()
            told = {"kind": "epochs", "number": number, "wait": True, "cpu": 0.01}
            peer.send({**told, "epochs": [epoch_of(job, epoch, seconds / self.reports)]})
            while (head := (await peer.receive()).head)["kind"] not in ("verdict", "end"):
                pass
            self.seen.waits.append(time.monotonic() - sent)
            if head["kind"] == "end":
                raise EOFError
            if head["verdict"] == "stop":
                stopped = {"kind": "stopped", "number": number, "seconds": seconds}
                peer.send({**stopped, "log": ""})
                return
            if head["verdict"] == "prune":
                state = "pruned"
                break
        end = {"kind": "finished", "number": number, "state": state, "reason": ""}
        peer.send({**end, "seconds": seconds, "log": ""})


def epoch_of(job: dict[str, Any], epoch: int, seconds: float) -> dict[str, Any]:
    """A made-up epoch: best near a rate of 0.01 and few units dropped, with some noise."""
    config, noise = job["config"], random.Random(job["seed"] + epoch)
    far = abs(config["training.learning_rate"] - 0.01) ** 0.5
    cost = far + (0.9 - config["training.keep_prob"]) ** 2 + noise.uniform(0, 0.1) + 1 / epoch
    figures = {"train_cost": cost, "val_cost": cost, "val_accuracy": math.exp(-cost)}
    return {
        "number": epoch,
        "figures": figures,
        "learning_rate": config["training.learning_rate"],
        "gradient_norm": 1.0,
        "seconds": seconds,
    }


@dataclass
class Process:
    """An engine's process, as Linux tells of it."""

    pid: int

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident MiB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

    def files(self) -> int:
        """Open ones."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


@asynccontextmanager
async def engine(place: Path, overrides: dict[str, Any]) -> AsyncIterator[tuple[Process, Address]]:
    """A real engine on the made-up study; stopped at the end, as by SIGTERM."""
    answering, answer = os.pipe()
    calling, call = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.fleet_engine"],
        stdin=subprocess.PIPE,
        pass_fds=(answer, call),
        env={**os.environ, "FLEET_ADDRESS": str(call)},
    )
    os.close(answer)
    os.close(call)
    order = Order(place / f"{NAME}.toml", place, overrides, owned=True, answer=answer)
    assert process.stdin is not None
    process.stdin.write(order.to_line())
    process.stdin.flush()
    with os.fdopen(answering, "rb") as lines:
        for line in lines:
            told = Answer.from_line(line)
            if told.kind == "error":
                raise SystemExit(told.text)
    with os.fdopen(calling) as lines:
        fields = json.loads(lines.readline())
    try:
        yield (
            Process(process.pid),
            Address(fields["host"], fields["port"], bytes.fromhex(fields["key"])),
        )
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)
        process.stdin.close()


async def until(finished: int, seen: Seen, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for so many trials."""
    while seen.finished < finished and not all(task.done() for task in tasks):
        await asyncio.sleep(0.05)


async def fill(place: Path, trials: int) -> None:
    """Finished trials to begin with."""
    if not trials:
        return
    seen = Seen()
    given = {"study.sampler": "random", "study.trials": trials, "study.workers": 8}
    async with engine(place, {**given, "study.max_workers": 8}) as (_, address):
        await asyncio.gather(*(Trainer(slot, 0.0, 5, seen).work(address) for slot in range(8)))


@dataclass(frozen=True)
class Load:
    """What the engine shall bear."""

    slots: int
    seconds: float
    reports: int
    sampler: str
    pruner: str
    finished: int
    window: float
    """Seconds of measuring, after one trial a slot."""

    async def figures(self) -> str:
        """Bear it, and tell how it went, in a line."""
        with tempfile.TemporaryDirectory() as path:
            place = Path(path)
            made_up(place, self.reports)
            await fill(place, self.finished)
            return await self._measured(place)

    async def _measured(self, place: Path) -> str:
        given = {"study.sampler": self.sampler, "study.pruner": self.pruner}
        crew = {"study.trials": MANY, "study.workers": self.slots, "study.max_workers": self.slots}
        seen = Seen()
        async with engine(place, {**given, **crew}) as (process, address):
            began = time.time()
            trainers = [Trainer(n, self.seconds, self.reports, seen) for n in range(self.slots)]
            tasks = [asyncio.create_task(trainer.work(address)) for trainer in trainers]
            await until(self.slots, seen, tasks)
            seen.from_now()
            cpu, since = process.cpu(), time.monotonic()
            await asyncio.sleep(self.window)
            wall, spent = time.monotonic() - since, process.cpu() - cpu
            finished, at_work, waits = seen.finished, seen.so_far(), sorted(seen.waits)
            memory = process.memory()
        await asyncio.gather(*tasks)
        with Reader(RunFolder(place / NAME)) as reader:
            told = reader.busy(began) or 0.0
        share = at_work / (self.slots * wall)
        return (
            f"{self.sampler:7} {self.slots:5} {self.seconds:6g} s {self.finished:7,} "
            f"{finished / wall:9.1f} {share:8.3f} {told:8.3f} "
            f"{1000 * at(waits, 0.5):8.1f} {1000 * at(waits, 0.99):8.1f} "
            f"{1000 * spent / max(1, finished):9.1f} {spent / wall:6.2f} {memory:7.0f}"
        )


async def whole(trials: int, slots: int, seconds: float, reports: int) -> None:
    """One long study from its first trial to its last: what it costs as it grows."""
    print(f"{'finished':>9} {'trials/s':>9} {'p99 ms':>8} {'CPU ms':>9} {'MiB':>7} {'files':>6}")
    with tempfile.TemporaryDirectory() as path:
        place, seen = Path(path), Seen()
        made_up(place, reports)
        crew = {"study.workers": slots, "study.max_workers": slots, "study.trials": trials}
        async with engine(place, crew) as (process, address):
            trainers = [Trainer(n, seconds, reports, seen) for n in range(slots)]
            tasks = [asyncio.create_task(trainer.work(address)) for trainer in trainers]
            done = 0
            while done < trials * 0.99:
                seen.from_now()
                cpu, since = process.cpu(), time.monotonic()
                await until(trials // 10, seen, tasks)
                count, wall = seen.finished, time.monotonic() - since
                done += count
                print(
                    f"{done:9,} {count / wall:9.1f} {1000 * at(sorted(seen.waits), 0.99):8.1f} "
                    f"{1000 * (process.cpu() - cpu) / count:9.2f} {process.memory():7.0f} "
                    f"{process.files():6}",
                    flush=True,
                )
            await asyncio.gather(*tasks)


def made_up(place: Path, reports: int) -> None:
    """The study file, for trials of so many epochs."""
    text = TWELVE.format(sampler="random", pruner="none", depth="[1, 3]", epochs=reports)
    text = text.replace("[data]", 'keep = "none"\n[data]')
    text = text.replace("{ int = [5, 20] }", "{ int = [1, 4] }")
    (place / f"{NAME}.toml").write_text(text)


HEAD = (
    f"{'':7} {'slots':>5} {'trial':>8} {'before':>7} {'trials/s':>9} {'busy':>8} {'status':>8} "
    f"{'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>9} {'cores':>6} {'MiB':>7}"
)


def at(values: list[float], share: float) -> float:
    """The value below which that share of them is."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fleet")
    parser.add_argument("--slots", type=int, nargs="*", default=[2, 8, 32, 128])
    parser.add_argument("--seconds", type=float, default=1.0, help="a trial takes")
    parser.add_argument("--reports", type=int, default=5, help="of each trial")
    parser.add_argument("--sampler", nargs="*", default=["random", "tpe"])
    parser.add_argument("--pruner", default="none")
    parser.add_argument("--finished", type=int, default=1000, help="trials before")
    parser.add_argument("--window", type=float, default=10.0, help="seconds measured")
    parser.add_argument("--study", type=int, help="one long study of so many trials, at random")
    given = parser.parse_args()
    if given.study:
        asyncio.run(whole(given.study, given.slots[0], given.seconds, given.reports))
        return
    print(HEAD, flush=True)
    for sampler in given.sampler:
        for slots in given.slots:
            load = Load(
                slots,
                given.seconds,
                given.reports,
                sampler,
                given.pruner,
                given.finished,
                given.window,
            )
            print(asyncio.run(load.figures()), flush=True)


if __name__ == "__main__":
    main()
