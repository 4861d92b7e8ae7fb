"""Writing a trial out from the dashboard: its own text where it is shown, a file where asked."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hpsearch.cli.every import app as cli
from hpsearch.dashboard.commands import Done
from hpsearch.dashboard.screens.detail import TABS
from tests.dashboard.theatre import press


async def in_process(*words: str) -> Done:
    """The commands themselves, without a process."""
    said = CliRunner().invoke(cli, list(words))
    return Done(said.exit_code, said.stdout, said.stderr)


@pytest.fixture
def here(stage, monkeypatch, tmp_path: Path) -> Path:
    """An empty folder to be in, with a study elsewhere."""
    (empty := tmp_path / "here").mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setattr("hpsearch.dashboard.commands.run", in_process)
    stage.make(4, 0, 0, state="finished")
    return empty


def test_the_toml_tab_shows_the_study_file_and_writes_none(stage, here):
    shown = stage.play(["enter", *["tab"] * TABS.index("TOML")])
    assert "[study]" in shown
    assert list(here.iterdir()) == []


def test_y_copies_the_study_file_and_writes_none_here(stage, here):
    copied = []

    async def yank(app):
        app.copy_to_clipboard = copied.append
        await press(app, "y")

    stage.play(act=yank)
    assert "[study]" in copied[0]
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("key", ["r", "E"])
def test_a_file_is_written_only_once_its_place_was_shown(stage, here, key):
    assert str(here) in stage.play([key], (160, 40)).replace("\n", "")
    stage.play([key, "escape"])
    assert list(here.iterdir()) == []
    told = stage.play([key, "enter"], (160, 40))
    assert len(list(here.iterdir())) == 1
    assert ("hpsearch retrain digits-trial-" in told) == (key == "r")


def test_a_file_that_is_there_is_neither_offered_nor_replaced(stage, here):
    number = stage.play(["E"]).partition("digits-trial-")[2].partition(".")[0]
    taken = here / f"digits-trial-{number}.toml"
    taken.write_text("mine")
    assert f"digits-trial-{number}-2.toml" in stage.play(["E"])
    told = stage.play(["E", *["backspace"] * len("-2.toml"), *".toml", "enter"])
    assert "is there already; give another name" in told
    assert taken.read_text() == "mine"
    assert list(here.iterdir()) == [taken]
