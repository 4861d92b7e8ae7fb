"""Attaching to a study that stands still: all of it is there at once, and can be read."""

import asyncio
import math
from concurrent.futures import Future

import pytest

from hpsearch.dashboard.feed import Feed, Reading
from hpsearch.dashboard.widgets.leaderboard import Leaderboard
from tests.dashboard.theatre import Played, Stage, press, screen_text, settled


def test_the_curves_of_all_trials_in_sight_are_there_without_another_tick(stage):
    stage.make(30, 0, 0, state="finished")

    async def curves(app):
        for page in (1, 2):
            shown = app.screen.query_one(Leaderboard).visible_trials
            assert shown
            assert all(n in app.session.history.tracks for n in shown), page
            await press(app, "ctrl+d", "ctrl+d")

    stage.play(size=(120, 24), act=curves)


def test_what_was_read_before_it_opens_is_not_read_again(stage):
    stage.make(6, 0, 0, state="finished")
    reading = Reading(Feed(stage.study.folder))
    while not reading.ready:
        pass

    async def played():
        app = Played(stage.study.folder, None, reading)
        async with app.run_test(size=(120, 40)):
            assert app.session.history.trials
            assert not reading.ready
            await settled(app)
            return screen_text(app)

    assert "Trials 6" in asyncio.run(played())


def test_a_look_that_begins_while_the_dashboard_closes_is_none(stage):
    stage.make(6, 0, 0, state="finished")

    class Closing(Played):
        async def _close_all(self):  # what Textual does then
            for screen in self.screen_stack:
                await screen.remove_children()
            await self._look()
            await super()._close_all()

    async def played():
        app = Closing(stage.study.folder)
        async with app.run_test(size=(120, 40)):
            await settled(app)

    asyncio.run(played())


def test_a_first_look_that_fails_is_never_ready():
    class Broken:
        def look(self, wanted):
            raise ValueError(wanted)

        def close(self):
            pass

    reading = Reading(Broken())
    reading.close()
    with pytest.raises(ValueError, match=r"\(\)"):
        reading._first.result()
    assert not reading.ready


class Held:
    """A look at the store that lasts until it is told what it found."""

    def __init__(self):
        self.found = Future()
        self.asked = asyncio.Event()

    def look(self, wanted):
        self.asked.set()
        return self.found

    def close(self):
        pass


def test_what_a_look_finds_after_the_change_to_another_study_is_not_taken_for_that(stage, tmp_path):
    old = stage.make(30, 0, 0, state="finished").folder
    other = Stage(tmp_path / "runs" / "iris")
    other.make(3, 0, 0, state="finished")

    async def change(app):
        app._reading.close()
        app._reading = held = Held()
        app.tick()
        await held.asked.wait()
        app.open_study(other.study.folder)
        held.found.set_result(Feed(old).look(()))
        await settled(app)
        assert sorted(app.session.history.trials) == [0, 1, 2]

    stage.play(act=change)
    other.close()


@pytest.mark.parametrize("word", ["²", "!2", "#"])
def test_what_is_neither_a_trial_nor_an_action_is_said(stage, word):
    stage.make(3, 0, 0, state="finished")
    assert f"there is nothing called {word}" in stage.play([":", *word, "enter"])


def test_another_study_can_have_nothing_left_to_try(stage):
    why = "space exhausted: 6 configurations are all"
    stage.make(6, 0, 0, state="finished", why=why)
    told = stage.play(["R"], (160, 40))
    assert "every configuration of its space has been tried" in told


def test_a_long_event_goes_on_below_in_the_log(stage):
    stage.make(3, 0, 0, state="finished").note("warning", "far " * 40 + "away")
    shown = stage.play(["5"], (80, 24))
    assert shown.count("far") == 40
    assert "away" in shown


def test_a_comparison_that_is_longer_than_the_screen_can_be_scrolled(stage):
    stage.make(6, 0, 0, state="finished")
    keys = ["space", "space", "c"]
    assert "training.learning_rate" not in stage.play(keys, (80, 24))
    assert "training.learning_rate" in stage.play([*keys, "G"], (80, 24))


@pytest.mark.parametrize(("metric", "log"), [("val_cost", True), ("val_roc_auc", False)])
def test_only_what_spans_decades_has_a_logarithmic_axis(stage, metric, log):
    direction = "minimize" if log else "maximize"
    study = stage.make(6, 0, 0, state="finished", metric=metric, direction=direction)
    for trial, number in study.db.execute("SELECT trial, number FROM epoch").fetchall():
        study.db.execute(
            "UPDATE epoch SET figures = ? WHERE trial = ? AND number = ?",
            (f'{{"{metric}": {0.9 - 0.5 * math.exp(-number / 9)}}}', trial, number),
        )
    title = metric.replace("_", " ")
    assert (f"{title}  (log y)" in stage.play(["2"], (80, 24))) == log
