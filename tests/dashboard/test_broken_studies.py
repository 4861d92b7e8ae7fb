"""Studies that are empty, broken, huge or dead open as well as those that are fine."""

import json
import math

import pytest

from hpsearch.dashboard.widgets.leaderboard import Leaderboard
from tests.dashboard.theatre import press, settled

TOUR = ("j", "a", "a", "a", "a", "2", "}", "m", "3", "l", "K", "escape", "4", "5", "1",
        "space", "c", "escape", "enter", "]", "]", "n", "escape", "s", "t", "G", "F")  # fmt: skip
"""Every screen, and what is most likely to stumble over bad figures."""


def empty(stage):
    stage.make(0, 0, 0)


def one_trial(stage):
    stage.make(0, 1, 0)


def one_complete_trial(stage):
    study = stage.make(0, 0, 0)
    study.trial(0, "complete", 0.5, epochs=1)
    study.epoch(0, 1, 0.5)


def all_failed(stage):
    study = stage.make(0, 0, 0, state="failed", why="10 trials in a row failed")
    for number in range(10):
        study.trial(number, "failed")


def nan_and_inf(stage):
    study = stage.make(6, 1, 0)
    for number, bad in enumerate((math.nan, math.inf, -math.inf, 1e308, -1e308)):
        figures = json.dumps({"val_cost": bad, "val_accuracy": math.nan, "train_cost": math.inf})
        study.db.execute("UPDATE trial SET value = ?, figures = ? WHERE number = ?",
                         (None if math.isnan(bad) else bad, figures, number))  # fmt: skip
        study.db.execute("UPDATE epoch SET value = ?, figures = ? WHERE trial = ?",
                         (None if math.isnan(bad) else bad, figures, number))  # fmt: skip


def all_alike(stage):
    study = stage.make(0, 0, 0)
    for number in range(30):
        study.trial(number, "complete", 0.0)
        study.epoch(number, 1, 0.0)


def strange_words(stage):
    study = stage.make(3, 1, 0, why="[bold]x[/] \x1b[31m red")
    study.note("warning", "[b]brackets[/b] and \x1b]0;title\x07", None)
    study.trial(1, "failed", reason="[red]no[/red]\nsecond line")


@pytest.mark.parametrize(
    "made",
    [empty, one_trial, one_complete_trial, all_failed, nan_and_inf, all_alike, strange_words],
)
def test_a_tour_of_every_screen(stage, made):
    made(stage)
    screen = stage.play(TOUR, (100, 24))
    assert "\x1b" not in screen
    assert "digits" in screen.splitlines()[0]


def test_a_dead_engine_is_said_and_nothing_seems_to_run(stage):
    stage.make(5, 2, 0)
    screen = stage.play()
    assert "engine gone" in screen
    assert "●" not in screen


def test_no_database_yet_is_waited_for(stage):
    stage.place.mkdir(parents=True)
    assert "nothing has been run there yet" in " ".join(stage.play().split())


def test_a_store_cut_short_is_said_and_comes_back(stage):
    study = stage.make(5, 0, 0, state="finished")
    study.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    study.close()
    whole = study.folder.db.read_bytes()
    study.folder.db.write_bytes(whole[: len(whole) // 3])

    async def mend(app):
        assert "damaged" in app.session.history.trouble
        study.folder.db.write_bytes(whole)
        app.tick()
        await settled(app)
        assert not app.session.history.trouble
        assert len(app.session.history.trials) == 5

    stage.study = None
    stage.play(act=mend)


def test_a_locked_store_is_said_and_what_was_read_stays(stage, monkeypatch):
    monkeypatch.setattr("hpsearch.store.connection.BUSY_SECONDS", 0.01)
    study = stage.make(5, 0, 0)
    study.db.execute("PRAGMA journal_mode = DELETE")  # in WAL mode nobody can lock readers out
    stage.alive()

    async def lock(app):
        await press(app, "j")
        study.db.execute("BEGIN EXCLUSIVE")
        app.tick()
        await settled(app)
        assert "cannot be read" in app.session.history.trouble
        assert app.view.query_one(Leaderboard).cursor is not None
        study.db.execute("ROLLBACK")
        app.tick()
        await settled(app)
        assert not app.session.history.trouble

    stage.play(act=lock)


def test_ten_thousand_trials(stage):
    study = stage.make(0, 0, 0)
    study.fill(10_000, 8)
    stage.alive()
    screen = stage.play(("G", "s", "a", "3", "1"))
    assert "Trials 10,008" in screen
