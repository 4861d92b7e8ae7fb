"""A study from the command to its last trial, with everything real."""

import json
import os

import pytest

from hpsearch.store.reader import Reader
from tests.chaos.processes import shells_of, trainers_of
from tests.chaos.recompute import Recomputer
from tests.conftest import wait_for

LONG = 100_000  # epochs that no test waits for


def test_n_trials_asked_are_n_trials_finished(place):
    place.write(trials=6)
    done = place.command("run", "small.toml")
    assert done.returncode == 0, done.stderr
    status = place.status()
    counts = status["trials"]
    ends = sum(counts[state] for state in ("complete", "pruned", "diverged", "failed"))
    assert (ends, counts["asked"], status["state"]) == (6, 6, "finished")
    assert [trial.number for trial in place.trials()] == list(range(6))


def test_running_again_runs_only_what_is_left(place):
    place.write(trials=3)
    place.command("run", "small.toml")
    before = place.trials()
    again = place.command("run", "small.toml")
    assert again.returncode == 0
    assert place.trials() == before
    more = place.command("run", "small.toml", "--trials", 5)
    assert more.returncode == 0
    after = place.trials()
    assert [trial.number for trial in after] == list(range(5))
    assert after[:3] == before


def test_two_runs_with_one_worker_and_a_seed_are_alike_to_the_bit(place):
    place.write(trials=8, workers=1)
    stories = []
    for name in ("one", "two"):
        assert place.command("run", "small.toml", "--name", name).returncode == 0
        table = place.command("top", name, "--format", "json").stdout
        rows = json.loads(table)
        for row in rows:
            del row["seconds"]
        stories.append(rows)
    assert stories[0] == stories[1]
    assert len(stories[0]) == 8


def test_a_value_is_that_of_its_number_parameters_and_seed(place):
    place.write(trials=4)
    place.command("run", "small.toml")
    again = Recomputer(place.folder)
    for trial in place.trials():
        assert again.value(trial) == (trial.value, trial.best_epoch, trial.epochs)


def test_n_workers_are_n_joblib_workers_and_n_trainers(place):
    place.epoch_seconds = 0.02
    place.write(trials=4, workers=2, epochs=LONG)
    place.start("run", "small.toml")
    engine = place.engine()
    wait_for(lambda: len(place.running()) == 2)
    assert len(shells_of(engine)) == 2
    assert len(trainers_of(engine)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"epochs": 11}, "training.epochs: 10 → 11"),
        ({"extra": "\nlambd = 0.5\nregularization = 'l2'\n"}, "training.lambd"),
    ],
)
def test_a_change_of_meaning_is_refused_with_the_difference(place, change, said):
    place.write(trials=1)
    place.command("run", "small.toml")
    place.write(trials=1, **change)
    refused = place.command("run", "small.toml")
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "--fork" in refused.stderr
    forked = place.command("run", "small.toml", "--fork", "small-2")
    assert forked.returncode == 0, forked.stderr


