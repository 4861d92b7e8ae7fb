"""The home screen."""

import pytest

from hpsearch.dashboard.widgets.leaderboard import Leaderboard
from tests.dashboard.theatre import SIZES, press, screen_text, settled


def test_the_best_trial_stands_on_top_and_in_the_header(stage):
    stage.make()
    stage.alive()
    screen = stage.play()
    best = stage.study.db.execute(
        "SELECT number FROM trial WHERE state = 'complete' ORDER BY value LIMIT 1"
    ).fetchone()[0]
    lines = screen.splitlines()
    assert f"★ best #{best} " in lines[1]
    assert lines[4].lstrip("│").split()[:2] == ["★", str(best)]


def test_the_cursor_follows_its_trial(stage):
    study = stage.make()
    stage.alive()

    async def better_one_appears(app):
        table = app.view.query_one(Leaderboard)
        held, row = table.cursor, table.cursor_row
        study.trial(90, "complete", 1e-3)
        app.tick()
        await settled(app)
        assert table.cursor == held
        assert table.cursor_row == row + 1

    stage.play(["j", "j"], act=better_one_appears)


def test_who_comes_above_what_is_in_sight_is_counted_until_the_top_is_seen(stage):
    study = stage.make(60, running=1)
    stage.alive()

    async def better_ones_appear(app):
        assert "new above" not in screen_text(app)
        for number, value in ((90, 1e-3), (60, 1e-4)):  # one is new, one was in sight and has ended
            study.trial(number, "complete", value)
            app.tick()
            await settled(app)
        assert " · +2 new above" in screen_text(app)
        await press(app, "s", "n")  # in another order others are above
        assert "new above" not in screen_text(app)
        await press(app, "s", "v", "G", *["k"] * 3, "/", *"state:pruned", "enter")
        await press(app, "escape")
        assert "new above" not in screen_text(app)  # of what was hidden nothing is news
        await press(app, "g")
        assert "new above" not in screen_text(app)
        assert app.view.query_one(Leaderboard).visible_trials[:2] == [60, 90]

    stage.play(["j", "j"], act=better_ones_appear)


@pytest.mark.parametrize("size", [*SIZES, (24, 6), (10, 3), (1, 1)])
def test_it_fits_every_size(stage, size):
    stage.make()
    screen = stage.play(["j", "a", "a"], size)
    assert all(len(line) <= size[0] for line in screen.splitlines())


def test_a_running_trials_row_moves_while_it_trains(stage):
    study = stage.make(3, 1, 0)
    stage.alive()

    async def one_more_epoch(app):
        study.trial(3, "running", 0.1234, epochs=39)
        study.epoch(3, 39, 0.1234)
        app.tick()
        await settled(app)
        drawn = []
        table = app.view.query_one(Leaderboard)
        refresh = table.refresh
        table.refresh = lambda *regions, **others: drawn.extend(regions) or refresh(*regions)
        study.trial(3, "running", 0.1111, epochs=40)
        app.tick()
        await settled(app)
        assert {region.y for region in drawn} >= {0, 1 + list(table._board.order).index(3)}
        assert "0.1111" in screen_text(app)

    stage.play(act=one_more_epoch)


def test_trials_that_come_in_above_the_view_are_counted_and_move_nothing(stage):
    study = stage.make(30, 0, 0)
    stage.alive()

    async def three_better_ones(app):
        table = app.view.query_one(Leaderboard)
        seen = table.visible_trials
        for number in (90, 91, 92):
            study.trial(number, "complete", 1e-3)
        app.tick()
        await settled(app)
        assert table.visible_trials == seen
        assert "+3 new above" in screen_text(app)
        await press(app, "g")
        app.tick()
        await settled(app)
        assert "new above" not in screen_text(app)

    stage.play(["G"], (120, 24), act=three_better_ones)
