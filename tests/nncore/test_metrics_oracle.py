"""Every metric against scikit-learn's, on rows hypothesis makes up: ties, classes that never occur
or are never called, rows all alike, a single row, targets that never change."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as oracle

from nncore.metrics import UndefinedMetric, confusion_matrix, metrics

ON_CLASSES = [name for name in metrics if metrics[name].classification]
ON_NUMBERS = [name for name in metrics if not metrics[name].classification]
COARSE = st.integers(-3, 3).map(lambda i: i / 2)
"""Few values, so that many tie."""
FINE = st.floats(-1e3, 1e3, width=32)


def probabilities(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def areas(score, true):
    """scikit-learn's ROC AUC of each column that has both kinds of rows."""
    columns = zip(score.T, true.T, strict=True)
    return [oracle.roc_auc_score(t, s) for s, t in columns if 0 < t.sum() < len(t)]


def roc_auc_of_classes(z, y):
    p = probabilities(z)
    if z.shape[1] == 2:
        p, true = z[:, 1:] - z[:, :1], y[:, None] == 1
    else:
        true = y[:, None] == np.arange(z.shape[1])
    found = areas(p, true)
    return np.mean(found) if found else 0.5


def each_unit(score):
    """The mean over units of a score of one."""
    return lambda z, y: np.mean([score(t, s) for s, t in zip((z > 0).T, y.T > 0.5, strict=True)])


CLASSES = {
    "accuracy": lambda z, y: oracle.accuracy_score(y, z.argmax(1)),
    "subset_accuracy": lambda z, y: oracle.accuracy_score(y, z.argmax(1)),
    "balanced_accuracy": lambda z, y: oracle.balanced_accuracy_score(y, z.argmax(1)),
    "f1": lambda z, y: oracle.f1_score(y, z.argmax(1), average="macro", zero_division=0),
    "precision": lambda z, y: oracle.precision_score(
        y, z.argmax(1), average="macro", zero_division=0
    ),
    "recall": lambda z, y: oracle.recall_score(y, z.argmax(1), average="macro", zero_division=0),
    "log_loss": lambda z, y: oracle.log_loss(y, probabilities(z), labels=range(z.shape[1])),
    "roc_auc": roc_auc_of_classes,
}
"""What scikit-learn says of logits (rows, classes) and class ids (rows,)."""

UNITS = {
    "accuracy": lambda z, y: np.mean((z > 0) == (y > 0.5)),
    "subset_accuracy": lambda z, y: oracle.accuracy_score(y > 0.5, z > 0),
    "balanced_accuracy": each_unit(oracle.balanced_accuracy_score),
    "f1": each_unit(lambda t, s: oracle.f1_score(t, s, zero_division=0)),
    "precision": each_unit(lambda t, s: oracle.precision_score(t, s, zero_division=0)),
    "recall": each_unit(lambda t, s: oracle.recall_score(t, s, zero_division=0)),
    "log_loss": lambda z, y: np.mean(
        [
            oracle.log_loss(t, 1 / (1 + np.exp(-s.astype(float))), labels=[0, 1])
            for s, t in zip(z.T, y.T, strict=True)
        ]
    ),
    "roc_auc": lambda z, y: np.mean(areas(z, y > 0.5) or [0.5]),
}
"""The same of logits and targets (rows, outputs) that are each 0 or 1."""

NUMBERS = {
    "mse": lambda z, y: oracle.mean_squared_error(y, z),
    "rmse": lambda z, y: oracle.root_mean_squared_error(y, z),
    "mae": lambda z, y: oracle.mean_absolute_error(y, z),
    # in float64: near 0 the float32 that scikit-learn would stay in shows in the fifth digit
    "r2": lambda z, y: oracle.r2_score(y.astype(float), z.astype(float)) if len(y) > 1 else 0.0,
}
"""Of values and numbers (rows, outputs). Of one row scikit-learn's R² is NaN, and ours 0."""


