"""scikit-learn judges the two estimators by its own rules; the rest is what only we promise."""

import copy
import pickle
import warnings
from inspect import signature

import numpy as np
import pytest
from scipy.sparse import csr_array, csr_matrix
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

from nncore import Diverged
from nncore.estimators import NNClassifier, NNRegressor

IRIS = load_iris()
X = StandardScaler().fit_transform(IRIS.data)
CLASSES = IRIS.target
NAMES = IRIS.target_names[CLASSES]
LABELS = np.column_stack([CLASSES > 0, X[:, 1] > 0, CLASSES == 2]).astype(int)
NUMBERS = np.column_stack([300.0 * X[:, 0] + 1e4, np.sin(X[:, 1])])
BOTH = pytest.mark.parametrize("kind", [NNClassifier, NNRegressor])

TARGETS = {
    "names": (NNClassifier, NAMES),
    "two names": (NNClassifier, np.where(CLASSES == 1, "yes", "no")),
    "indicators": (NNClassifier, LABELS),
    "one number": (NNRegressor, NUMBERS[:, 0]),
    "numbers": (NNRegressor, NUMBERS),
}
EVERY_TARGET = pytest.mark.parametrize("what", TARGETS)


def quick(kind, **parameters):
    return kind(**{"layer_dims": (16,), "epochs": 30, "random_state": 0, **parameters})


def said(model):
    """Everything a model says of all rows."""
    outputs = [model.predict(X)]
    if is_classifier(model):
        outputs.append(model.predict_proba(X))
    return outputs


def assert_same(a, b):
    for one, other in zip(said(a), said(b), strict=True):
        np.testing.assert_array_equal(one, other)


@parametrize_with_checks([NNClassifier(), NNRegressor()])
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)


@BOTH
def test_nor_to_an_ensemble_and_no_check_is_excused(kind):
    found = check_estimator(kind(members=2, epochs=60), on_fail=None, on_skip=None)
    assert [one["check_name"] for one in found if one["status"] in ("failed", "xfail")] == []
    skipped = [str(one["exception"]) for one in found if one["status"] == "skipped"]
    assert all("not installed" in why or "not set" in why or "not have" in why for why in skipped)


@BOTH
def test_the_parameters_and_their_defaults_are_a_promise(kind):
    assert {name: one.default for name, one in signature(kind).parameters.items()} == {
        "layer_dims": (100,),
        "activation": "relu",
        "optimizer": "adam",
        "learning_rate": 1e-3,
        "beta1": 0.9,
        "beta2": 0.999,
        "decay": None,
        "decay_rate": None,
        "decay_interval": None,
        "regularization": None,
        "lambd": None,
        "keep_prob": None,
        "mini_batch_size": 32,
        "epochs": 200,
        "early_stopping": False,
        "validation_fraction": 0.1,
        "patience": 10,
        "initializer": "he_normal",
        "members": 1,
        "random_state": None,
        "verbose": False,
    }


def test_they_are_what_they_are_called():
    assert is_classifier(NNClassifier())
    assert is_regressor(NNRegressor())


@EVERY_TARGET
@pytest.mark.parametrize("members", [1, 3])
def test_every_kind_of_target_is_learnt(what, members):
    kind, y = TARGETS[what]
    model = quick(kind, members=members, epochs=80, learning_rate=0.01).fit(X, y)
    assert model.predict(X).shape == y.shape
    assert model.score(X, y) > 0.9
    assert len(model.loss_curve_) == model.n_iter_ == 80
    assert model.loss_curve_[-1] < model.loss_curve_[0]


def test_labels_come_back_as_they_went_in():
    model = quick(NNClassifier).fit(X, NAMES)
    assert list(model.classes_) == ["setosa", "versicolor", "virginica"]
    assert model.predict(X).dtype == NAMES.dtype
    p = model.predict_proba(X)
    np.testing.assert_array_equal(model.classes_[p.argmax(axis=1)], model.predict(X))
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)


