"""hpsearch ctl: what is asked for is done, said, and lasts."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from hpsearch.engine.commands import Commands
from hpsearch.engine.steering import Steering
from hpsearch.store import inbox
from hpsearch.store.reader import Reader
from tests.chaos.processes import kill, trainers_of
from tests.conftest import wait_for

LONG = 100_000  # epochs that no test waits for


def at_work(place, **study):
    place.epoch_seconds = 0.02
    place.write(**{"trials": 4, "epochs": LONG, **study})
    command = place.start("run", "small.toml")
    wait_for(lambda: len(place.running()) == study.get("workers", 2))
    wait_for(lambda: all(t.epochs for t in place.trials() if t.state == "running"))
    return command


def ctl(place, *words):
    return place.command("ctl", "small", *words)


def by_number(place):
    return {trial.number: trial for trial in place.trials()}


def events(place, kind):
    with Reader(place.folder) as reader:
        return [event.text for event in reader.events() if event.kind == kind]


def test_a_running_trial_is_pruned_and_shows_what_it_reached(place):
    at_work(place)
    assert ctl(place, "prune", "0").stdout == "small: done\n"
    trial = wait_for(lambda: found if (found := by_number(place)[0]).state == "pruned" else None)
    assert trial.value is not None
    assert trial.reason.startswith("pruned by ")
    assert trial.reason.endswith(f"after epoch {trial.epochs}")
    assert any(text.startswith("prune by ") and "done" in text for text in events(place, "command"))


def test_a_killed_trial_has_failed_and_is_not_tried_again(place):
    at_work(place)
    assert ctl(place, "kill", "#1").returncode == 0
    trial = by_number(place)[1]
    assert (trial.state, trial.attempt) == ("failed", 1)
    assert trial.reason.startswith("killed by ")
    wait_for(lambda: 2 in place.running())  # another trainer took its place


def test_a_trial_that_is_over_or_unknown_is_said_to_be(place):
    at_work(place)
    assert ctl(place, "kill", "0").returncode == 0
    again = ctl(place, "prune", "0")
    assert (again.returncode, "#0 is over" in again.stderr) == (2, True)
    unknown = ctl(place, "prune", "77")
    assert (unknown.returncode, "there is no #77" in unknown.stderr) == (2, True)


def test_workers_may_be_fewer_and_more_again(place):
    at_work(place)
    assert ctl(place, "workers", "1").stdout == "small: done: 1 worker\n"
    assert ctl(place, "prune", "0", "1").returncode == 0
    wait_for(lambda: place.running() == [2])
    assert ctl(place, "workers", "2").returncode == 0
    wait_for(lambda: place.running() == [2, 3])
    refused = ctl(place, "workers", "99")
    assert refused.returncode == 2
    assert "slots" in refused.stderr


def test_an_enqueued_configuration_is_tried_next_and_told_if_it_was_tried(place):
    at_work(place, workers=1)
    words = ["learning_rate=0.03", "layer_dims=[7]", "mini_batch_size=8", "optimizer=adam"]
    assert ctl(place, "enqueue", *words).stdout == "small: done: #1\n"
    again = ctl(place, "enqueue", *words)
    assert (again.returncode, "that is #1" in again.stderr) == (2, True)
    partly = ctl(place, "enqueue", "lr=0.04")
    assert partly.stdout == "small: done: #2\n"
    ctl(place, "prune", "0")
    wait_for(lambda: place.running() == [1])
    found = by_number(place)
    assert found[1].params["training.learning_rate"] == 0.03
    assert found[1].params["network.layer_dims"] == (7,)
    assert found[2].params["training.learning_rate"] == 0.04


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["learning_rate=7"], "is not in"),
        (["colour=red"], "there is no 'colour'"),
        (["nothing.toml"], "nothing.toml cannot be read"),
        ([], "name=value"),
    ],
)
def test_what_cannot_be_enqueued_is_refused_with_the_reason(place, words, said):
    at_work(place, workers=1)
    refused = ctl(place, "enqueue", *words)
    assert refused.returncode == 2
    assert said in refused.stderr


def test_an_exported_configuration_can_be_enqueued(place):
    place.write(trials=2, epochs=2)
    assert place.command("run", "small.toml").returncode == 0
    assert place.command("export", "small", "-o", "best.toml").returncode == 0
    text = (place.path / "best.toml").read_text()
    rate = next(line for line in text.splitlines() if line.startswith("learning_rate"))
    (place.path / "best.toml").write_text(text.replace(rate, "learning_rate = 0.0123"))
    filed = ctl(place, "enqueue", "best.toml")
    assert "its next run" in filed.stdout
    assert place.command("run", "small.toml", "--trials", "3").returncode == 0
    assert by_number(place)[2].params["training.learning_rate"] == 0.0123


def test_more_trials_can_be_asked_for_and_last_over_a_crash(place):
    at_work(place, trials=2)
    assert ctl(place, "add", "1").stdout == "small: done: 3 trials in all\n"
    kill(place.engine())
    wait_for(lambda: not place.folder.alive)
    place.start("run", "small.toml")
    wait_for(lambda: [trial.attempt for trial in place.trials()] == [2, 2])
    assert place.status()["trials"]["asked"] == 3
    ctl(place, "abort")
    command = place.start("run", "small.toml", "--trials", "5")
    wait_for(lambda: place.status()["trials"]["asked"] == 5)  # a new word wins over the old one
    os.kill(command.pid, signal.SIGTERM)


def test_a_finished_study_takes_more_trials_up_at_its_next_run(place):
    place.write(trials=2, epochs=2)
    assert place.command("run", "small.toml").returncode == 0
    assert "next run" in ctl(place, "add", "2").stdout
    assert place.command("run", "small.toml").returncode == 0
    assert place.status()["trials"]["complete"] + place.status()["trials"]["pruned"] == 4


def test_a_failed_trial_is_tried_again_with_its_number_and_parameters(place):
    place.epoch_seconds = 0.02
    place.write(trials=2, workers=1, epochs=LONG)
    text = place.study.read_text().replace("workers = 1", "workers = 1\nretries = 0")
    place.study.write_text(text)
    place.start("run", "small.toml")
    wait_for(lambda: place.running() == [0])
    before = by_number(place)[0].params
    kill(trainers_of(place.engine())[0])
    wait_for(lambda: by_number(place)[0].state == "failed")
    wait_for(lambda: place.running() == [1])
    assert ctl(place, "retry", "failed").stdout == "small: done: #0\n"
    assert by_number(place)[0].state == "waiting"
    assert ctl(place, "prune", "1").returncode == 0
    wait_for(lambda: place.running() == [0])
    assert by_number(place)[0].params == before
    assert "has not failed" in ctl(place, "retry", "1").stderr


def test_a_command_that_was_recorded_before_a_crash_is_not_obeyed_twice(place):
    place.write(trials=2, epochs=2)
    command = inbox.send(place.folder.inbox, "add", count=1)
    content = (place.folder.inbox / command.id).read_text()
    assert place.command("run", "small.toml").returncode == 0
    assert place.status()["trials"]["asked"] == 3
    (place.folder.inbox / command.id).write_text(content)
    assert place.command("run", "small.toml").returncode == 0
    assert place.status()["trials"]["asked"] == 3


@pytest.mark.parametrize(
    "args",
    [{}, {"numbers": "0"}, {"numbers": [True]}, {"numbers": [-1]}, {"numbers": []}, {"count": 0}],
)
@pytest.mark.parametrize("verb", ["prune", "kill", "workers", "add", "retry", "enqueue"])
def test_a_command_that_makes_no_sense_is_refused(verb, args):
    commands = Commands(Steering.__new__(Steering), None, None)  # what is never reached
    asked = inbox.Command("1.json", verb, "somebody", 1.0, args)
    assert asyncio.run(commands._outcome(asked)).startswith("refused: ")
