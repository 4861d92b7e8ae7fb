"""Studies and trainings made up for the searcher: no file, no data, no network."""

import itertools
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from hpsearch.engine.searcher import Searcher
from hpsearch.store.past import Past
from hpsearch.study import studyfile
from hpsearch.study.events import EpochDone
from hpsearch.study.options import StudyOptions
from hpsearch.study.space import Choice, Float, Int, Layers, applies, nearest

SPACE = {
    "network.layer_dims": Layers((1, 3), (4, 64), log=True),
    "training.optimizer": Choice(("gd", "adam")),
    "training.learning_rate": Float(1e-4, 1.0, log=True),
    "training.beta2": Float(0.9, 0.999),
    "training.mini_batch_size": Int(16, 128, log=True),
}
EPOCHS = 20
USUAL = {
    "network.layer_dims": (64,),
    "training.optimizer": "adam",
    "training.learning_rate": 1e-3,
    "training.beta1": 0.9,
    "training.beta2": 0.999,
    "training.mini_batch_size": 32,
    "training.lambd": 0.5,
    "training.clip_norm": 5,
}


@dataclass(frozen=True)
class FakeStudy:
    """What the searcher wants of a study file."""

    study: StudyOptions
    space: dict = field(default_factory=lambda: SPACE)
    fixed: dict = field(default_factory=lambda: {"training.epochs": EPOCHS})
    enqueue: tuple = ()

    def config(self, params):
        both = {**self.fixed, **params}
        return {name: value for name, value in both.items() if applies(name, both)}

    def defaults(self):
        near = {name: nearest(range_, USUAL[name]) for name, range_ in self.space.items()}
        return {name: v for name, v in near.items() if applies(name, {**self.fixed, **near})}


def study(**options):
    """A study over SPACE, or over another space."""
    space = options.pop("space", SPACE)
    enqueue = options.pop("enqueue", ())
    fixed = {"training.epochs": EPOCHS, **options.pop("fixed", {})}
    return FakeStudy(StudyOptions("made-up", **options), space, fixed, enqueue)


def whole_study(network):
    """A study as it is read from a file."""
    text = f'[data]\nsource = "sklearn:digits"\n[network]\n{network}\n'
    return studyfile.parse(text, Path("s.toml")).settle("multiclass", 64, 10)


def curve(params, seed):
    """A made-up training: the nearer the learning rate to 0.01, the lower the cost."""
    slow = params["training.optimizer"] == "gd"
    far = abs(params["training.learning_rate"] - 0.01) + 0.1 * slow
    return [far + (seed % 97) / 1000 + 1.0 / epoch for epoch in range(1, EPOCHS + 1)]


def epoch_of(number, value):
    """An epoch with a cost."""
    return EpochDone(number, {"val_cost": value}, 0.1, 1.0, 0.01)


class Run:
    """One worker at work on a searcher; keeps what a store would keep."""

    def __init__(self, of, past=(), direction="minimize"):
        self.of, self.past = of, {p.trial.number: p for p in past}
        self.sign = 1 if direction == "minimize" else -1
        self.searcher = Searcher(of, direction, lambda config: 100, past)
        self.lines = {}
        self.cuts = []
        """What stood in the store at every tenth trial: in its third epoch, and at its end."""

    def finish(self, count):
        """Train until so many are finished."""
        numbers = itertools.chain(self.searcher.waiting, itertools.repeat(None))
        while sum(p.state != "running" for p in self.past.values()) < count:
            number = next(numbers)
            self.train(self.searcher.ask() if number is None else self.past[number].trial)
        return self

    def train(self, trial):
        """Train a trial to its end."""
        state, told, best = "complete", {}, None
        memory = self._memory(trial.number)
        for number, cost in enumerate(curve(trial.params, trial.seed), start=1):
            if number == 2 and cost > 0.85:
                state, best = "diverged", None
                break
            told[number] = self.sign * cost
            prune = self.searcher.judge(trial.number, (epoch_of(number, told[number]),))
            best, memory = self.sign * cost, self._memory(trial.number)
            if number == 3:
                self._cut(Past(trial, "running", memory, None, dict(told), 1, 0, 0.1))
            if prune:
                state = "pruned"
                break
        self.searcher.tell(trial.number, state, best)
        self.past[trial.number] = Past(trial, state, memory, best, told, 1, 0, 0.1)
        self._cut(self.past[trial.number])
        self.lines[trial.number] = (trial, state, best, tuple(told))

    def _memory(self, number):
        return json.loads(json.dumps(self.searcher.memory(number)))  # as the store keeps it

    def _cut(self, past):
        if past.trial.number % 10 == 0:
            before = [p for p in past_of(self) if p.trial.number != past.trial.number]
            self.cuts.append([*before, past])


def past_of(run, number=None, **changes):
    """A run's trials as history would give them; or one of them, changed."""
    if number is not None:
        return replace(run.past[number], **changes)
    return [run.past[n] for n in sorted(run.past)]