def test_two_classes_share_a_unit_and_have_two_probabilities():
    model = quick(NNClassifier).fit(X, CLASSES == 1)
    assert model.n_outputs_ == 1
    assert model.predict_proba(X).shape == (150, 2)
    assert model.predict(X).dtype == bool


@EVERY_TARGET
def test_sparse_targets_are_as_good_as_dense_ones(what):
    kind, y = TARGETS[what]
    if y.ndim == 1:
        pytest.skip("a column has no sparse form")
    for sparse in (csr_matrix, csr_array):
        assert_same(quick(kind, epochs=3).fit(X, y), quick(kind, epochs=3).fit(X, sparse(y)))


def test_a_column_of_targets_is_flattened_with_a_word():
    with pytest.warns(DataConversionWarning, match="column-vector"):
        model = quick(NNRegressor, epochs=2).fit(X, NUMBERS[:, :1])
    assert model.predict(X).shape == (150,)


def test_predictions_of_numbers_are_in_their_own_units():
    model = quick(NNRegressor, epochs=60, learning_rate=0.01).fit(X, NUMBERS)
    assert model.predict(X).mean(axis=0) == pytest.approx(NUMBERS.mean(axis=0), rel=0.01, abs=0.1)


def test_a_target_that_never_changes_is_met():
    y = np.full(150, 7.0)
    model = quick(NNRegressor, learning_rate=0.01, epochs=60).fit(X, y)
    assert model.predict(X) == pytest.approx(y, abs=0.1)


@EVERY_TARGET
def test_the_same_random_state_gives_the_same_bits(what):
    kind, y = TARGETS[what]
    assert_same(quick(kind, epochs=5).fit(X, y), quick(kind, epochs=5).fit(X, y))


@pytest.mark.parametrize("what", ["names", "numbers"])
def test_members_are_an_average_of_networks(what):
    kind, y = TARGETS[what]
    model = quick(kind, members=3, epochs=5).fit(X, y)
    each = model.network_.predict(X.astype(np.float32))
    assert each.shape[0] == 3
    assert not np.allclose(each[0], each[1])
    if what == "names":
        np.testing.assert_allclose(model.predict_proba(X), each.mean(axis=0), atol=1e-6)


def test_the_first_member_is_the_network_trained_alone():
    alone = quick(NNClassifier, epochs=5).fit(X, NAMES).network_.buffers.theta
    beside = quick(NNClassifier, epochs=5, members=3).fit(X, NAMES).network_.buffers.theta
    np.testing.assert_array_equal(alone, beside[0])


@EVERY_TARGET
@pytest.mark.parametrize("members", [1, 2])
@pytest.mark.parametrize("travel", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])  # noqa: S301  # our own
def test_a_fitted_model_travels_and_goes_on_learning(what, members, travel):
    kind, y = TARGETS[what]
    model = quick(kind, members=members, epochs=3).fit(X, y)
    other = travel(model)
    assert_same(model, other)
    model.partial_fit(X, y)
    other.partial_fit(X, y)
    assert_same(model, other)


@EVERY_TARGET
def test_partial_fits_are_the_epochs_of_a_fit(what):
    kind, y = TARGETS[what]
    whole, parts = (quick(kind, epochs=4, decay="continuous") for _ in range(2))
    whole.fit(X, y)
    first = {"classes": np.unique(y)} if kind is NNClassifier and y.ndim == 1 else {}
    for _ in range(4):
        parts.partial_fit(X, y, **first)
        first = {}
    assert_same(whole, parts)
    assert parts.loss_curve_ == whole.loss_curve_
    assert parts.n_iter_ == 4


def test_partial_fit_meets_batches_without_every_class():
    model = quick(NNClassifier, learning_rate=0.02)
    for _ in range(30):
        for one in range(3):
            rows = np.r_[np.flatnonzero(one == CLASSES)[:5], 0, 75]
            model.partial_fit(X[rows], NAMES[rows], classes=IRIS.target_names)
    assert model.score(X, NAMES) > 0.8


