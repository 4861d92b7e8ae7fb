"""Columns as the dashboard writes them: terse, and standing still while rows come and go."""

from dataclasses import replace

import pytest

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.columns import FROZEN, Board, Setting, chosen, columns, fitting
from hpsearch.view.format import cells, signed
from tests.view.madeup import facts

STUDY = StudyFacts(
    **{name: value for name, value in facts().items() if name in StudyFacts.__dataclass_fields__}
)
STUDY = replace(STUDY, trials=400)
TRIAL = TrialRecord(
    7, "complete", 49, {"network.layer_dims": (64, 32), "training.learning_rate": 0.00473}, 60, 41,
    0.0234, 31, {"val_cost": 0.0234, "val_accuracy": 0.991, "train_cost": 0.0102,
    "standard_error": 0.001}, 4810, 0, 1, 1.0, 2.0, 1.0, "", 0,
)  # fmt: skip


def cell(name, trial=TRIAL, terse=True, **setting):
    [column] = [c for c in columns(Board(STUDY, [trial]), terse=terse) if c.name == name]
    return column.text(trial, Setting(STUDY, **setting))


def test_cells_are_terse():
    assert (cell("state"), cell("state", terse=False)) == ("✓", "✓c")
    assert (cell("val_accuracy"), cell("val_accuracy", terse=False)) == ("99.1", "0.9910")
    assert (cell("val_cost"), cell("val_cost", terse=False)) == ("0.0234", "0.0234 ±0.0010")


@pytest.mark.parametrize("planned", [9, 60, 1500])
def test_no_cell_is_wider_than_its_column_while_a_trial_goes_on(planned):
    first = replace(TRIAL, planned=planned, epochs=1, state="running")
    made = columns(Board(STUDY, [first]), terse=True)
    for trial in (first, replace(first, number=399, epochs=planned, state="complete")):
        for column in made:
            assert cells(column.text(trial, Setting(STUDY, 0.02))) <= column.width, column.name


def test_columns_take_no_more_room_than_they_need():
    widths = {c.name: c.width for c in columns(Board(STUDY, [TRIAL]), terse=True)}
    assert (widths["number"], widths["epochs"], widths["network.layer_dims"]) == (3, 5, 6)


def test_a_curve_is_as_long_as_its_trial_is_on_its_way():
    half = replace(TRIAL, epochs=30)
    assert len(cell("curve", half, curve=lambda _: [3.0, 2.0, 1.5, 1.2, 1.1, 1.0, 0.9, 0.8])) == 4


def test_where_it_is_narrow_the_gap_gives_way():
    made = columns(Board(STUDY, [TRIAL]), terse=True)
    wide, narrow = ([c.name for c in fitting(made, width)] for width in (56, 55))
    assert "gap" in wide
    assert "gap" not in narrow
    assert narrow[:FROZEN] == ["number", "state", "val_cost"]


def test_any_field_can_be_a_terse_column():
    made = chosen(["best_epoch", "train_rmse"], Board(STUDY, [TRIAL]), terse=True)
    assert [c.text(TRIAL, Setting(STUDY)) for c in made] == ["7", "✓", "31", "–"]


@pytest.mark.parametrize("value", [0.0, 2.7e-5, -1e-300, 0.0131, -99.99994, 123.4, -9999.9, 1e9])
def test_a_difference_takes_at_most_eight_cells_and_is_none_only_if_it_is(value):
    text = signed(value)
    assert len(text) <= 8 or abs(value) < 1e-99
    assert float(text) == pytest.approx(value, rel=0.1, abs=1e-12)
    assert (float(text) == 0) == (value == 0)
