"""Rows and targets as people hold them: the search estimators take them, or say what is wrong."""

import warnings
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import log_loss

import hpsearch
from hpsearch import HPSearchClassifier, HPSearchRegressor
from hpsearch.searching import fitting

QUICK = {"data.validation": 0.25, "layers": [8], "epochs": 4, "lr": 0.05, "batch": 16}
X = np.random.default_rng(0).normal(size=(60, 2))
Y = np.arange(60) % 3


def classifier():
    return HPSearchClassifier(QUICK, trials=1, random_state=0)


def regressor():
    return HPSearchRegressor(QUICK, trials=1, random_state=0)


@pytest.mark.parametrize("package", ["hpsearch", "nncore"])
def test_type_checkers_are_told_that_there_are_types(package):
    assert (files(package) / "py.typed").is_file()


@pytest.mark.parametrize(
    "hold",
    [
        lambda x: {"a": x[:, 0], "b": x[:, 1]},
        lambda x: pl.DataFrame(x, ["a", "b"]).lazy(),
        lambda x: pd.DataFrame(x, columns=["a", "b"]),
    ],
    ids=["a mapping", "a lazy frame", "a frame"],
)
def test_columns_by_name_are_learnt_and_asked_for(hold):
    model = classifier().fit(hold(X), Y)
    assert list(model.feature_names_in_) == ["a", "b"]
    assert np.array_equal(model.predict(hold(X)), model.predict(pl.DataFrame(X, ["a", "b"])))


def test_numbers_of_more_bits_than_a_frame_has_are_rounded():
    model = classifier().fit(X.astype(np.longdouble), Y)
    assert np.array_equal(model.predict(X.astype(np.longdouble)), model.predict(X))


@pytest.mark.parametrize(
    "column",
    [
        pl.Series([[a, b, a * b] for a, b in X.tolist()]),
        pl.Series([timedelta(seconds=a) for a in X[:, 0].tolist()]),
        pl.Series([Path("ab"[at % 2]) for at in range(60)], dtype=pl.Object),
    ],
    ids=["lists", "durations", "objects"],
)
def test_columns_of_types_of_their_own_are_asked_for_as_they_were_learnt(column):
    frame = pl.DataFrame({"own": column, "b": X[:, 1]})
    model = classifier().fit(frame, Y)
    assert np.array_equal(model.predict(frame[:30]), model.predict(frame)[:30])
    assert [*map(str, model.predict(frame))] == model.model_.predict(frame).astype(str).tolist()


def test_a_column_that_cannot_be_used_any_more_is_not_taken_for_an_empty_one():
    frame = pl.DataFrame({"a": X[:, 0], "b": X[:, 1]})
    model = classifier().fit(frame, Y)
    with pytest.raises(fitting.EstimatorError, match="'a' holds lists of different lengths"):
        model.predict(pl.DataFrame({"a": [[1.0], [1.0, 2.0]], "b": [0.5, 0.5]}))


@pytest.mark.parametrize("y", [Y, Y > 1, Y / 2 // 0.5], ids=["int", "bool", "float"])
def test_numbers_that_came_as_objects_are_numbers(y):
    model = classifier().fit(X, y.astype(object))
    assert model.classes_.tolist() == np.unique(y).tolist()
    assert model.predict(X).dtype == y.dtype


@pytest.mark.parametrize(
    ("make", "x", "y", "said"),
    [
        (classifier, X, [None, "a", "b"] * 20, "^y has no value in 20 of 60 cells; leave out"),
        (regressor, X, [None, 1.0, 2.0] * 20, "^y has no value in 20 of 60 cells; leave out"),
        (regressor, X, ["1", "a", "b"] * 20, "^y holds 'a', which is no number"),
        (regressor, X, pd.date_range("2020", periods=60), r"^y holds datetime64\[.s\], which is"),
        (classifier, pd.DataFrame(X, columns=["a", "a"]), Y, "^There is more than one column 'a'"),
    ],
)
def test_what_cannot_be_learnt_is_one_sentence(make, x, y, said):
    with pytest.raises(ValueError, match=said) as error:
        make().fit(x, y)
    assert isinstance(error.value, hpsearch.HpsearchError)


def test_probabilities_sum_to_one_as_closely_as_scikit_learn_wants_them():
    model = classifier().fit(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log_loss(Y, model.predict_proba(X))
        log_loss(Y, model.model_.predict_proba(X))


def test_ctrl_c_tells_of_no_run_folder_that_is_gone(monkeypatch):
    def stopped(asked, place, face):
        raise KeyboardInterrupt(f"it goes on from {place}")

    monkeypatch.setattr(fitting, "run", stopped)
    with pytest.raises(KeyboardInterrupt) as error:
        classifier().set_params(workers=2).fit(X, Y)
    assert str(error.value) == ""
