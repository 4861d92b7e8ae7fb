"""The tab of a trial that says what its weights do on the validation rows."""

import asyncio
import dataclasses
import json

import pytest

from hpsearch.dashboard.commands import Done
from hpsearch.store.folder import weights_file
from hpsearch.study.examination import FarRow, Residuals
from tests.dashboard.theatre import examined, press, screen_text, settled

TO_THE_TAB = ("enter", "]", "]", "]")


def test_what_the_command_tells_is_shown(stage):
    stage.make()
    text = stage.play(TO_THE_TAB)
    assert "8 → 1 0.99" in text
    assert "recall" in text
    assert "precision" in text


@pytest.mark.parametrize(
    "told",
    [
        Done(1, "", "hpsearch: The weights of trial 8 are not kept.\n  hpsearch export digits\n"),
        Done(0, "{}", ""),
        Done(0, "no JSON", ""),
        Done(-9, "", ""),
    ],
)
def test_a_command_that_fails_leaves_a_sentence(stage, told):
    stage.make()
    stage.told = told
    text = stage.play(TO_THE_TAB)
    said = ("are not kept.", "cannot be read", "without a word")
    assert any(sentence in text for sentence in said)
    assert "Traceback" not in text
    assert "hpsearch: " not in text


def test_a_long_sentence_is_broken_and_a_command_is_not(stage):
    stage.make()
    command = "  hpsearch export digits --trial 8 -o digits-trial-8.toml"
    stage.told = Done(1, "", f"hpsearch: {'The weights are not kept. ' * 8}\n{command}\n")
    text = stage.play(TO_THE_TAB, size=(80, 24))
    assert text.count("kept.") == 8
    assert command in text


def test_while_it_is_being_found_out_that_is_said(stage):
    stage.make()
    asked, answered = [], asyncio.Event()

    async def act(app):
        async def slowly(verb, *words):
            asked.append(words)
            await answered.wait()
            return stage.told

        app.run_command = slowly
        await press(app, *TO_THE_TAB)
        assert "examining #" in screen_text(app)
        answered.set()
        await settled(app)
        assert "recall" in screen_text(app)
        await press(app, "[", "]")  # asked once, told as often as it is looked at
        assert "recall" in screen_text(app)

    stage.play(act=act)
    assert len(asked) == 1


def test_who_pages_through_trials_waits_for_the_last_one_only(stage):
    stage.make()
    given_up = []

    async def act(app):
        async def never(verb, number, *words):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                given_up.append(int(number))
                raise

        app.run_command = never
        await press(app, *TO_THE_TAB)
        first = app.session.cursor
        await press(app, "n", "n")
        assert len(given_up) == 2
        assert first in given_up
        assert f"examining #{app.session.cursor}" in screen_text(app)
        app.run_command = lambda *_: told()
        await press(app, "N", "N")  # what was given up is asked again
        assert "recall" in screen_text(app)

    async def told():
        return stage.told

    stage.play(act=act)


def test_a_trial_under_way_is_not_examined(stage):
    stage.make(0, 2)
    assert "before the trial has ended" in stage.play(TO_THE_TAB)


def test_a_regression_has_residuals_in_place_of_a_matrix(stage):
    stage.make(task="regression")
    found = dataclasses.replace(
        examined(),
        task="regression",
        confusions=(),
        wrong=(),
        residuals=(Residuals("price", (-9.0, -4.0, -1.0, 0.0, 1.0, 4.0, 9.0)),),
        far=(FarRow(12, "price", 100.0, 109.0, {"rooms": "3"}),),
    )
    stage.told = Done(0, json.dumps(found.to_json()), "")
    text = stage.play(TO_THE_TAB)
    assert " Residuals " in text
    assert " Confusion " not in text
    assert "median" in text
    assert "rooms 3" in text


def test_the_network_table_has_weight_norms_where_weights_are_kept(stage):
    stage.make()
    assert "‖W‖" not in stage.play(("enter", "]"))
    models = stage.place / "models"
    models.mkdir()
    for number in range(40):
        weights_file(models, number).touch()
    text = stage.play(("enter", "]"))
    assert "‖W‖" in text
    assert "9.410" in text
    assert "3.1 %" in text


def test_the_open_tab_is_in_sight_on_a_narrow_screen(stage):
    stage.make()
    text = stage.play((*TO_THE_TAB, "]"), size=(40, 12))
    assert " Log " in text
    assert " Summary " not in text


def test_a_comparison_tells_how_well_each_class_is_recognised(stage):
    stage.make(6, 0, 0, state="finished")
    for number in range(6):
        file = weights_file(stage.study.folder.models, number)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    shown = stage.play(["space", "space", "c"], (120, 60))
    rows = [line.split() for line in shown.splitlines() if " recall " in line]
    assert [row[2] for row in rows] == [str(digit) for digit in range(10)]
    assert all(row[3] == row[4] != "–" for row in rows)  # both are told the same examination
