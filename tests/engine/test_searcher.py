"""The searcher, with a study made up of ranges: no file, no data, no training."""

import itertools
from dataclasses import dataclass, field

import pytest

from hpsearch.engine.searcher import Searcher, SpaceExhausted
from hpsearch.store.writer import Past
from hpsearch.study.events import EpochDone
from hpsearch.study.options import StudyOptions
from hpsearch.study.space import Choice, Float, Int, Layers, applies

SPACE = {
    "network.layer_dims": Layers((1, 3), (4, 64), log=True),
    "training.optimizer": Choice(("gd", "adam")),
    "training.learning_rate": Float(1e-4, 1.0, log=True),
    "training.beta2": Float(0.9, 0.999),
    "training.mini_batch_size": Int(16, 128, log=True),
}
EPOCHS = 20


@dataclass(frozen=True)
class FakeStudy:
    study: StudyOptions
    space: dict = field(default_factory=lambda: SPACE)
    fixed: dict = field(default_factory=lambda: {"training.epochs": EPOCHS})
    enqueue: tuple = ()

    def config(self, params):
        both = {**self.fixed, **params}
        return {name: value for name, value in both.items() if applies(name, both)}

    def defaults(self):
        return {
            "network.layer_dims": (64,),
            "training.optimizer": "adam",
            "training.learning_rate": 1e-3,
            "training.beta2": 0.999,
            "training.mini_batch_size": 32,
        }


def study(**options):
    space = options.pop("space", SPACE)
    enqueue = options.pop("enqueue", ())
    fixed = {"training.epochs": EPOCHS, **options.pop("fixed", {})}
    return FakeStudy(StudyOptions("made-up", **options), space, fixed, enqueue)


def searcher(of, history=()):
    return Searcher(of, "minimize", lambda config: 100, history)


def curve(params, seed):
    """A made-up training: the nearer the learning rate to 0.01, the lower the cost."""
    slow = params["training.optimizer"] == "gd"
    far = abs(params["training.learning_rate"] - 0.01) + 0.1 * slow
    return [far + (seed % 97) / 1000 + 1.0 / epoch for epoch in range(1, EPOCHS + 1)]


class Run:
    """One worker at work on a searcher; keeps what a store would keep."""

    def __init__(self, of, past=()):
        self.of, self.past = of, {p.trial.number: p for p in past}
        self.searcher = searcher(of, past)
        self.lines = []

    def finish(self, count, stop_after=None):
        numbers = itertools.chain(self.searcher.waiting, itertools.repeat(None))
        while sum(p.state != "running" for p in self.past.values()) < count:
            number = next(numbers)
            trial = self.searcher.ask() if number is None else self.past[number].trial
            if not self.train(trial, stop_after):
                return self
        return self

    def train(self, trial, stop_after):
        values, state, told = curve(trial.params, trial.seed), "complete", {}
        memory = self.searcher.memory(trial.number)
        for number, value in enumerate(values, start=1):
            epoch = EpochDone(number, {"val_cost": value}, 0.1, 1.0, 0.01)
            prune = self.searcher.judge(trial.number, (epoch,))
            told[number], memory = value, self.searcher.memory(trial.number)
            if stop_after == (trial.number, number):
                self.past[trial.number] = Past(trial, "running", memory, None, told, 1, 0, 0.1)
                return False
            if prune:
                state = "pruned"
                break
        best = min(told.values())
        self.past[trial.number] = Past(trial, state, memory, best, told, 1, 0, 0.1)
        self.searcher.tell(trial.number, state, best)
        self.lines.append((trial, state, best, tuple(told)))
        return True


SEARCHES = list(
    itertools.product(
        ("tpe", "random"), ("none", "median", "percentile", "halving", "hyperband", "threshold")
    )
)
THRESHOLD = {"threshold": {"pruner_options": {"upper": 1.0}}}


@pytest.mark.parametrize(("sampler", "pruner"), SEARCHES)
def test_a_search_cut_anywhere_goes_on_as_if_never_stopped(sampler, pruner):
    of = study(sampler=sampler, pruner=pruner, seed=3, **THRESHOLD.get(pruner, {}))
    whole = Run(of).finish(30)
    for cut in (0, 9, 20):
        first = Run(of).finish(30, stop_after=(cut, 4))
        rest = Run(of, [first.past[n] for n in sorted(first.past)]).finish(30)
        assert first.lines + rest.lines == whole.lines
    if pruner not in ("none", "threshold"):
        assert any(state == "pruned" for _, state, _, _ in whole.lines)


def test_no_configuration_is_run_twice_and_the_space_ends():
    space = {"training.mini_batch_size": Choice((16, 32, 64))}
    search = searcher(study(space=space, sampler="random", defaults_first=False))
    asked = [search.ask() for _ in range(3)]
    with pytest.raises(SpaceExhausted):
        search.ask()
    assert [trial.number for trial in asked] == [0, 1, 2]
    assert {trial.params["training.mini_batch_size"] for trial in asked} == {16, 32, 64}


