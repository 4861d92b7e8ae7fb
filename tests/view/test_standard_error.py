"""A score that is a mean is shown with its standard error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.columns import Board, columns
from hpsearch.view.figures import figures_line
from hpsearch.view.format import ASCII, UNICODE, scored
from hpsearch.view.status import trial_json

STUDY = StudyFacts(
    "s", "val_f1", "maximize", "binary", 1, 1, "finished", "", 0.0, 1.0, 0.0, 10, data={}
)
FIGURES = {"val_f1": 0.9, "val_cost": 0.2, "standard_error": 0.012}
TRIAL = TrialRecord(0, "complete", 1, {}, 10, 10, 0.9, 4, FIGURES, 99, 0, 1, 0.0, 1.0, 1.0, "", 0)


@pytest.mark.parametrize(
    ("glyphs", "shown"), [(UNICODE, "0.9000 ±0.0120"), (ASCII, "0.9000 +-0.0120")]
)
def test_the_metrics_column_shows_it_and_no_other(glyphs, shown):
    board = Board(STUDY, (TRIAL,))
    texts = {one.name: one.text(TRIAL, board.setting(glyphs)) for one in columns(board)}
    assert (texts["val_f1"], texts["val_cost"]) == (shown, "0.2000")
    assert figures_line(TRIAL, STUDY, glyphs) == [f"val_f1 {shown}", "val_cost 0.2000"]


def test_a_trial_of_one_network_has_none():
    alone = replace(TRIAL, figures={"val_f1": 0.9})
    assert alone.standard_error is None
    assert figures_line(alone, STUDY) == ["val_f1 0.9000"]
    assert trial_json(alone, "val_f1")["standard_error"] is None


def test_json_has_it_under_its_name():
    assert trial_json(TRIAL, "val_f1")["standard_error"] == 0.012


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0.0234, 0.0012, "0.0234 ±0.0012"),
        (0.0234, 0.00001, "0.0234 ±1e-05"),
        (0.0234, 0.0, "0.0234 ±0.0000"),
        (1.2e-05, 3e-06, "1.20e-05 ±3.0e-06"),
        (12345.6, 70.2, "12345.6 ±70.2"),
        (None, 0.1, "–"),
        (0.5, float("nan"), "0.5000"),
    ],
)
def test_an_error_has_as_many_digits_as_its_figure(value, error, shown):
    assert scored(value, error) == shown
