"""One table of actions: no key means two things, every action works and has a command beside it."""

import shlex
from itertools import combinations
from pathlib import Path

import pytest
import typer.main
from textual.widgets import Input

from hpsearch.cli.control import Verb
from hpsearch.cli.every import app as commands_of
from hpsearch.dashboard.actions import ACTIONS, BY_ID, call, hints, key_text
from hpsearch.dashboard.app import Dashboard
from hpsearch.dashboard.keytable import key_table
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.screens.compare import Compare
from hpsearch.dashboard.screens.curves import CurvesScreen
from hpsearch.dashboard.screens.detail import Detail
from hpsearch.dashboard.screens.help import help_lines
from hpsearch.dashboard.screens.log import LogScreen
from hpsearch.dashboard.screens.params import ParamsScreen
from hpsearch.dashboard.screens.trials import Trials
from hpsearch.dashboard.screens.workers import WorkersScreen
from tests.dashboard.theatre import press

SCREENS = {
    screen.scope: screen
    for screen in (Trials, CurvesScreen, ParamsScreen, WorkersScreen, LogScreen, Detail, Compare)
}
ENDING = ("detach", "leave", "suspend")
WAY = {"trials": [], "curves": ["2"], "params": ["3"], "workers": ["4"], "log": ["5"],
       "detail": ["enter"], "compare": ["space", "space", "c"]}  # fmt: skip


def test_ids_are_unique():
    assert len(BY_ID) == len(ACTIONS)


@pytest.mark.parametrize("scope", list(SCREENS))
def test_no_key_means_two_things_on_one_screen(scope):
    here = [a for a in ACTIONS if scope in a.scopes or "app" in a.scopes]
    for one, other in combinations(here, 2):
        assert not set(one.keys) & set(other.keys), (one.id, other.id)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_is_there_on_every_screen_that_has_it(action):
    for scope in action.scopes:
        name = call(action)
        of_app = scope == "app" or name.startswith("app.")
        owner = Dashboard if of_app else SCREENS[scope]
        assert callable(getattr(owner, f"action_{name.removeprefix('app.')}"))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_command_that_does_the_same(action):
    words = shlex.split(action.twin)
    assert words[0] == "hpsearch"
    if words[1] == "--help":
        return
    commands = typer.main.get_command(commands_of).commands
    command = commands[words[1]]
    known = {option for param in command.params for option in param.opts}
    assert {word for word in words if word.startswith("-")} <= known
    if words[1] == "ctl":
        assert words[3] in list(Verb)


def test_every_mode_has_a_screen():
    assert {made().scope for made in Dashboard.MODES.values()} <= set(SCREENS)


def test_hints_are_of_the_screen_and_have_a_word():
    for screen in SCREENS.values():
        for id in screen.hinted:
            action = BY_ID[id]
            assert screen.scope in action.scopes or "app" in action.scopes, (screen, id)
        assert all(word for _, word in hints(screen.hinted))


@pytest.mark.parametrize("scope", list(SCREENS))
def test_help_tells_every_action(scope):
    told = "\n".join("".join(text for text, _ in line) for line in help_lines(scope, 160))
    assert all(action.description in told and action.twin in told for action in ACTIONS)


def test_keys_are_called_as_on_a_keyboard():
    assert [key for action in ACTIONS for key in action.keys if "_" in key_text(key)] == []


def test_the_readme_has_the_table_of_keys():
    readme = Path(__file__).parents[2] / "README.md"
    assert key_table() in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("scope", list(SCREENS))
def test_every_key_can_be_pressed(stage, scope, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hpsearch.dashboard.commands.run", nothing_done)
    stage.make(12, 2, 1)
    stage.alive()
    keys = [
        action.keys[0]
        for action in ACTIONS
        if action.id not in ENDING
        and (scope in action.scopes or (scope == "trials" and "app" in action.scopes))
        and not action.id.startswith("view-")
    ]

    async def press_all(app):
        for key in keys:
            await press(app, key)
            while not isinstance(app.screen, StudyScreen):  # a dialog: away again
                await press(app, "escape")
            if app.view.scope != scope:
                await press(app, "1", *WAY[scope])
        assert app.is_running

    stage.play(WAY[scope], (100, 30), act=press_all)


async def nothing_done(*words):
    from hpsearch.dashboard.commands import Done

    return Done(0, f"# {' '.join(words)}\n", "")


@pytest.mark.parametrize("opened", ["s", "f", "S", ":", "C", "?", "ctrl+o", "n", "E", "/", "A"])
def test_a_dialog_answered_twice_goes_away_once(stage, opened):
    stage.make(3, 1, 0)
    stage.alive()

    async def hurry(app):
        await press(app, opened)
        for _ in range(3):
            app.simulate_key("escape")
        await press(app, "j")
        assert app.view.scope == "trials"
        assert app.screen is app.view

    stage.play(act=hurry)


@pytest.mark.parametrize("opened", ["n", "E", "r", "A", "W", "/", ":"])
def test_what_is_typed_into_a_dialog_stands_in_its_first_line(stage, opened):
    stage.make(3, 1, 0)
    stage.alive()

    async def write(app):
        await press(app, opened, "7")
        first = app.screen.query(Input).first()
        assert first.value.endswith("7")

    stage.play(act=write)