def test_what_does_not_change_a_trial_may_change_freely(place):
    place.write(trials=1, workers=1)
    place.command("run", "small.toml")
    place.write(trials=2, workers=2)
    changes = ("--set", "study.pruner=none", "--set", "study.sampler=random")
    done = place.command("run", "small.toml", *changes)
    assert done.returncode == 0, done.stderr
    assert len(place.trials()) == 2
    with Reader(place.folder) as reader:
        said = [event.text for event in reader.events()]
    assert "the sampler is random from now on; it was tpe" in said
    assert "the pruner is none from now on; it was median" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("run", "nothing.toml"), 2, "There is no study file"),
        (("run", "digits.toml"), 2, "hpsearch init --example digits"),
        (("run", "table.csv"), 2, "hpsearch init table.csv --target"),
        (("run", "small.toml", "--set", "training.epochs"), 2, "KEY=VALUE"),
        (("run", "small.toml", "--set", "training.epoch=3"), 2, "training.epochs"),
        (("run", "small.toml", "--name", "../up"), 2, "name"),
        (("run", "small.toml", "--set", "study.sampler_options={ no = 3 }"), 2, "no such option"),
        (("run", "small.toml", "--set", "study.pruner_options={ n_startup_trials = -1 }"), 2, "-1"),
        (("stop", "small"), 2, "no run"),
        (("status", "smal"), 2, "no run"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(place, words, code, said):
    place.write()
    (place.path / "table.csv").write_text("a,b\n1,2\n")
    done = place.command(*words)
    assert done.returncode == code, done.stderr
    assert said in " ".join(done.stderr.split())
    assert not (place.path / "runs").exists()
    assert not (place.path.parent / "up").exists()


def test_json_lines_and_nothing_else_are_on_standard_output(place):
    place.write(trials=2)
    done = place.command("run", "small.toml", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["v"] for line in lines} == {1}
    assert [line["e"] for line in lines].count("trial_end") == 2
    assert lines[-1]["e"] == "summary"


def test_a_diverging_trial_is_a_fact_and_the_study_goes_on(place):
    place.write(trials=3, workers=1)
    text = place.study.read_text()
    text = text.replace('{ choice = ["gd", "adam"] }', '"gd"').replace("1e-4, 1e-1", "1e-4, 9e5")
    place.study.write_text(text + '\n[[enqueue]]\n"training.learning_rate" = 8e5\n')
    done = place.command("run", "small.toml")
    assert done.returncode == 0, done.stderr
    first = place.trials()[0]
    assert (first.state, first.value) == ("diverged", None)
    assert "cost was nan after epoch 1" in first.reason
    assert place.status()["best"]["number"] != 0


def test_an_engine_with_a_single_slot_outlives_its_command(place):
    place.write(trials=2, workers=1, epochs=800)
    slot = ("--set", "study.max_workers=1")
    assert place.command("run", "small.toml", "--detach", *slot).returncode == 0
    wait_for(lambda: not place.folder.alive)
    assert {trial.state for trial in place.trials()} <= {"complete", "pruned"}
    assert len(place.trials()) == 2


def test_a_folder_with_any_name_will_do(place):
    place.write(trials=2)
    done = place.command("run", "small.toml", "--runs", place.path / "ünï cöde")
    assert done.returncode == 0, done.stdout
    assert "2 of 2" in done.stdout


@pytest.mark.parametrize("runs", ["file", "/proc/runs"])
def test_a_place_that_cannot_be_written_is_named_before_the_data_are_read(place, runs):
    place.write(trials=2).write_text(place.study.read_text().replace("sklearn:iris", "nonsense"))
    (place.path / "file").write_text("")
    done = place.command("run", "small.toml", "--runs", runs)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith(f"hpsearch: {runs}/small cannot be written (")
    assert "--runs DIR" in said


def test_arrays_that_were_cut_short_are_made_again(place):
    place.write(trials=1)
    place.command("run", "small.toml")
    (array,) = place.folder.data.glob("*/x.npy")
    os.truncate(array, 200)
    done = place.command("run", "small.toml", "--trials", 3)
    assert done.returncode == 0, done.stdout
    assert [trial.state for trial in place.trials()] == ["complete"] * 3


def test_the_command_that_is_offered_for_a_fork_keeps_the_change(place):
    place.write(trials=1)
    place.command("run", "small.toml")
    refused = place.command("run", "small.toml", "--set", "training.epochs=11")
    offered = refused.stderr.strip().splitlines()[-1].strip()
    assert offered == "hpsearch run small.toml --set training.epochs=11 --fork small-2"
    assert place.command(*offered.split()[1:]).returncode == 0


def test_junk_in_the_inbox_stops_nothing(place):
    place.write(trials=2)
    inbox = place.folder.inbox
    inbox.mkdir(parents=True)
    (inbox / "folder.json").mkdir()
    os.mkfifo(inbox / "pipe.json")
    (inbox / "nan.json").write_text('{"verb": "stop", "sender": "x", "sent": NaN}')
    (inbox / "old.json").write_text('{"verb": "abort", "sender": "x", "sent": 1.0}')
    (inbox / "half.json").write_text('{"verb": "stop", "sender": "\\ud800", "sent": 1.0}')
    done = place.command("run", "small.toml")
    assert done.returncode == 0, done.stdout
    assert place.status()["trials"]["complete"] + place.status()["trials"]["pruned"] == 2
    assert not [path for path in inbox.iterdir() if not path.name.startswith(".")]
