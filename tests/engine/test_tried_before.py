"""What was tried before is not tried again; what is asked for comes first, over runs as well."""

import pytest

from hpsearch.engine.searcher import AlreadyTried
from hpsearch.study.space import (
    Choice,
    Float,
)
from tests.engine.asking import all_of, key, searching
from tests.engine.made_up import Run, past_of, study


def test_what_is_enqueued_between_two_runs_is_tried_next():
    first = Run(study(sampler="random")).finish(3)
    added = ({"training.learning_rate": 0.5}, {"training.learning_rate": 0.25})
    again = Run(study(sampler="random", enqueue=added[:1]), past_of(first)).finish(4)
    assert again.past[3].trial.params["training.learning_rate"] == 0.5
    # In another order, and with one more: only what was not tried is.
    third = Run(study(sampler="random", enqueue=added[::-1]), past_of(again)).finish(6)
    assert third.past[4].trial.params["training.learning_rate"] == 0.25
    assert third.past[5].trial.params["training.learning_rate"] not in (0.5, 0.25)


def test_an_entry_that_was_tried_is_left_out_without_a_number():
    whole = study().defaults()
    entries = (whole, {**whole, "training.learning_rate": 0.5}, whole)
    search = searching(study().space, enqueue=entries)
    asked = [search.ask().params for _ in range(3)]
    assert asked[:2] == [whole, entries[1]]
    assert asked[2] not in asked[:2]


def test_what_a_person_gives_is_tried_once():
    search = searching(study().space, defaults_first=False)
    partly = search.ask({"training.optimizer": "gd"})
    assert partly.params["training.optimizer"] == "gd"
    with pytest.raises(AlreadyTried) as caught:
        search.ask(partly.params)
    assert caught.value.number == 0
    assert search.ask({"training.optimizer": "gd"}).number == 1


def test_a_failed_trial_that_is_tried_again_keeps_its_number_over_a_restart():
    of = study(sampler="tpe", enqueue=({"training.learning_rate": 0.5},))
    run = Run(of).finish(4)
    failed = run.past[0]
    run.searcher.reopen(failed)
    assert run.searcher.waiting == (0,)
    memory = run.searcher.memory(0)
    assert memory["optuna"] == 4
    run.past[0] = past_of(run, 0, state="running", memory=memory, curve={})
    again = Run(of, past_of(run))
    assert again.searcher.waiting == (0,)
    assert again.searcher.ask().params["training.learning_rate"] != 0.5


@pytest.mark.parametrize(("old", "new"), [("random", "tpe"), ("tpe", "grid"), ("grid", "random")])
def test_another_sampler_goes_on_where_the_last_one_was(old, new):
    space = {
        "training.optimizer": Choice(("gd", "adam")),
        "training.beta2": Float(0.8, 0.95, step=0.05),
        "training.learning_rate": Float(0.01, 0.03, step=0.01),
    }
    first = Run(study(space=space, sampler=old)).finish(9)
    search = Run(study(space=space, sampler=new), past_of(first)).searcher
    asked = [past.trial for past in first.past.values()] + all_of(search)
    assert [trial.number for trial in asked] == list(range(3 + 4 * 3))
    assert len({key(trial.params) for trial in asked}) == len(asked)
