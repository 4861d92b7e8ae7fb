"""What the dashboard tells holds, in whatever state the study is; what is asked is asked early."""

import getpass
import socket

import pytest

from hpsearch.dashboard.screens.dialogs import Ask, Form, Line
from hpsearch.store.folder import RunFolder
from hpsearch.store.inbox import send, waiting
from tests.dashboard.theatre import press, screen_text
from tests.view.madeup import SPACE, TOML


def asked(stage):
    return [command.verb for command in waiting(RunFolder(stage.place).inbox)]


def all_diverged(stage):
    study = stage.make(0, 0, 0, state="finished", trials=3)
    for number in range(3):
        study.trial(number, "diverged", epochs=0)


def test_of_a_study_that_ended_without_a_figure_nothing_is_said_to_come(stage):
    all_diverged(stage)
    shown = stage.play()
    assert "no trial is complete " in shown
    assert "no epoch with a figure" in shown
    assert "yet" not in shown


def test_where_no_trial_is_complete_no_axis_has_made_up_ends(stage):
    all_diverged(stage)
    lines = stage.play(["3"]).splitlines()
    told = [at for at, line in enumerate(lines) if "no complete trial to show" in line]
    assert len(told) == 2
    assert "val cost" not in "".join(lines[told[1] - 1 : -2])


def test_who_asked_is_told_as_on_the_command_line(stage):
    study = stage.make(3, 1, 0, state="stopped", why="a")
    study.note("command", f"paused by {getpass.getuser()}@{socket.gethostname()} 4711")
    assert "paused by you" in stage.play()
    assert "paused by you" in stage.play(["5"])


def test_one_trial_is_one_trial(stage):
    stage.make(3, 1, 0)
    stage.alive()
    shown = stage.play(["ctrl+c"], started=True)
    assert "1 trial running, " in shown
    assert "finish the 1 running trial first" not in shown
    assert "finish the running trial first" in shown


def test_no_more_workers_are_asked_for_than_there_are_slots(stage):
    stage.make(3, 1, 0, max_workers=2)
    stage.alive()

    async def act(app):
        await press(app, "W", "3", "enter")
        assert isinstance(app.screen, Line)
        assert "a whole number, from 1 to 2" in screen_text(app)
        await press(app, "backspace", *"00000000012", "enter")
        assert "a whole number, from 1 to 2" in screen_text(app)
        await press(app, *["backspace"] * 11, "2", "enter")
        assert asked(stage) == ["workers"]

    stage.play(act=act)


def test_what_does_not_fit_is_said_before_the_form_is_closed(stage):
    stage.make(3, 1, 0)
    stage.alive()
    ranges = "\n".join(f"{name} = {text}" for name, text in SPACE.items())
    ranges += '\ntraining.regularization = "dropout"'
    RunFolder(stage.place).toml.write_text(f"{ranges}\n{TOML}", encoding="utf-8")

    async def act(app):
        await press(app, "n", "down", "x", "enter")
        assert isinstance(app.screen, Form)
        assert "there is no activation called" in screen_text(app)
        assert not asked(stage)
        await press(app, "backspace", "enter")
        assert asked(stage) == ["enqueue"]

    stage.play(act=act)


@pytest.mark.parametrize("key", ["A", "R"])
def test_a_study_that_is_done_is_asked_for_more_and_then_begun(stage, key):
    stage.make(3, 0, 0, state="finished", trials=3)

    async def act(app):
        await press(app, key)
        assert isinstance(app.screen, Line)
        assert "All 3 asked for are finished." in screen_text(app)
        await press(app, "5", "enter")
        assert asked(stage) == ["add"]
        assert isinstance(app.screen, Ask)
        assert "Go on with digits?" in screen_text(app)
        await press(app, "escape")
        assert "the next run takes it up" in screen_text(app)
        await press(app, "R")  # now there is something to do
        assert isinstance(app.screen, Ask)

    stage.play(act=act)


def test_where_nothing_is_left_to_try_no_more_is_asked_for(stage):
    stage.make(3, 0, 0, state="finished", trials=3, why="space exhausted: 3 configurations")
    assert "every configuration of its space has been tried" in stage.play(["A"])
    assert "every configuration of its space has been tried" in stage.play(["R"])
    send(RunFolder(stage.place).inbox, "retry", which="failed")
    assert "Go on with digits?" in stage.play(["R"])


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_filter_is_in_sight_at_any_width(stage, width):
    stage.make()
    stage.alive()
    query = "acc>=10% -opt:nothing top:90%"
    second = stage.play(["/", *query, "enter"], size=(width, 24)).splitlines()[1]
    assert "acc>" in second


def test_an_event_that_is_too_long_for_its_line_is_seen_to_go_on(stage):
    study = stage.make()
    stage.alive()
    study.note("warning", "there is more of this " * 9)
    assert stage.play(size=(80, 24)).splitlines()[-2].endswith("…")
