"""A first hour at a terminal: run, close it, attach, stop, go on."""

import os
import signal
import sys

import pexpect
import pytest

from tests.chaos.processes import alive, trainers_of
from tests.conftest import PATIENCE, hang_up, wait_for

LONG = 100_000


@pytest.fixture
def terminal(place):
    started = []

    def open_one(*words):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "hpsearch", *map(str, words)],
            cwd=str(place.path),
            env={**place._environ(), "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
            dimensions=(40, 120),
            encoding="utf-8",
            timeout=PATIENCE,
        )
        started.append(child)
        return child

    yield open_one
    for child in started:
        hang_up(child)


def test_closing_the_terminal_does_not_stop_the_search(place, terminal):
    place.epoch_seconds = 0.02
    place.write(trials=4, epochs=LONG)
    run = terminal("run", "small.toml", "--plain")
    engine = place.engine()
    wait_for(lambda: len(place.running()) == 2)
    hang_up(run)  # SIGHUP, as when SSH is lost
    assert alive(engine)

    attach = terminal("attach", "small", "--plain")
    attach.expect("0/4")
    attach.sendintr()
    attach.expect("hpsearch attach")
    attach.expect(pexpect.EOF)
    assert alive(engine)

    again = terminal("run", "small.toml", "--plain")
    again.expect("running already")
    again.expect("0/4")
    again.sendintr()
    again.expect(pexpect.EOF)
    assert alive(engine)

    stop = place.command("stop", "small")
    assert stop.returncode == 0
    wait_for(lambda: not alive(engine))
    assert {trial.state for trial in place.trials()} == {"waiting"}


def test_ctrl_c_stops_and_the_next_run_finishes(place, terminal):
    place.epoch_seconds = 0.2
    place.write(trials=3, workers=1, epochs=100)
    run = terminal("run", "small.toml", "--plain")
    wait_for(place.running)
    run.expect("0/3")  # it watches, and hears Ctrl-C
    run.sendintr()
    run.expect("stopping")
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 3
    assert place.status()["state"] == "stopped"
    place.hurry()
    done = terminal("run", "small.toml", "--plain")
    done.expect("hpsearch export")
    done.expect(pexpect.EOF)
    done.wait()
    assert done.exitstatus == 0
    assert [trial.number for trial in place.trials()] == [0, 1, 2]
    more = place.command("run", "small.toml", "--detach").stdout
    assert more.startswith("small: 3 of 3 trials are finished. More: hpsearch run small.toml --")


def test_a_second_ctrl_c_aborts(place, terminal):
    place.epoch_seconds = 0.02
    place.write(trials=3, workers=1, epochs=LONG)
    run = terminal("run", "small.toml", "--plain")
    wait_for(place.running)
    for trainer in trainers_of(place.engine()):
        os.kill(trainer, signal.SIGSTOP)  # deaf to a stop, as in the middle of a long epoch
    run.expect("0/3")
    run.sendintr()
    run.expect("stopping")
    run.sendintr()
    run.expect("aborting")
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 130
    assert {trial.state for trial in place.trials()} == {"waiting"}


def test_nothing_is_left_of_the_terminal_but_itself(place, terminal):
    place.write(trials=2, epochs=5)
    run = terminal("run", "small.toml", "--plain")
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 0
    assert "\x1b[?25l" not in run.before or "\x1b[?25h" in run.before  # the cursor is back
