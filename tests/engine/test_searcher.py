"""The searcher, with a study made up of ranges: no file, no data, no training."""

import itertools
from dataclasses import replace
from statistics import mean

import pytest
from optuna.samplers import TPESampler
from optuna.trial import TrialState

from hpsearch.engine import pruning
from hpsearch.engine.searcher import Searcher, SpaceExhausted
from hpsearch.store.past import Past
from hpsearch.study import schema
from hpsearch.study.events import EpochDone
from hpsearch.study.space import Choice, Float, Int, Layers
from tests.engine.made_up import EPOCHS, Run, study


def searcher(of, history=()):
    return Searcher(of, "minimize", lambda config: 100, history)


SAMPLERS = schema.kind_of("study.sampler").names()
SEARCHES = list(itertools.product(SAMPLERS, schema.PRUNERS))
EVERY = range(1, EPOCHS + 1)
STEPS = {
    "network.layer_dims": Layers((1, 2), (4, 12)),
    "training.optimizer": Choice(("gd", "adam")),
    "training.learning_rate": Float(0.01, 0.31, step=0.1),
    "training.beta2": Float(0.9, 0.99, step=0.03),
}
"""What a grid can list."""


def searched(sampler, pruner, **options):
    if sampler == "grid":
        options["space"] = STEPS
    if sampler == "tpe":
        options["sampler_options"] = {"n_startup_trials": 3}  # in each of hyperband's brackets
    if pruner == "threshold":
        options["pruner_options"] = {"upper": 0.5, "lower": -0.5}
    return study(sampler=sampler, pruner=pruner, **options)


@pytest.mark.parametrize(("sampler", "pruner"), SEARCHES)
def test_a_search_cut_anywhere_goes_on_as_if_never_stopped(sampler, pruner):
    of = searched(sampler, pruner)
    whole = Run(of).finish(27)
    assert len(whole.cuts) >= 4
    for cut in whole.cuts:
        more = Run(of, cut).finish(min(27, len(cut) + 5))
        assert len(more.lines) >= 5
        assert more.lines == {number: whole.lines[number] for number in more.lines}


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("pruner", schema.PRUNERS)
def test_every_pruner_prunes_the_worse_half_whichever_way_is_better(pruner, direction):
    of = searched("random", pruner, trials=400)
    run = Run(of, direction=direction).finish(60)
    rates = {state: [] for state in ("complete", "pruned", "diverged")}
    for trial, state, _, told in run.lines.values():
        rates[state].append(trial.params["training.learning_rate"])
        assert state != "pruned" or max(told) in run.searcher.rungs
    assert rates["complete"]
    assert rates["diverged"] or pruner == "halving"  # which decides before they do
    assert bool(rates["pruned"]) == (pruner != "none")
    if rates["pruned"]:
        assert mean(rates["pruned"]) > 1.5 * mean(rates["complete"])


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


def test_a_diverged_trial_is_told_as_pruned_and_a_failed_one_not_at_all(monkeypatch):
    seen = []

    def spy(self, study, trial, search_space):
        states = (TrialState.COMPLETE, TrialState.PRUNED)
        seen.append([t.state.name for t in study.get_trials(deepcopy=False, states=states)])
        return {}

    search = searcher(study())
    for state in ("diverged", "complete", "failed", "pruned"):
        search.tell(search.ask().number, state, 0.5 if state == "complete" else None)
    monkeypatch.setattr(TPESampler, "sample_relative", spy)
    search.ask()
    assert seen == [["PRUNED", "COMPLETE", "PRUNED"]]


def test_tpe_leaves_the_region_where_trials_diverge():
    space = {"training.learning_rate": Float(1e-4, 1.0, log=True)}
    search = searcher(study(space=space, pruner="none", defaults_first=False))
    asked = []
    for _ in range(60):
        trial = search.ask()
        rate = trial.params["training.learning_rate"]
        asked.append(rate > 0.01)  # half of the space
        search.tell(trial.number, *(("diverged", None) if rate > 0.01 else ("complete", rate)))
    assert sum(asked[:10]) >= 3
    assert sum(asked[30:]) <= 6


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


def overfits(search, best, then):
    """Whether a trial is pruned that reaches `best` in its first epoch, and is worse ever after."""
    trial = search.ask()
    epochs = [EpochDone(n, {"val_cost": best if n == 1 else then}, 0.1, 1.0, 0.01) for n in EVERY]
    pruned = any(search.judge(trial.number, (epoch,)) for epoch in epochs)
    search.tell(trial.number, "pruned" if pruned else "complete", best)
    return pruned


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("pruner", ["halving", "hyperband"])
def test_a_trial_with_the_best_epoch_of_all_goes_on_though_it_is_worse_at_a_rung(pruner, direction):
    sign = 1 if direction == "minimize" else -1
    of = study(sampler="random", pruner=pruner, trials=400)
    search = Searcher(of, direction, lambda config: 100)
    for _ in range(12):
        overfits(search, sign * 0.2, sign * 0.2)
    assert sum(overfits(search, sign * 0.3, sign * 9.0) for _ in range(9)) > 4
    found = [overfits(search, sign * (0.1 - n / 100), sign * 9.0) for n in range(9)]
    assert not any(found)


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


@pytest.mark.parametrize("options", [{}, {"reduction_factor": 2}, {"min_resource": 2}], ids=str)
@pytest.mark.parametrize("pruner", schema.PRUNERS)
def test_what_a_pruner_noted_of_a_trial_is_told_by_its_curve(pruner, options):
    if pruner not in ("halving", "hyperband"):
        options = {"upper": 0.5} if pruner == "threshold" else {}
    of = study(sampler="random", pruner=pruner, pruner_options=options, trials=60)
    run, noted = Run(of).finish(30), 0
    for past in run.past.values():
        attrs = past.memory["attrs"].items()
        rungs = {name: value for name, value in attrs if name.startswith("completed_rung")}
        told = pruning.marks(of.study, EPOCHS, past.memory["optuna"], past.curve)
        assert told == rungs
        noted += len(told)
    assert bool(noted) == (pruner in ("halving", "hyperband"))


def test_what_another_study_completed_is_not_tried_again_unless_a_person_asks():
    of = study(sampler="tpe", space=STEPS)
    theirs = Run(of).finish(20)
    before = [past for _, past in sorted(theirs.past.items())]
    known = {str(past.trial.params) for past in before if past.state == "complete"}
    assert str(theirs.past[0].trial.params) in known  # the defaults
    mine = Searcher(of, "minimize", lambda config: 100, before=before)
    drawn = [mine.ask().params for _ in range(30)]
    assert not known & {str(params) for params in drawn}
    asked = theirs.past[0].trial.params
    assert mine.ask(asked).params == asked


def test_what_the_file_enqueues_is_tried_although_another_study_completed_it():
    of = study(sampler="random", space=STEPS)
    before = [past for _, past in sorted(Run(of).finish(5).past.items())]
    again = replace(of, enqueue=(before[0].trial.params,))
    mine = Searcher(again, "minimize", lambda config: 100, before=before)
    assert mine.ask().params == before[0].trial.params
