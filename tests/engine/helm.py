"""An engine without processes: a study in a folder, an engine on it, and trainers made up."""

import asyncio
import functools

from hpsearch import data as tables
from hpsearch.engine.checkpoint import Checkpoint
from hpsearch.engine.commands import Commands
from hpsearch.engine.engine import Engine
from hpsearch.engine.frames import Frame
from hpsearch.engine.sessions import Sessions
from hpsearch.engine.slots import Obituary, Trainer
from hpsearch.engine.steered import Steered
from hpsearch.engine.steering import Steering
from hpsearch.store.folder import RunFolder
from hpsearch.store.writer import Store
from hpsearch.study import studyfile
from hpsearch.study.events import EpochDone
from tests.conftest import PATIENCE

STUDY = """
[study]
name = "small"
trials = 4
{study}
[data]
source = "sklearn:iris"
validation = 0.2
[network]
layer_dims = {{ depth = [1, 2], width = [4, 32] }}
[training]
epochs = 10
learning_rate = {{ float = [1e-4, 1e-1], log = true }}
optimizer = {{ choice = ["gd", "adam"] }}
"""


class Wire:
    """A peer that keeps what it is sent, and says what a test puts in its mouth."""

    def __init__(self):
        self.sent, self._said = [], asyncio.Queue()

    def send(self, head, body=b""):
        self.sent.append(head)

    def say(self, kind, body=b"", **head):
        self._said.put_nowait(Frame({"kind": kind, **head}, body))

    def hang_up(self):
        self._said.put_nowait(None)

    async def receive(self):
        frame = await self._said.get()
        if frame is None:
            raise EOFError
        return frame

    def of(self, kind):
        return [head for head in self.sent if head["kind"] == kind]


class Helm:
    """Everything of a run but its processes. Made inside of a running loop."""

    def __init__(self, path, study="", slots=2, **edits):
        path.mkdir(exist_ok=True)
        text = STUDY.format(study=study)
        for old, new in edits.items():
            text = text.replace(old, new)
        self.folder = RunFolder(path)
        file = studyfile.parse(text, path / "small.toml")
        data = tables.load(file.data)
        self.study = file.settle(data.task, data.features, data.outputs)
        self.store = Store(self.folder.db)
        facts = self.store.facts()
        steered = Steered.of(facts, self.study.study)
        trials = steered.trials or self.study.study.trials
        self.engine = Engine(self.study, data, "minimize", self.store, self.folder, slots, trials)
        self.sessions = Sessions(self.engine, slots)
        self.killed = []
        self.steering = Steering(self.engine, self._kill, self.sessions.allow, slots, steered)
        self.commands = Commands(self.steering, self.study, self.store)

    def _kill(self, trainer):
        self.killed.append(trainer)
        self.sessions.kill(trainer)

    def crash(self):
        """What was not flushed is gone."""
        self.engine.close()
        self.store._db.close()

    def trainer(self, slot=0):
        """A trainer that works for nobody yet."""
        trainer = Trainer(Wire(), slot, 100 + slot, "here")
        self.engine.trainers.add(trainer)
        return trainer

    async def at_work(self, slot=0):
        """A trainer with a trial in hand."""
        trainer = self.trainer(slot)
        await self.engine.dispatch.next_job(trainer)
        return trainer

    def epochs(self, trainer, *values, first=1, seconds=1.0):
        """A trial reaches these values, an epoch each."""
        told = tuple(
            EpochDone(number, {"val_cost": value}, 0.1, 1.0, seconds)
            for number, value in enumerate(values, start=first)
        )
        return self.engine.progressed(trainer, told)

    def states(self):
        """Every trial's, as stored."""
        self.store.flush()
        return [past.state for past in self.store.history()]

    def reason(self, number):
        """A trial's, as stored."""
        self.store.flush()
        (reason,) = self.store._db.execute(
            "SELECT reason FROM trial WHERE number = ?", (number,)
        ).fetchone()
        return reason


def checkpoint(epoch):
    """Of a trial at that epoch; it holds nothing."""
    return Checkpoint(epoch, {}, {}).to_bytes()


def by_signal():
    """A trainer's end."""
    return Obituary(-9, "")


def on(test):
    """Run a test that is a coroutine."""

    @functools.wraps(test)
    def run(*args, **given):
        asyncio.run(asyncio.wait_for(test(*args, **given), PATIENCE))

    return run
