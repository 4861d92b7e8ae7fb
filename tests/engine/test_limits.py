"""Budgets and time limits, on real runs."""

from __future__ import annotations

import os
import signal
from math import ceil

from hpsearch.store.reader import Reader
from tests.chaos.processes import alive, trainers_of
from tests.chaos.recompute import Recomputer
from tests.conftest import PATIENCE, wait_for

LONG = 100_000  # epochs that no test waits for


def write(place, extra, **given):
    place.write(**given)
    text = place.study.read_text()
    place.study.write_text(text.replace("[study]", f"[study]\n{extra}"))


def facts(place):
    with Reader(place.folder) as reader:
        return reader.study()


def test_so_many_complete_trials_are_enough(place):
    write(place, 'complete_trials = 2\npruner = "none"', trials=50, epochs=3)
    done = place.command("run", "small.toml")
    assert done.returncode == 0, done.stderr
    assert facts(place).state == "finished"
    assert "2 complete trials" in facts(place).why
    assert sum(trial.state == "complete" for trial in place.trials()) in (2, 3)


def test_a_goal_that_is_reached_ends_the_search(place):
    write(place, "stop_at = 100.0", trials=50, epochs=3)
    assert place.command("run", "small.toml").returncode == 0
    assert "has reached 100" in facts(place).why
    assert len([trial for trial in place.trials() if trial.state != "waiting"]) < 5
    again = place.command("run", "small.toml")
    assert "no trial was started" in again.stdout
    further = facts(place).larger["study.stop_at"]
    assert f"hpsearch run small.toml --set study.stop_at={further}" in again.stdout
    done = place.command("run", "small.toml", "--set", f"study.stop_at={further}")
    assert "no trial was started" not in done.stdout


def test_cpu_time_that_is_spent_puts_trials_aside_and_more_of_it_goes_on(place):
    write(place, 'cpu_time = "1s"', trials=4, epochs=LONG)
    assert place.command("run", "small.toml").returncode == 1  # no trial is complete
    assert facts(place).state == "finished"
    assert "1.0s of CPU time" in facts(place).why
    assert {trial.state for trial in place.trials()} == {"waiting"}
    reached = sum(trial.epochs for trial in place.trials())
    assert reached > 0
    more = f"study.cpu_time={ceil(facts(place).training_cpu) + 1}s"
    assert place.command("run", "small.toml", "--set", more).returncode == 1
    assert sum(trial.epochs for trial in place.trials()) > reached


def test_time_that_is_up_ends_the_search(place):
    place.epoch_seconds = 0.02
    write(place, 'timeout = "2s"', trials=4, epochs=LONG)
    place.command("run", "small.toml")
    assert facts(place).state == "finished"
    assert "2.0s is up" in facts(place).why


def test_a_trial_over_its_time_is_complete_as_it_is(place):
    place.epoch_seconds = 0.02
    write(place, 'trial_timeout = "2s"', trials=1, workers=1, epochs=LONG)
    assert place.command("run", "small.toml").returncode == 0
    (trial,) = place.trials()
    assert trial.state == "complete"
    assert trial.reason == f"stopped at its limit of 2.0s, after epoch {trial.epochs}"
    assert 0 < trial.epochs < LONG


def test_a_trainer_that_hangs_is_killed_and_its_trial_tried_again(place):
    place.epoch_seconds = 0.1
    # A machine that stands still hangs, too: it may be tried as often as that.
    write(place, 'stall_timeout = "3s"\nretries = 9', trials=1, workers=1, epochs=600)
    command = place.start("run", "small.toml")
    wait_for(lambda: any(trial.epochs for trial in place.trials()) if place.running() else False)
    hanging = trainers_of(place.engine())[0]
    os.kill(hanging, signal.SIGSTOP)
    wait_for(lambda: not alive(hanging))
    place.hurry()
    command.communicate(timeout=PATIENCE)
    (trial,) = place.trials()
    assert Recomputer(place.folder).value(trial) == (trial.value, trial.best_epoch, trial.epochs)
    with Reader(place.folder) as reader:
        *before, last = reader.attempts(0)
    assert {attempt.outcome for attempt in before} == {"died"}
    assert all(attempt.reason.startswith("no epoch for ") for attempt in before)
    assert last.outcome == "finished"
