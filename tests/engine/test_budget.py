"""When a study has had enough."""

from __future__ import annotations

import pytest

from hpsearch.engine.budget import Budget, Tally
from hpsearch.engine.champion import Champion
from hpsearch.store.past import Past
from hpsearch.study import studyfile
from hpsearch.study.events import Trial
from hpsearch.study.options import StudyOptions


def budget(**given):
    return Budget.of(StudyOptions("x", **given), trials=100)


def champion(value=None, direction="minimize"):
    return Champion("val_cost", direction, value)


@pytest.mark.parametrize(
    ("given", "tally", "said"),
    [
        ({"complete_trials": 3}, Tally(complete=3), "3 complete trials"),
        ({"timeout": 90.0}, Tally(seconds=90.0), "1m30s is up"),
        ({"cpu_time": 2.0}, Tally(cpu=2.5), "2.0s of CPU time"),
        ({"patience": 4}, Tally(since_best=4), "no better trial among the last 4"),
        ({"stop_at": 0.5}, Tally(), "0.4 has reached 0.5"),
    ],
)
def test_a_budget_is_spent_when_it_is_reached_and_not_before(given, tally, said):
    fresh = Tally(complete=2, seconds=89.9, cpu=1.9, since_best=3)
    assert budget(**given).spent(fresh, champion(0.6)) is None
    assert said in budget(**given).spent(tally, champion(0.4))


@pytest.mark.parametrize(
    ("given", "tally"),
    [
        ({"complete_trials": 3}, Tally(complete=3)),
        ({"timeout": 90.0}, Tally(seconds=93.2)),
        ({"cpu_time": 2.0}, Tally(cpu=2.5)),
        ({"patience": 4}, Tally(since_best=4)),
        ({"stop_at": 0.5}, Tally()),
    ],
)
def test_with_the_larger_budget_that_is_offered_a_study_goes_on(tmp_path, given, tally):
    best, spent = champion(0.4), budget(**given)
    larger = spent.larger(tally, best)
    assert list(larger) == [f"study.{key}" for key in given]
    file = tmp_path / "s.toml"
    file.write_text('[study]\n[data]\nsource = "sklearn:digits"\n')
    options = studyfile.read(file, larger).study
    assert Budget.of(options, 100).spent(tally, best) is None
    assert spent.larger(Tally(), champion(0.6)) == {}


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("value", [0.0, -3.0, 1e-9, 0.5, 0.9999999, 1.0, 7.0])
def test_a_goal_further_on_is_one_that_is_not_reached(direction, value):
    best = champion(value, direction)
    assert not best.reached(best.further())


def test_a_goal_is_reached_from_the_metric_s_own_side():
    assert budget(stop_at=0.9).spent(Tally(), champion(0.8, "maximize")) is None
    assert budget(stop_at=0.9).spent(Tally(), champion(0.95, "maximize"))


def test_patience_needs_somebody_to_wait_for():
    assert budget(patience=2).spent(Tally(since_best=5), champion(None)) is None


def past(number, state, value=None, told=None):
    trial = Trial(number, {}, 0)
    return Past(trial, state, {}, value, {}, 1, 0, 0.0, told)


def test_a_tally_goes_on_where_the_ends_of_earlier_runs_left_it():
    history = [
        past(0, "complete", 0.3, told=1),
        past(1, "complete", 0.5, told=0),
        past(2, "pruned", 0.1, told=3),
        past(3, "complete", 0.4, told=2),
        past(4, "waiting"),
    ]
    best = champion()
    tally = Tally.of(history, best)
    assert best.value == 0.3
    assert tally.pace.count == 4
    expected = Tally(5, finished=4, complete=3, since_best=2, best_at=1, ends=4, pace=tally.pace)
    assert tally == expected


def test_a_trial_that_is_tried_again_ends_at_a_place_of_its_own():
    tally = Tally()
    tally.ended("failed", better=False)
    tally.reopened(told=0)
    tally.ended("complete", better=True)
    assert (tally.finished, tally.ends, tally.failed_in_a_row) == (1, 2, 0)


@pytest.mark.parametrize("first", ["complete", "failed"])
def test_patience_counts_a_trial_that_is_tried_again_once_as_the_next_run_does(first):
    tally = Tally()
    tally.ended(first, better=first == "complete")
    tally.ended("complete" if first == "failed" else "failed", better=first == "failed")
    told = 0 if first == "failed" else 1
    tally.reopened(told)
    tally.ended("pruned", better=False)
    values = [0.5, None] if first == "complete" else [None, 0.5]
    states = ["complete", "pruned"] if first == "complete" else ["pruned", "complete"]
    ends = [0, 2] if first == "complete" else [2, 1]
    history = [past(n, states[n], values[n], told=ends[n]) for n in (0, 1)]
    resumed = Tally.of(history, champion())
    assert (tally.since_best, tally.ends, tally.best_at) == (1, 3, resumed.best_at)
    assert (resumed.since_best, resumed.ends) == (1, 3)