def test_fit_begins_anew():
    model = quick(NNClassifier, epochs=3).fit(X, NAMES)
    model.partial_fit(X, NAMES)
    assert_same(model.fit(X, CLASSES), quick(NNClassifier, epochs=3).fit(X, CLASSES))


@EVERY_TARGET
@pytest.mark.parametrize("members", [1, 2])
def test_early_stopping_keeps_the_best_epoch(what, members):
    kind, y = TARGETS[what]
    model = quick(kind, early_stopping=True, patience=3, learning_rate=0.05, epochs=300)
    model.set_params(members=members, validation_fraction=0.3).fit(X, y)
    curve = model.validation_curve_
    assert model.n_iter_ == len(curve) == len(model.loss_curve_)
    assert model.best_epoch_ == np.argmin(curve) + 1
    assert model.n_iter_ in (300, model.best_epoch_ + 3)
    again = clone(model).set_params(epochs=model.best_epoch_).fit(X, y)
    assert_same(model, again)


def test_verbose_prints_a_line_an_epoch(capsys):
    quick(NNClassifier, epochs=3, verbose=True, early_stopping=True).fit(X, NAMES)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("epoch 1: cost ")
    assert "validation" in lines[0]


def test_they_work_in_pipelines_searches_and_cross_validation():
    pipeline = make_pipeline(StandardScaler(), quick(NNClassifier, learning_rate=0.02))
    grid = {"nnclassifier__layer_dims": [(), (8, 8)], "nnclassifier__optimizer": ["gd", "adam"]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(IRIS.data, NAMES)
    assert search.best_score_ > 0.9
    assert search.best_params_["nnclassifier__optimizer"] == "adam"
    scores = cross_val_score(quick(NNRegressor, learning_rate=0.01), X, NUMBERS, cv=3)
    assert scores.shape == (3,)
    assert cross_val_score(pipeline, IRIS.data, NAMES, cv=3).mean() > 0.9


def test_digits_are_read():
    x, y = load_digits(return_X_y=True)
    learnt, judged = train_test_split(np.arange(len(x)), random_state=0)
    model = NNClassifier((64,), epochs=30, random_state=0).fit(x[learnt] / 16, y[learnt])
    assert model.score(x[judged] / 16, y[judged]) > 0.96


@pytest.mark.parametrize(
    "parameters",
    [
        {"regularization": "l2"},
        {"regularization": "l2", "lambd": 0.1},
        {"regularization": "dropout", "keep_prob": 0.9},
        {"regularization": "both", "keep_prob": (0.9, 0.7), "layer_dims": (8, 8)},
        {"decay": "cosine"},
        {"decay": "discrete", "decay_rate": 0.5},
        {"decay": "exponential"},
        {"decay": "discrete", "decay_rate": 0.5, "decay_interval": 3},
        {"optimizer": "rmsprop", "beta1": 0.8},
        {"initializer": "xavier_normal", "activation": "tanh"},
        {"layer_dims": ()},
        {"mini_batch_size": 10**6},
    ],
)
@BOTH
def test_parameters_take_effect(kind, parameters):
    y = CLASSES if kind is NNClassifier else NUMBERS[:, 1]
    plain = quick(kind, epochs=8).fit(X, y)
    other = quick(kind, epochs=8, **parameters).fit(X, y)
    assert not np.allclose(plain.loss_curve_, other.loss_curve_, rtol=1e-6)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"activation": "rleu"}, "Did you mean 'relu'"),
        ({"optimizer": "adm"}, "Did you mean 'adam'"),
        ({"decay": "cosin"}, "Did you mean 'cosine'"),
        ({"initializer": "he"}, "no initializer called 'he'"),
        ({"regularization": "l1"}, "regularization is 'l1'"),
        ({"lambd": 1.0}, "lambd is 1 with regularization None"),
        ({"lambd": 0.0, "regularization": "l2"}, "above 0"),
        ({"lambd": 1.0, "regularization": "dropout"}, "would do nothing"),
        ({"keep_prob": 0.5}, "would do nothing"),
        ({"keep_prob": 1.0, "regularization": "dropout"}, "To keep everything"),
        ({"regularization": "dropout", "layer_dims": ()}, "without hidden layers"),
        ({"decay_rate": 0.1}, "decay is None, which has none"),
        ({"decay_rate": 0.1, "decay": "cosine"}, "decay is 'cosine', which has none"),
        ({"decay": "discrete", "decay_rate": 0.0}, "decay_rate is 0"),
        ({"decay": "continuous", "decay_interval": 3}, "choose 'discrete', or leave"),
        ({"decay": "discrete", "decay_interval": 200}, "200 epochs: the rate would never change"),
        ({"optimizer": "momentum", "beta2": 0.9}, "'momentum' has none: choose 'adam' or 'adamw'"),
        ({"layer_dims": 100}, r"layer_dims is 100; .* such as \(64,\)"),
        ({"learning_rate": "0.1"}, "learning_rate is '0.1'"),
        ({"epochs": 2.5}, "epochs is 2.5"),
        ({"members": 0}, "members is 0"),
        ({"epochs": 0}, "epochs is 0"),
        ({"learning_rate": -1.0}, "learning_rate is -1"),
        ({"early_stopping": True, "validation_fraction": 1.5}, "validation_fraction is 1.5"),
        ({"early_stopping": True, "patience": 0}, "patience is 0"),
        ({"layer_dims": (0,)}, "width in layer_dims is 0"),
        ({"beta1": 1.0}, "beta1 is 1"),
    ],
)
@BOTH
def test_a_parameter_that_makes_no_sense_is_refused_with_the_way_out(kind, parameters, sentence):
    with pytest.raises((ValueError, LookupError), match=sentence):
        kind(**parameters).fit(X, CLASSES)


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (np.zeros(150), "one class only"),
        (NUMBERS[:, 0], "continuous"),
        (np.column_stack([CLASSES, CLASSES]), "a classifier each"),
        (np.where(CLASSES == 0, np.nan, 1.0), "NaN"),
        (CLASSES[:9], "inconsistent numbers"),
    ],
)
def test_targets_that_are_no_classes_are_refused(y, sentence):
    with pytest.raises(ValueError, match=sentence):
        quick(NNClassifier).fit(X, y)


