"""How the dashboard looks and how often it looks: themes, no colour, rates; what asks first."""

import pytest
from textual import events

from hpsearch.dashboard.app import AWAY
from hpsearch.dashboard.options import HERE, REMOTE, Options, ascii_only
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.screens.dialogs import Ask
from hpsearch.store.folder import RunFolder
from hpsearch.store.inbox import filed
from tests.dashboard.theatre import NOW, press, screen_text


def inks(app):
    """Every colour on the screen, of text and behind it."""
    strips = app.screen._compositor.render_strips()
    for strip in strips:
        for part in strip:
            if part.style is not None:
                yield from (c for c in (part.style.color, part.style.bgcolor) if c is not None)


def colours(app):
    return {tuple(ink.get_truecolor()) for ink in inks(app)}


def brightness(colour):
    return sum(colour) / (3 * 255)


def looked(stage, **options):
    """The colours of the home screen."""
    found = set()

    async def act(app):
        found.update(colours(app))

    stage.play(act=act, **options)
    return found


def backgrounds(stage, **options):
    found = []

    async def act(app):
        found.append(app.screen.styles.background.rgb)

    stage.play(act=act, **options)
    return brightness(found[0])


def test_the_light_theme_is_light_and_the_dark_one_dark(stage):
    stage.make()
    assert backgrounds(stage, theme="hpsearch-light") > 0.9
    assert backgrounds(stage, theme="hpsearch-dark") < 0.2
    assert backgrounds(stage, theme="light") > 0.9


def test_ink_is_told_apart_from_paper_in_both_themes(stage):
    stage.make()
    assert looked(stage, theme="hpsearch-light") != looked(stage, theme="hpsearch-dark")


def test_the_environment_names_a_theme_and_one_that_is_not_known_does_no_harm(stage, monkeypatch):
    stage.make()
    monkeypatch.setenv("TEXTUAL_THEME", "hpsearch-light")
    assert backgrounds(stage) > 0.9
    assert backgrounds(stage, theme="hpsearch-dark") < 0.2
    assert backgrounds(stage, theme="no such theme") < 0.2


def test_without_colour_there_are_only_grays(stage, monkeypatch):
    stage.make()
    assert any(max(ink) - min(ink) > 40 for ink in looked(stage))
    monkeypatch.setenv("NO_COLOR", "1")
    assert all(max(ink) - min(ink) <= 2 for ink in looked(stage))


def test_over_ssh_it_looks_less_often_unless_told():
    assert Options().rate({}) == HERE
    assert Options().rate({"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}) == REMOTE
    assert Options(hz=7.0).rate({"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}) == 7.0


def test_while_nobody_looks_it_looks_least_and_at_once_when_somebody_does(stage):
    stage.make()
    paces, looks = [], []

    async def act(app):
        usual = app.options.rate()
        set_interval, tick = app.set_interval, app.tick

        def paced(seconds, call):
            paces.append(1 / seconds)
            return set_interval(99, call)

        def looking():
            looks.append(1)
            tick()

        app.set_interval, app.tick = paced, looking
        app.on_app_blur(events.AppBlur())
        assert paces == [pytest.approx(AWAY)]
        assert not looks
        app.on_app_focus(events.AppFocus())
        assert paces[1:] == [pytest.approx(usual)]
        assert looks

    stage.play(act=act)


def test_failed_trials_are_tried_again_only_after_a_question(stage):
    stage.make()
    stage.alive()
    folder = RunFolder(stage.place)

    async def act(app):
        await press(app, "ctrl+r")
        assert isinstance(app.screen, Ask)
        assert "1 failed trial again?" in screen_text(app)
        await press(app, "escape")
        assert not filed(folder.inbox)
        await press(app, "ctrl+r", "y")
        assert len(filed(folder.inbox)) == 1

    stage.play(act=act)


def test_where_nothing_failed_there_is_nothing_to_try_again(stage):
    stage.make(2, 1)
    stage.alive()
    assert "no trial has failed" in stage.play(("ctrl+r",))


def test_the_header_says_how_busy_workers_are_where_there_is_room(stage):
    study = stage.make()
    stage.alive()
    study.db.executemany(
        "INSERT INTO attempt (trial, number, slot, pid, host, started, ended, outcome, reason) "
        "VALUES (?, 1, 0, 1, 'h', ?, ?, 'complete', '')",
        [(1, NOW - 50, NOW - 47), (2, NOW - 46, NOW - 44)],
    )
    assert "busy 75%" in stage.play(size=(140, 40))
    assert "busy" not in stage.play(size=(60, 20))


def test_a_pruned_trial_has_a_mark_where_it_was_pruned(stage):
    stage.make()

    async def act(app):
        trials = app.session.history.trials.values()
        pruned = next(t.number for t in trials if t.state == "pruned")
        complete = next(t.number for t in trials if t.state == "complete")
        for number, marked in ((pruned, True), (complete, False)):
            app.session.chosen = number
            await press(app, "2")
            assert ("┊" in screen_text(app)) == marked
            await press(app, "1", "enter", "]", "]")
            assert ("┊" in screen_text(app)) == marked
            await press(app, "escape")

    stage.play(act=act)


@pytest.mark.parametrize(
    ("encoding", "term", "ascii"),
    [("utf-8", "xterm", False), ("utf-8", "linux", True), ("iso8859-1", "xterm", True)],
)
def test_only_ascii_is_shown_where_the_locale_or_the_font_has_no_more(encoding, term, ascii):
    assert ascii_only(encoding, {"TERM": term}) == ascii


def test_every_dialog_is_ascii_where_only_that_can_be_shown(stage):
    stage.make()
    stage.alive()

    async def act(app):
        for key in ("C", "n", ":", "f", "ctrl+o", "W", "r"):
            await press(app, key)
            assert not isinstance(app.screen, StudyScreen), key
            assert screen_text(app).isascii(), screen_text(app)
            await press(app, "escape")

    stage.play(size=(80, 24), act=act, ascii=True)