def test_a_grid_tries_every_point_once():
    space = {
        "training.optimizer": Choice(("gd", "adam")),
        "training.beta2": Float(0.9, 0.99, step=0.03),
        "training.mini_batch_size": Int(16, 48, step=16),
    }
    search = searcher(study(space=space, sampler="grid"))
    asked = [search.ask().params for _ in range(3 + 3 * 4)]
    with pytest.raises(SpaceExhausted):
        search.ask()
    assert len({str(sorted(params.items())) for params in asked}) == len(asked)


def test_enqueued_trials_come_first_then_the_defaults_then_the_sampler():
    of = study(enqueue=({"training.learning_rate": 0.5},))
    search = searcher(of)
    first, second = search.ask(), search.ask()
    assert first.params["training.learning_rate"] == 0.5
    assert second.params == of.defaults()


def test_networks_over_the_limit_are_drawn_again():
    of = study(fixed={"network.max_parameters": 30}, defaults_first=False)
    search = Searcher(of, "minimize", lambda config: sum(config["network.layer_dims"]))
    assert all(sum(search.ask().params["network.layer_dims"]) <= 30 for _ in range(5))


def test_a_diverged_trial_is_told_as_pruned_and_is_never_best():
    search = searcher(study())
    trial = search.ask()
    search.judge(trial.number, (EpochDone(1, {"val_cost": 1e-9}, 0.1, 1.0, 0.01),))
    search.tell(trial.number, "diverged", 1e-9)
    good = search.ask()
    search.tell(good.number, "complete", 0.5)
    assert search._study.best_value == 0.5


def test_a_trial_that_is_trained_again_is_not_judged_again():
    of = study(pruner="threshold", pruner_options={"upper": 0.5})
    search = searcher(of)
    trial = search.ask()
    epochs = [EpochDone(n, {"val_cost": 0.4}, 0.1, 1.0, 0.01) for n in range(1, 9)]
    assert not any(search.judge(trial.number, (epoch,)) for epoch in epochs)
    worse = [EpochDone(n, {"val_cost": 0.9}, 0.1, 1.0, 0.01) for n in range(1, 10)]
    verdicts = [search.judge(trial.number, (epoch,)) for epoch in worse]
    assert verdicts == [False] * 8 + [True]


@pytest.mark.parametrize("shape", ["free", "funnel", "constant"])
def test_drawn_layers_have_the_shape_asked_for(shape):
    space = {"network.layer_dims": Layers((1, 4), (4, 64), shape=shape)}
    search = searcher(study(space=space, sampler="random", defaults_first=False))
    for _ in range(30):
        widths = search.ask().params["network.layer_dims"]
        assert 1 <= len(widths) <= 4
        assert all(4 <= width <= 64 for width in widths)
        if shape == "constant":
            assert len(set(widths)) == 1
        if shape == "funnel":
            assert list(widths) == sorted(widths, reverse=True)


def test_seeds_depend_on_the_study_and_the_number_alone():
    first = [searcher(study(seed=1)).ask().seed for _ in range(2)]
    assert first[0] == first[1]
    assert searcher(study(seed=2)).ask().seed != first[0]
    fixed = study(fixed={"training.seed": 5})
    assert searcher(fixed).ask().seed == 5


@pytest.mark.parametrize("pruner", ["median", "halving", "hyperband"])
def test_a_verdict_stands_when_the_engine_dies_before_it_is_obeyed(pruner):
    of = study(pruner=pruner, trials=60)
    search, past = searcher(of), []
    for _ in range(40):
        trial, told = search.ask(), {}
        cost = 0.1 if len(past) < 12 else 9.0 + trial.number
        for number in range(1, EPOCHS + 1):
            told[number] = cost + 1 / number
            epoch = EpochDone(number, {"val_cost": told[number]}, 0.1, 1.0, 0.01)
            if search.judge(trial.number, (epoch,)):
                memory = search.memory(trial.number)
                again = searcher(of, [*past, Past(trial, "running", memory, None, told, 1, 0, 1.0)])
                epochs = [
                    EpochDone(n, {"val_cost": cost + 1 / n}, 0.1, 1.0, 0.01)
                    for n in range(1, EPOCHS + 1)
                ]
                verdicts = [again.judge(trial.number, (epoch,)) for epoch in epochs]
                assert verdicts.index(True) + 1 == number
                return
        past.append(Past(trial, "complete", search.memory(trial.number), 0.1, told, 1, 0, 1.0))
        search.tell(trial.number, "complete", 0.1)
    raise AssertionError("nothing was pruned")
