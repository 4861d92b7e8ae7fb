"""Intervals of test figures: what other draws of the rows would have given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.models import intervals
from hpsearch.models.intervals import resampled
from hpsearch.models.retraining import FIGURES, figures_of
from hpsearch.study.recipe import OUTPUTS
from nncore import losses

WIDTHS = {"binary": 1, "multiclass": 4, "multilabel": 3, "regression": 2}
SCALE = np.array([2.0, 30.0])


def made(task, rows, seed=0, wrong=1.0):
    """Outputs that are right more or less, and the targets."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=(rows, WIDTHS[task]))
    z = (truth + wrong * rng.normal(size=truth.shape)).round(1)  # some of them tie
    if task == "regression":
        return z.astype(np.float32), truth.astype(np.float32)
    if task == "multiclass":
        return z.astype(np.float32), truth.argmax(axis=1)
    return z.astype(np.float32), (truth > 0.3).astype(np.float32)


def told(task, z, y):
    loss = losses[OUTPUTS[task][1]]()
    return figures_of(task, z, loss, y, SCALE if task == "regression" else None)


def drawn(task, z, y):
    return resampled(task, z, y, SCALE if task == "regression" else None, told(task, z, y))


@pytest.mark.parametrize("task", FIGURES)
@given(rows=st.integers(2, 30), seed=st.integers(0, 10_000))
def test_a_draw_s_figures_are_those_of_its_rows(task, rows, seed):
    z, y = made(task, rows, seed)
    at = np.random.default_rng(seed).integers(0, rows, rows)
    counts = np.bincount(at, minlength=rows).astype(float)[None]
    material = intervals._Rows.of(task, z, y, SCALE if task == "regression" else None)
    wanted = told(task, z[at], y[at])
    for name, (value,) in material.figures(counts, FIGURES[task]):
        if wanted[name] is None or (name == "r2" and np.isnan(value)):
            assert np.isnan(value) or name == "r2"
        else:
            assert value == pytest.approx(wanted[name], rel=1e-5, abs=1e-6), name


@pytest.mark.parametrize("task", FIGURES)
def test_intervals_hold_the_figure_and_repeat(task):
    z, y = made(task, 300)
    found = drawn(task, z, y).intervals()
    assert tuple(found) == FIGURES[task]
    for name, figure in told(task, z, y).items():
        low, high = found[name]
        assert low < figure < high
    assert found == drawn(task, z, y).intervals()


def test_an_interval_of_a_share_is_as_wide_as_binomials_are():
    right = np.arange(400) < 360
    z = np.where(right, 1.0, -1.0)[:, None]
    low, high = drawn("binary", z, np.ones((400, 1))).intervals()["accuracy"]
    error = np.sqrt(0.9 * 0.1 / 400)
    assert low == pytest.approx(0.9 - 1.96 * error, abs=0.004)
    assert high == pytest.approx(0.9 + 1.96 * error, abs=0.004)


def test_some_of_many_rows_tell_as_much_as_all_of_them(monkeypatch):
    z, y = made("multiclass", 20_000)
    monkeypatch.setattr(intervals, "MOST_ROWS", 2_000)
    some = drawn("multiclass", z, y).intervals()
    monkeypatch.setattr(intervals, "MOST_ROWS", 20_000)
    monkeypatch.setattr(intervals, "RESAMPLES", 400)
    every = drawn("multiclass", z, y).intervals()
    for name, figure in told("multiclass", z, y).items():
        wide = [np.ptp(found[name]) for found in (some, every)]
        assert wide[0] == pytest.approx(wide[1], rel=0.2), name
        assert np.mean(some[name]) == pytest.approx(figure, rel=0.02)


def test_two_models_are_compared_on_the_same_draws():
    """Their difference is told from nothing where their own intervals overlap."""
    z, y = made("regression", 200)
    better = drawn("regression", 0.9 * z + 0.1 * y, y)
    worse = drawn("regression", z, y)
    assert better.intervals()["rmse"][1] > worse.intervals()["rmse"][0]
    low, high = better.above(worse, "rmse")
    assert low < high < 0
    assert worse.above(worse, "rmse") == (0.0, 0.0)


def test_what_has_no_value_has_no_interval():
    z = np.ones((10, 1), np.float32)
    found = drawn("binary", z, np.ones((10, 1)))
    assert found.intervals()["roc_auc"] is None
    assert found.above(found, "roc_auc") is None
    # one row alone of its kind: left out of a third of the draws, so still an interval
    y = np.zeros((10, 1))
    y[0] = 1.0
    assert drawn("binary", z, y).intervals()["roc_auc"] is not None
    assert drawn("regression", np.ones((1, 2)), np.ones((1, 2))).intervals()["r2"] is None