def test_partial_fit_refuses_what_it_cannot_go_on_with():
    with pytest.raises(ValueError, match=r"classes=\[…\]"):
        quick(NNClassifier).partial_fit(X, NAMES)
    with pytest.raises(ValueError, match="early_stopping"):
        quick(NNRegressor, early_stopping=True).partial_fit(X, NUMBERS)
    model = quick(NNClassifier, epochs=2, decay="cosine").fit(X, NAMES)
    with pytest.raises(ValueError, match="raise epochs"):
        model.partial_fit(X, NAMES)
    model.set_params(epochs=5, decay=None)
    with pytest.raises(ValueError, match="'lily', which is not among the classes"):
        model.partial_fit(X[:2], ["setosa", "lily"])
    with pytest.raises(ValueError, match="at the first call"):
        model.partial_fit(X, NAMES, classes=["setosa", "lily"])
    with pytest.raises(ValueError, match="unlike the one"):
        model.partial_fit(X, LABELS)
    with pytest.raises(ValueError, match="does not fit this training"):
        model.set_params(layer_dims=(3,)).partial_fit(X, NAMES)
    with pytest.raises(ValueError, match="unlike the one"):
        quick(NNRegressor, epochs=2).fit(X, NUMBERS).partial_fit(X, NUMBERS[:, 0])


@BOTH
def test_asking_before_fitting_says_so(kind):
    with pytest.raises(NotFittedError):
        kind().predict(X)
    with pytest.raises(NotFittedError):
        _ = kind().network_


def test_a_cost_that_runs_off_is_said_and_not_predicted_from():
    model = quick(NNRegressor, optimizer="gd", learning_rate=1e6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Diverged, match="Try a lower learning_rate"):
            model.fit(X, NUMBERS)
