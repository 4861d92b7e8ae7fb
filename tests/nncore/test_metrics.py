"""Metrics against scikit-learn's, on random and on degenerate rows."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from nncore.metrics import UndefinedMetric, metrics

CLASSES = [name for name in metrics if metrics[name].classification]
NUMBERS = [name for name in metrics if not metrics[name].classification]


def quiet(name, z, y, scale=None):
    return metrics[name]().quietly(np.asarray(z), np.asarray(y), scale)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@given(seed=st.integers(0, 10**6), rows=st.integers(2, 30), classes=st.integers(2, 5))
@settings(max_examples=40)
def test_metrics_of_classes_are_those_of_scikit_learn(seed, rows, classes):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(rows, classes)), rng.integers(0, classes, rows)
    said = z.argmax(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = {
            "accuracy": oracle.accuracy_score(y, said),
            "balanced_accuracy": oracle.balanced_accuracy_score(y, said),
            "f1": oracle.f1_score(y, said, average="macro", zero_division=0),
        }
        if len(set(y)) == classes > 2:
            expected["roc_auc"] = oracle.roc_auc_score(y, softmax(z), multi_class="ovr")
        if set(y) == {0, 1} and classes == 2:
            expected["roc_auc"] = oracle.roc_auc_score(y, softmax(z)[:, 1])
    assert {name: quiet(name, z, y) for name in expected} == pytest.approx(expected)


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 30), ties=st.booleans())
@settings(max_examples=40)
def test_metrics_of_one_unit_are_those_of_scikit_learn(seed, rows, ties):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(rows, 1)), rng.integers(0, 2, (rows, 1))
    z = z.round() if ties else z
    said, true = z[:, 0] > 0, y[:, 0] == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = {
            "accuracy": oracle.accuracy_score(true, said),
            "balanced_accuracy": oracle.balanced_accuracy_score(true, said),
            "f1": oracle.f1_score(true, said, zero_division=0),
        }
        if true.any() and not true.all():
            expected["roc_auc"] = oracle.roc_auc_score(true, sigmoid(z[:, 0]))
    found = {name: quiet(name, z, y.astype(np.float32)) for name in expected}
    assert found == pytest.approx(expected)


@given(seed=st.integers(0, 10**6), rows=st.integers(2, 30), outputs=st.integers(1, 3))
@settings(max_examples=40)
def test_metrics_of_numbers_are_those_of_scikit_learn(seed, rows, outputs):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(2, rows, outputs))
    assert quiet("rmse", z, y) == pytest.approx(oracle.root_mean_squared_error(y, z))
    assert quiet("mae", z, y) == pytest.approx(oracle.mean_absolute_error(y, z))
    assert quiet("r2", z, y) == pytest.approx(oracle.r2_score(y, z))


def test_several_units_are_judged_one_by_one():
    z = np.array([[1.0, -1.0], [1.0, 1.0], [-1.0, -1.0]])
    y = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    assert quiet("accuracy", z, y) == pytest.approx(5 / 6)
    assert quiet("f1", z, y) == pytest.approx((2 / 3 + 1) / 2)
    assert quiet("roc_auc", z, y) == pytest.approx((0.75 + 1.0) / 2)


@pytest.mark.parametrize("value", [3.0, 3.5])
def test_a_target_that_never_changes_has_the_r2_of_scikit_learn(value):
    z, y = np.full((4, 1), value), np.full((4, 1), 3.0)
    assert quiet("r2", z, y) == oracle.r2_score(y, z)


def test_errors_are_in_the_units_of_the_target():
    z, y, scale = np.zeros((2, 2)), np.array([[1.0, 2.0], [1.0, 2.0]]), np.array([10.0, 100.0])
    assert quiet("rmse", z, y, scale) == pytest.approx((10 + 200) / 2)
    assert quiet("mse", z, y, scale) == pytest.approx((10**2 + 200**2) / 2)
    assert quiet("mae", z, y, scale) == pytest.approx((10 + 200) / 2)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("rows", [0, 1, 4])
@pytest.mark.parametrize("kind", ["classes", "unit"])
def test_rows_all_of_one_class_crash_nothing(name, rows, kind):
    y = np.zeros(rows, np.int64) if kind == "classes" else np.zeros((rows, 1))
    z = np.zeros((rows, 3 if kind == "classes" else 1))
    assert 0.0 <= quiet(name, z, y) <= (np.log(3) + 1e-9 if name == "log_loss" else 1.0)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("rows", [0, 1, 4])
def test_rows_all_of_one_number_crash_nothing(name, rows):
    assert np.isfinite(quiet(name, np.zeros((rows, 1)), np.ones((rows, 1))))


def test_a_figure_without_a_value_says_so():
    with pytest.warns(UndefinedMetric, match=r"roc_auc has no value.*0\.5 stands in"):
        assert metrics["roc_auc"]()(np.ones((3, 1)), np.ones((3, 1))) == 0.5
    with pytest.warns(UndefinedMetric, match="precision has no value"):
        assert metrics["precision"]()(np.full((3, 1), -1.0), np.ones((3, 1))) == 0.0
    with pytest.warns(UndefinedMetric, match="recall has no value"):
        assert metrics["recall"]()(np.ones((3, 1)), np.zeros((3, 1))) == 0.0
    with pytest.warns(UndefinedMetric, match="f1 has no value"):
        assert metrics["f1"]()(np.full((3, 1), -1.0), np.zeros((3, 1))) == 0.0


@pytest.mark.parametrize(
    ("figure", "better"),
    [
        ("val_cost", "minimize"),
        ("train_cost", "minimize"),
        ("parameters", "minimize"),
        ("val_accuracy", "maximize"),
        ("val_rmse", "minimize"),
        ("val_mse", "minimize"),
        ("val_log_loss", "minimize"),
        ("val_precision", "maximize"),
        ("val_recall", "maximize"),
        ("r2", "maximize"),
    ],
)
def test_every_figure_knows_which_way_is_better(figure, better):
    assert metrics.direction(figure) == better


def test_a_figure_nobody_knows_is_refused_with_the_nearest():
    with pytest.raises(LookupError, match="Did you mean 'accuracy'"):
        metrics.direction("val_acuracy")


@pytest.mark.parametrize("name", metrics)
@pytest.mark.parametrize("rows", [1, 2, 40])
def test_figures_of_several_members_are_those_of_each(name, rows):
    rng = np.random.default_rng(0)
    metric = metrics[name]()
    z = rng.normal(size=(3, rows, 2))
    y = rng.normal(size=z.shape) if not metric.classification else rng.integers(0, 2, z.shape) * 1.0
    scale = None if metric.classification else rng.uniform(1, 2, (3, 2))
    each = [metric.quietly(z[k], y[k], None if scale is None else scale[k]) for k in range(3)]
    np.testing.assert_allclose(metric.each(z, y, scale), each, rtol=1e-12)
    assert metric.each(z[:, :0], y[:, :0], scale).tolist() == [metric.stand_in] * 3