def agrees(name, expected, z, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # each warns of what has no value, in its own words
        found, peer = metrics[name]()(z, y), expected(z, y)
    assert found == pytest.approx(peer, rel=1e-5, abs=1e-7)


def test_every_metric_has_a_peer():
    assert set(ON_CLASSES) <= set(CLASSES)
    assert set(ON_CLASSES) <= set(UNITS)
    assert set(ON_NUMBERS) <= set(NUMBERS)


@st.composite
def rows_of(draw, values, targets, least):
    """Outputs (rows, outputs) of `values`, and targets for them."""
    rows, outputs = draw(st.integers(1, 12)), draw(st.integers(least, 4))
    z = draw(arrays(np.float32, (rows, outputs), elements=values))
    return z, draw(targets(rows, outputs))


def ids(rows, outputs):
    return arrays(np.int64, rows, elements=st.integers(0, outputs - 1))


def bits(rows, outputs):
    return arrays(np.float32, (rows, outputs), elements=st.sampled_from([0.0, 1.0]))


def numbers(rows, outputs):
    return arrays(np.float32, (rows, outputs), elements=COARSE)


@pytest.mark.parametrize("name", ON_CLASSES)
@given(made=rows_of(COARSE, ids, least=2))
def test_metrics_of_classes_are_those_of_scikit_learn(name, made):
    agrees(name, CLASSES[name], *made)


@pytest.mark.parametrize("name", ON_CLASSES)
@given(made=rows_of(COARSE, bits, least=1))
def test_metrics_of_units_are_those_of_scikit_learn(name, made):
    agrees(name, UNITS[name], *made)


@given(made=rows_of(COARSE, ids, least=2))
def test_the_confusion_matrix_of_classes_is_that_of_scikit_learn(made):
    z, y = made
    expected = oracle.confusion_matrix(y, z.argmax(1), labels=range(z.shape[1]))
    assert np.array_equal(confusion_matrix(z, y), expected)


@given(made=rows_of(COARSE, bits, least=1))
def test_the_confusion_matrix_of_units_is_that_of_scikit_learn(made):
    z, y = made
    expected = [
        oracle.confusion_matrix(t, s, labels=[False, True])
        for s, t in zip((z > 0).T, y.T > 0.5, strict=True)
    ]
    assert np.array_equal(confusion_matrix(z, y).reshape(-1, 2, 2), expected)


def test_a_confusion_matrix_refuses_targets_that_do_not_fit():
    with pytest.raises(ValueError, match="shape"):
        confusion_matrix(np.zeros((3, 2)), np.zeros(4, np.int64))
    with pytest.raises(ValueError, match="ids 0 to 1"):
        confusion_matrix(np.zeros((3, 2)), np.array([0, 1, 2]))


@pytest.mark.parametrize("name", ON_NUMBERS)
@given(made=rows_of(FINE, numbers, least=1))
def test_metrics_of_numbers_are_those_of_scikit_learn(name, made):
    agrees(name, NUMBERS[name], *made)


@pytest.mark.parametrize("name", ON_CLASSES)
@pytest.mark.parametrize("said", [-1.0, 1.0])
@pytest.mark.parametrize("true", [0.0, 1.0])
def test_metrics_of_rows_all_alike_are_those_of_scikit_learn(name, said, true):
    z, y = np.full((5, 1), said, np.float32), np.full((5, 1), true, np.float32)
    agrees(name, UNITS[name], z, y)
    agrees(name, CLASSES[name], np.hstack([-z, z]), y[:, 0].astype(np.int64))


@pytest.mark.parametrize("value", [0.0, 3.0, 1e6])
@pytest.mark.parametrize("away", [0.0, 0.5])
@pytest.mark.parametrize("name", ON_NUMBERS)
def test_metrics_of_a_target_that_never_changes_are_those_of_scikit_learn(name, value, away):
    y = np.full((4, 2), value)
    agrees(name, NUMBERS[name], y + away, y)


@pytest.mark.parametrize("name", ON_CLASSES)
def test_a_metric_warns_of_a_stand_in_only_where_it_gave_one(name):
    z = np.array([[2.0], [-1.0], [0.5], [-3.0]])
    y = np.array([[1.0], [0.0], [0.0], [1.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UndefinedMetric)
        metrics[name]()(z, y)
