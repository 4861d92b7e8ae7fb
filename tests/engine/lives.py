"""A study from its first trial to its last without processes, which can be killed at any step."""

import asyncio
import random
from math import log10

from hpsearch.engine.checkpoint import Checkpoint
from hpsearch.errors import HpsearchError
from hpsearch.faults import Fault
from hpsearch.store.inbox import send
from hpsearch.store.reader import Reader
from hpsearch.store.triallog import TrialLogs
from hpsearch.study.space import Params
from tests.engine.helm import Helm, Wire, checkpoint

EPOCHS = 3
OPTIONS = 'seed = 5\npruner = "none"\nkeep = "best:2"\n'


class Crash(BaseException):
    """In place of the end of this process."""


class Crashing(Fault):
    """Ends a life, not the process."""

    def crash(self):
        raise Crash


def cost(params: Params, seed: int, epoch: int) -> float:
    """What a trial reaches: of its parameters, its seed and the epoch alone."""
    far = abs(log10(params["training.learning_rate"]) + 2)
    return far + random.Random(seed).random() / 100 + 1.0 / epoch


class MadeUp(Wire):
    """A trainer that does as real ones do, in no time."""

    def __init__(self, helm: Helm) -> None:
        super().__init__()
        self._helm, self._orders = helm, asyncio.Queue()

    def send(self, head, body=b""):
        self._orders.put_nowait((head, body))

    async def work(self) -> None:
        """One trial after another, until hung up on."""
        self.say("hello", role="trainer", slot=0, pid=1, host="here")
        while True:
            head, body = await self._orders.get()
            if head["kind"] == "trial":
                await self._train(head, body)

    async def _train(self, job, body):
        number, rungs = job["number"], job["rungs"]
        params = self._helm.engine.line[number].trial.params
        begun = Checkpoint.from_bytes(body)
        for epoch in range(begun.epoch + 1 if begun else 1, EPOCHS + 1):
            figures = {"val_cost": cost(params, job["seed"], epoch)}
            told = {"figures": figures, "learning_rate": 0.1, "gradient_norm": 1.0, "seconds": 0.1}
            wait = epoch in rungs
            self.say("epochs", number=number, wait=wait, epochs=[{"number": epoch, **told}])
            if wait:
                while (await self._orders.get())[0]["kind"] != "verdict":
                    pass
            if epoch == 2:
                self.say("checkpoint", checkpoint(epoch), number=number)
        end = {"state": "complete", "reason": "", "seconds": 0.3, "log": f"{number} is over"}
        self.say("finished", b"weights", number=number, **end)


async def life(path, filed=()):
    """One run of the engine, to its end. Returns why it ended, and the folder.

    Args:
        filed: commands for the inbox, by verb.

    Raises:
        Crash: planned by the test.
        HpsearchError: it could not begin.
    """
    helm = Helm(path, OPTIONS, slots=1)
    inbox = helm.folder.inbox
    for verb, args in filed:
        send(inbox, verb, **args)
    tasks = []
    try:
        await helm.commands.obey(inbox)
        trainer = MadeUp(helm)
        tasks = [asyncio.ensure_future(helm.sessions(trainer))]
        tasks += [asyncio.ensure_future(trainer.work())]
        helm.engine.check_end()
        await asyncio.wait({helm.engine.ended, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
        helm.store.flush()
        return helm.engine.ended.result(), helm.folder
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        helm.crash()


def outcome(folder):
    """All that must be as if nothing had happened, of every trial; and the log of each."""
    with Reader(folder) as reader:
        trials = reader.trials()
        curves = {t.number: [e.value for e in reader.epochs(t.number)] for t in trials}
    keys = ("number", "state", "seed", "params", "value", "best_epoch", "epochs", "told")
    told = [{key: getattr(trial, key) for key in keys} for trial in trials]
    logs = TrialLogs(folder.logs)
    for trial in trials:
        assert curves[trial.number] == [cost(trial.params, trial.seed, e) for e in (1, 2, 3)]
        assert f"{trial.number} is over" in logs.path(trial.number).read_text()
    kept = sorted(path.name for path in folder.models.iterdir())
    left = [*folder.checkpoints.iterdir(), *folder.path.glob("**/*.new")]
    return told, kept, left


def sentence(error: HpsearchError | str) -> bool:
    """Whether it is one that a person can read."""
    text = str(error)
    return text.endswith(".") and "Error" not in text and "Errno" not in text
