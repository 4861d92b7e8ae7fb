"""What a person at the keyboard runs into: where the cursor is, what is offered, what is told."""

import re

import pytest
from textual import events
from textual.geometry import Size

from hpsearch.dashboard import config
from hpsearch.dashboard.actions import OF_AN_ENGINE, hints
from hpsearch.dashboard.screens.help import help_lines
from hpsearch.dashboard.widgets.leaderboard import Leaderboard
from hpsearch.dashboard.widgets.params import Importance
from hpsearch.view.format import cells
from tests.dashboard.theatre import press, screen_text, settled


async def look(app):
    app.tick()
    await settled(app)


async def resize(app, width, height):
    app._driver._size = (width, height)
    app.post_message(events.Resize(Size(width, height), Size(width, height)))
    await settled(app)


def test_the_cursor_stands_on_the_first_row_until_it_is_moved(stage):
    study = stage.make(4, 2, 0)
    stage.alive()

    async def act(app):
        table = app.view.query_one(Leaderboard)
        study.trial(90, "complete", 1e-3)
        await look(app)
        assert (app.session.cursor, table.cursor, table.cursor_row) == (90, 90, 0)
        await press(app, "j", "k")
        study.trial(91, "complete", 1e-4)
        await look(app)
        assert (app.session.cursor, table.cursor, table.cursor_row) == (90, 90, 1)

    stage.play(act=act)


def test_the_trial_that_was_opened_stays_though_a_better_one_comes(stage):
    study = stage.make(4, 2, 0)
    stage.alive()

    async def act(app):
        await press(app, "enter")
        opened = app.session.cursor
        study.trial(90, "complete", 1e-3)
        await look(app)
        assert app.session.cursor == opened
        await press(app, "escape")
        assert app.view.query_one(Leaderboard).cursor == opened

    stage.play(act=act)


def test_a_cursor_moved_far_in_detail_is_in_sight_afterwards(stage):
    stage.make(60, 0, 0)

    async def act(app):
        await press(app, "enter", *["n"] * 9, "escape")
        table = app.view.query_one(Leaderboard)
        assert table.cursor_row == 9
        assert app.session.cursor in table.visible_trials

    stage.play(act=act, size=(80, 12))


@pytest.mark.parametrize("above", ["enter", "?"])
def test_a_size_that_changed_behind_another_screen_is_taken_up(stage, above):
    stage.make()
    fresh = stage.play(size=(80, 24))

    async def act(app):
        await press(app, above)
        await resize(app, 80, 24)
        await press(app, "escape")
        await settled(app)
        shown = screen_text(app)
        assert shown.splitlines()[2] == fresh.splitlines()[2]
        assert "╭" not in shown

    stage.play(act=act)


def test_without_an_engine_nothing_is_offered_that_needs_one(stage):
    stage.make(5, 0, 0, state="stopped")
    assert hints(("open", *OF_AN_ENGINE), "stopped")[:2] == [("⏎", "Open"), ("R", "Go on")]
    assert ("p", "Resume") in hints(("pause",), "paused")
    last = stage.play(["4"]).splitlines()[-1]
    assert "R Go on" in last
    assert "Stop" not in last


@pytest.mark.parametrize("key", ["S", "n"])
def test_without_an_engine_there_is_no_question_but_a_word(stage, key):
    stage.make(5, 0, 0, state="stopped")
    assert "no engine is at work (stopped); R starts one" in stage.play([key])


def test_idle_workers_take_no_room_where_none_can_work(stage):
    stage.make(5, 0, 0, state="stopped")
    assert "w0" not in stage.play()
    stage.alive()
    stage.study.say(state="running")
    assert "w0" in stage.play()


def test_a_page_tells_how_much_is_below_and_where_a_line_was_cut(stage):
    stage.make()
    shown = stage.play(["enter"], (60, 20))
    assert re.search(r"\d+ more below", shown)
    assert any(line.endswith("…│") for line in shown.splitlines())
    assert "more below" not in stage.play(["enter"], (120, 40))


def test_columns_left_as_they_were_are_not_kept(stage):
    stage.make()

    async def act(app):
        await press(app, "C", "escape")
        assert config.load().columns is None
        await press(app, "C", "space", "escape")
        assert config.load().columns is not None

    stage.play(act=act)


@pytest.mark.parametrize("width", [20, 40, 56, 94])
def test_help_is_told_in_full_at_any_width(width):
    lines = ["".join(text for text, _ in line) for line in help_lines("trials", width)]
    told = " ".join(" ".join(lines).split())
    assert "columns to the left;" in told
    if width >= 40:
        assert all(cells(line) <= width for line in lines[: lines.index(" Filter, with /")])


def test_the_importance_in_focus_is_in_sight(stage):
    stage.make(30)

    async def act(app):
        await press(app, "3", *["l"] * 6)
        bars = app.view.query_one(Importance)
        for height in (1, 3, 5, 20):
            assert [ink for (_, ink), *_ in bars.paint(30, height)[:height]].count("accent") == 1

    stage.play(act=act)


def test_a_look_that_comes_while_it_closes_does_no_harm(stage):
    stage.make(3)

    async def act(app):
        open_ones, app._screen_stacks = app._screen_stacks, {app.current_mode: []}
        await app._look()
        app._screen_stacks = open_ones

    stage.play(act=act)


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        *((keys, (80, 24)) for keys in ("", "2", "3", "4", "5", ["enter"], [" ", "j", " ", "c"])),
        *(("", size) for size in ((60, 20), (40, 12), (40, 10))),
    ],
)
def test_what_was_just_done_is_told_to_its_end_wherever_one_is(stage, keys, size):
    stage.make(4, 0, 0, state="finished")
    told = "written: /home/anna/far/away.toml; then: hpsearch retrain digits-trial-3.toml -o here"

    async def act(app):
        app.say(told)
        await settled(app)

    shown = stage.play(keys, size, act)
    assert told.replace(" ", "") in re.sub(r"\s", "", shown)
    assert " digits-trial-3.toml" in shown  # as one copies it
