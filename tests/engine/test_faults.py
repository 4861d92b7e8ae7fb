"""What is killed, and what becomes of it."""

import os
import signal
from pathlib import Path

import pytest

from tests.chaos.processes import alive, descendants, kill, shells_of, trainers_of
from tests.chaos.recompute import Recomputer
from tests.conftest import PATIENCE, wait_for

LONG = 100_000  # epochs that no test waits for


@pytest.fixture
def heard():
    """SIGHUP is, though these tests may run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def at_work(place, trials=4, workers=2, epochs=400):
    """A study with every worker in the middle of a trial, which lasts until the test hurries."""
    place.epoch_seconds = 0.1
    place.write(trials=trials, workers=workers, epochs=epochs)
    command = place.start("run", "small.toml")
    engine = place.engine()
    wait_for(lambda: len(place.running()) == workers)
    wait_for(lambda: all(trial.epochs for trial in place.trials()))
    return command, engine


def finished_whole(place, trials):
    """Exactly the trials asked for, and the values that their parameters and seeds give."""
    found = place.trials()
    assert [trial.number for trial in found] == list(range(trials))
    assert {trial.state for trial in found} <= {"complete", "pruned"}
    again = Recomputer(place.folder)
    for trial in found:
        assert again.value(trial) == (trial.value, trial.best_epoch, trial.epochs)


def test_a_killed_trainer_costs_its_own_trial_only(place):
    command, engine = at_work(place, trials=3)
    before = {t.number: t.attempt for t in place.trials()}
    kill(trainers_of(engine)[0])
    place.hurry()
    command.communicate(timeout=PATIENCE)
    attempts = {trial.number: trial.attempt for trial in place.trials()}
    assert sorted(attempts[number] for number in before) == [1, 2]
    finished_whole(place, 3)


def test_detached_again_a_study_that_runs_is_left_alone_at_once(place):
    command, engine = at_work(place, epochs=LONG)
    again = place.command("run", "small.toml", "--detach", "--trials", 9)
    assert again.returncode == 0, again.stderr
    assert "small is running already. Watch it: hpsearch attach small" in again.stderr
    assert "Not taken up: study.trials" in again.stderr
    assert alive(engine)
    assert command.poll() is None


def test_a_killed_shell_is_started_again_and_counts_as_no_attempt(place):
    command, engine = at_work(place, trials=2)
    kill(shells_of(engine)[0])
    place.hurry()
    command.communicate(timeout=PATIENCE)
    finished_whole(place, 2)


def test_after_kill_9_of_the_engine_the_next_run_finishes(place):
    command, engine = at_work(place, trials=4)
    below = [process.pid for process in descendants(engine)]
    kill(engine)
    wait_for(lambda: not any(alive(pid) for pid in below))
    command.communicate(timeout=PATIENCE)
    assert place.status()["state"] == "gone"
    place.hurry()
    again = place.command("run", "small.toml")
    assert again.returncode == 0, again.stderr
    finished_whole(place, 4)


def test_an_owned_engine_ends_when_its_command_is_gone(place):
    command, engine = at_work(place, epochs=LONG)
    below = [process.pid for process in descendants(engine)]
    kill(command.pid)
    wait_for(lambda: not alive(engine) and not any(map(alive, below)))
    trials = place.trials()
    assert {trial.state for trial in trials} == {"waiting"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_command_stops_gracefully(place, number):
    command, engine = at_work(place, epochs=LONG)
    below = [process.pid for process in descendants(engine)]
    assert command.stdout.readline()  # it watches, and hears signals
    os.kill(command.pid, number)
    out, err = command.communicate(timeout=PATIENCE)
    assert command.returncode == 3, (out, err)
    assert not alive(engine)
    wait_for(lambda: not any(map(alive, below)))  # killed: the kernel may take its time
    assert {trial.state for trial in place.trials()} == {"waiting"}
    assert len(list(place.folder.checkpoints.glob("*.safetensors"))) == 2


@pytest.mark.parametrize("workers", [2, 4])
def test_an_engine_killed_while_its_workers_start_leaves_nothing(place, workers):
    place.epoch_seconds = 0.02
    place.write(workers=workers, epochs=LONG)
    command = place.start("run", "small.toml")
    engine = place.engine()
    below = wait_for(lambda: [p.pid for p in descendants(engine) if "loky" in p.command])
    below += [process.pid for process in descendants(engine)]
    kill(engine)
    wait_for(lambda: not any(map(alive, below)))
    command.communicate(timeout=PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_engine_leaves_nothing_behind(place, number, heard):
    command, engine = at_work(place, epochs=LONG)
    below = [process.pid for process in descendants(engine)]
    os.kill(engine, number)
    wait_for(lambda: not alive(engine) and not any(map(alive, below)))
    command.communicate(timeout=PATIENCE)
    assert command.returncode == 3
    assert not list(Path("/dev/shm").glob(f"*-{engine}-*"))  # loky's names tell whose they are
    assert [trial.attempt for trial in place.trials()] == [1, 1]


def test_a_stopped_trial_goes_on_from_its_checkpoint_with_the_same_bits(place):
    command, _ = at_work(place, trials=2)
    assert place.command("stop", "small").returncode == 0
    command.communicate(timeout=PATIENCE)
    assert command.returncode == 3
    stopped = {trial.number: trial.epochs for trial in place.trials()}
    assert all(epochs > 0 for epochs in stopped.values())
    place.hurry()
    assert place.command("run", "small.toml").returncode == 0
    finished_whole(place, 2)


def test_drain_lets_the_running_trials_finish(place):
    command, _ = at_work(place, trials=500, epochs=20)
    assert place.command("stop", "small", "--drain").returncode == 0
    command.communicate(timeout=PATIENCE)
    assert command.returncode == 3
    assert {trial.state for trial in place.trials()} <= {"complete", "pruned"}
    assert len(place.trials()) < 500


def test_abort_is_at_once(place):
    command, engine = at_work(place, epochs=LONG)
    assert place.command("stop", "small", "--now").returncode == 0
    wait_for(lambda: not alive(engine))
    command.communicate(timeout=PATIENCE)
    assert command.returncode == 3


def test_pause_starts_no_new_trials_and_resume_goes_on(place):
    command, _ = at_work(place, trials=500, workers=1, epochs=5)
    assert place.command("pause", "small").returncode == 0
    wait_for(lambda: place.status()["state"] == "paused" and not place.running())
    finished = len(place.trials())
    assert place.command("resume", "small").returncode == 0
    wait_for(lambda: len(place.trials()) > finished)
    assert place.command("stop", "small").returncode == 0
    command.communicate(timeout=PATIENCE)
    assert command.returncode == 3


def test_a_second_run_attaches_and_leaving_it_stops_nothing(place):
    command, engine = at_work(place, epochs=LONG)
    second = place.start("run", "small.toml")
    assert second.stderr is not None
    assert "running already" in second.stderr.readline()
    wait_for(lambda: second.stdout.readline())
    os.kill(second.pid, signal.SIGINT)
    second.communicate(timeout=PATIENCE)
    assert second.returncode == 0
    assert alive(engine)
    assert command.poll() is None
