"""Whatever makes no sense is answered with a sentence, at every public entry: where, what, and the
way out."""

import warnings

import numpy as np
import pytest

from nncore import (
    Dataset,
    Dense,
    Diverged,
    Dropout,
    NotSeparated,
    Perturb,
    Recipe,
    Sequential,
    WeightSearch,
    activations,
    confusion_matrix,
    fit,
    fit_recipe,
    generators,
    gradient_check,
    initializers,
    layers,
    losses,
    metrics,
    normalizers,
    one_hot,
    optimizers,
    scaler_from_json,
    schedules,
    train,
    train_perceptron,
    until_stale,
)
from nncore.estimators import NNClassifier, NNRegressor
from nncore.weight_search import strategies

NAN = float("nan")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 3)).astype(np.float32)
IDS = (X[:, 0] > 0.0).astype(np.int64)
Y = IDS[:, None].astype(np.float32)
X_NAN, X_INF, Y_NAN = X.copy(), X.copy(), Y.copy()
X_NAN[4, 1], X_INF[4, 1], Y_NAN[3] = NAN, np.inf, NAN
SHAPE = Sequential.from_dims([3, 4, 1])
MSE, SOFTMAX = losses["mse"](), losses["categorical_cross_entropy"]()
REGISTRIES = {
    one.family: one
    for one in (
        activations, generators, initializers, layers, losses, metrics, normalizers, optimizers,
        schedules, strategies,
    )
}  # fmt: skip


def recipe(**parts):
    return Recipe(**{"network": SHAPE, "loss": MSE, "epochs": 2, **parts})


def trained(x=X, y=Y, seed=0, members=None, valid=(), **parts):
    return list(train(recipe(**parts), Dataset(x, y, *valid), seed, members))


def searched(x=X, y=Y, strategy=None, seed=0):
    return next(WeightSearch(SHAPE, MSE, Dataset(x, y), strategy or Perturb(), seed))


def stale(name="train_cost", patience=3, direction=None):
    return list(until_stale(train(recipe(), Dataset(X, Y), 0), name, patience, direction))


def network():
    return SHAPE.build(3, 4, np.random.default_rng(0))


def scaled(name, method, x):
    return getattr(normalizers[name]().fit(X), method)(x)


@pytest.mark.parametrize("family", REGISTRIES)
@pytest.mark.parametrize("name", ["nobody", None, 3, ["relu"]])
def test_a_name_nobody_knows_is_said_with_those_there_are(family, name):
    with pytest.raises(LookupError, match=f"There is no {family} called .*(Known|mean)"):
        REGISTRIES[family][name]


REFUSED = {
    # what a network is
    "dims from 0": (lambda: Sequential.from_dims([0, 3]), "layer_dims is 0; it is a whole"),
    "dims with a half": (lambda: Sequential.from_dims([3, 2.5, 1]), "layer_dims is 2.5"),
    "dims in words": (lambda: Sequential.from_dims("351"), "layer_dims is '3'"),
    "dims as a number": (lambda: Sequential.from_dims(5), "layer_dims is 5; it is the whole list"),
    "an activation that is none": (
        lambda: Sequential.from_dims([3, 1], activation=None), "no activation called None"),
    "an initializer that is none": (
        lambda: Sequential.from_dims([3, 1], initializer=7), "initializer is 7; it is one of"),
    "an output nobody knows": (
        lambda: Sequential.from_dims([3, 1], output="sotfmax"), "Did you mean 'softmax'"),
    "dropout of NaN": (lambda: Sequential.from_dims([3, 4, 1], keep_prob=NAN), "keep_prob is nan"),
    "dropout in words": (lambda: Dropout("half"), "keep_prob is 'half'; it is a number"),
    "layers by name": (lambda: Sequential(("dense",)), "Layer 0 is 'dense', which is no layer"),
    "layers not made": (lambda: Sequential((Dense,)), "Layer 0 is .*which is no layer"),
    "no layers": (lambda: Sequential(()), "needs a layer"),
    "a width of NaN": (lambda: Sequential((Dense(3),), NAN), "width is nan"),
    "half a unit": (lambda: Dense(2.5), r"Dense: units is 2\.5"),
    "units in words": (lambda: Dense("3"), "Dense: units is '3'"),
    "an initializer by name": (lambda: Dense(3, "he_normal"), "initializer is 'he_normal'"),
    "a spread of NaN": (lambda: initializers["scaled_normal"](NAN), "scale is nan"),
    "no width": (lambda: Sequential((Dense(2),)).parameters(), "Give `width`"),
    "the wrong width": (lambda: SHAPE.plans(4), "takes 3 features, but the data has 4"),
    # how it is trained
    "a rate of NaN": (lambda: recipe(learning_rate=NAN), "learning_rate is nan"),
    "a rate in words": (lambda: recipe(learning_rate="0.1"), "learning_rate is '0.1'"),
    "half an epoch": (lambda: recipe(epochs=2.5), r"epochs is 2\.5"),
    "batches in words": (lambda: recipe(mini_batch_size="32"), "mini_batch_size is '32'"),
    "a penalty of NaN": (lambda: recipe(lambd=NAN), "lambd is nan"),
    "clipping at NaN": (lambda: recipe(clip_norm=NAN), "clip_norm is nan"),
    "a loss by name": (lambda: recipe(loss="mse"), r"loss is 'mse'; .*losses\['mse'\]\(\)"),
    "an optimizer by name": (lambda: recipe(optimizer="adam"), "optimizer is 'adam'"),
    "an optimizer not made": (lambda: recipe(optimizer=optimizers["adam"]), "one that is made"),
    "a schedule by name": (lambda: recipe(schedule="cosine"), "schedule is 'cosine'"),
    "a network by its dims": (lambda: recipe(network=[3, 1]), "network is"),
    "metrics in a word": (lambda: recipe(metrics="rmse"), "metrics is 'rmse'; it is a list"),
    "a metric nobody knows": (lambda: recipe(metrics=("rsme",)), "Did you mean 'rmse'"),
    "a metric of classes": (lambda: recipe(metrics=("f1",)), "f1 is about classes"),
    "adam's epsilon": (lambda: optimizers["adam"](epsilon=NAN), "adam: epsilon is nan"),
    "rmsprop's epsilon": (lambda: optimizers["rmsprop"](epsilon=0.0), "rmsprop: epsilon is 0"),
    "a beta of NaN": (lambda: optimizers["momentum"](beta1=NAN), "momentum: beta1 is nan"),
    "a beta in words": (lambda: optimizers["adam"](beta2="x"), "adam: beta2 is 'x'"),
    "endless decay": (lambda: optimizers["adamw"](weight_decay=np.inf), "weight_decay is inf"),
    "a floor of NaN": (lambda: schedules["cosine"](floor=NAN), "cosine: floor is nan"),
    "a floor at the top": (lambda: schedules["cosine"](floor=1.0), r"floor is 1; it lies in \[0"),
    "half an interval": (lambda: schedules["discrete"](decay_interval=2.5), "decay_interval is"),
    "a decay in words": (lambda: schedules["exponential"]("x"), "decay_rate is 'x'"),
    "half a warm-up": (lambda: schedules["warmup"](1.5), r"warmup: its epochs is 1\.5"),
    "a warm-up to a name": (lambda: schedules["warmup"](2, "cosine"), "then is 'cosine'"),
    "a bend of NaN": (lambda: losses["huber"](NAN), "delta is nan"),
    # rows and targets
    "NaN in x": (lambda: trained(X_NAN), "x holds nan in row 4, feature 1. Fill"),
    "infinity in x": (lambda: trained(X_INF), "x holds inf in row 4, feature 1. Fill"),
    "NaN in y": (lambda: trained(y=Y_NAN), "targets hold NaN or infinity; leave"),
    "NaN in x_valid": (lambda: trained(valid=(X_NAN, Y)), "x_valid holds nan in row 4"),
    "NaN in y_valid": (lambda: trained(valid=(X, Y_NAN)), "targets hold NaN"),
    "x in words": (lambda: trained(X.astype(str)), "x is of type <U"),
    "x as a list": (lambda: trained(X.tolist()), r"x is of type list; .*np.asarray"),
    "y as a list": (lambda: trained(y=Y.tolist()), "the targets of x is of type list"),
    "fewer targets": (lambda: trained(y=Y[:3]), "x has 20 rows, but its targets have 3"),
    "wide targets": (lambda: trained(y=np.hstack([Y, Y])), r"\(20, 2\), but the network has 1"),
    "ids beyond the outputs": (lambda: trained(y=IDS, loss=SOFTMAX), "class ids run from 0 to 1"),
    "ids with decimals": (
        lambda: trained(y=IDS / 2, loss=SOFTMAX, network=Sequential.from_dims([3, 2])),
        "class ids .* integers"),
    "x too wide": (lambda: trained(X[:, :2]), "takes 3 features, but the data has 2"),
    "units of the wrong shape": (lambda: Dataset(X, Y, y_scale=np.ones(3)), "y_scale is"),
    "units of NaN": (lambda: Dataset(X, Y, y_scale=np.array([NAN])), "y_scale is"),
    "a weight of NaN": (lambda: Dataset(X, Y, weights=X_NAN[:, 1]), "A weight is"),
    "a seed below 0": (lambda: trained(seed=-1), "seed is -1"),
    "no seed": (lambda: trained(seed=None), "seed is None"),
    "no members": (lambda: trained(members=0), "members is 0"),
    "half a member": (lambda: trained(members=1.5), r"members is 1\.5"),
    "arrays for data": (lambda: train(recipe(), (X, Y), 0), "data holds, at 0, ndarray"),
    "a figure without rows": (lambda: stale("val_cost"), "no figure 'val_cost', only train_cost"),
    "a figure nobody knows": (lambda: stale("val_csot"), "no metric called"),
    "patience of NaN": (lambda: stale(patience=NAN), "patience is nan"),
    "a direction of neither": (lambda: stale(direction="up"), "direction is 'up'"),
    # what is asked of it
    "NaN to predict": (lambda: network().predict(X_NAN), "x holds nan in row 4, feature 1"),
    "infinity to predict": (lambda: network().logits(X_INF), "x holds inf in row 4"),
    "words to predict": (lambda: network().predict(X.astype(str)), "x is of type <U"),
    "one row flat": (lambda: network().predict(X[0]), "rows of 3 features, not"),
    "outputs of NaN": (lambda: metrics["rmse"]()(Y_NAN, Y), "outputs holds nan in row 3"),
    "a confusion of NaN": (lambda: confusion_matrix(X_NAN, IDS), "outputs holds nan in row 4"),
    "a confusion of halves": (lambda: confusion_matrix(X, IDS / 2), "Class ids are of type"),
    "a direction nobody knows": (lambda: metrics.direction("val_acuracy"), "mean 'accuracy'"),
    # what goes before and beside
    "ids that are no ids": (lambda: one_hot(np.array([0.5])), "integers"),
    "half a class": (lambda: one_hot(IDS, 2.5), r"classes is 2\.5"),
    "a scaler of no kind": (lambda: scaler_from_json({"kind": "liner"}), "not 'liner'"),
    "a scale of 0": (
        lambda: scaler_from_json({"kind": "linear", "shift": [0], "scale": [0]}), "other than 0"),
    "points without ranks": (
        lambda: scaler_from_json({"kind": "quantile", "points": [[0]], "ranks": []}), "a rank"),
    "a perceptron on NaN": (lambda: train_perceptron(X_NAN, IDS), "x holds nan in row 4"),
    "a perceptron on words": (lambda: train_perceptron(X.astype(str), IDS), "x is of type <U"),
    "a perceptron on numbers": (lambda: train_perceptron(X, IDS + 1), "yes and no"),
    "half an epoch of it": (lambda: train_perceptron(X, IDS, 1.5), r"epochs is 1\.5"),
    "a perceptron asked NaN": (lambda: train_perceptron(X, IDS)(X_NAN), "x holds nan in row 4"),
    "a perceptron asked less": (lambda: train_perceptron(X, IDS)(X[:, :2]), r"it is \(rows, 3\)"),
    "guesses on NaN": (lambda: searched(X_NAN), "x holds nan in row 4"),
    "guesses by name": (lambda: searched(strategy="perturb"), "strategy is 'perturb'"),
    "guesses from no seed": (lambda: searched(seed=-1), "seed is -1"),
    "guesses of NaN": (lambda: Perturb(NAN), "perturb: scale is nan"),
    "a check on NaN": (lambda: gradient_check(SHAPE, MSE, X_NAN, Y), "x holds nan in row 4"),
    "a check by 0": (lambda: gradient_check(SHAPE, MSE, X, Y, epsilon=0.0), "epsilon is 0"),
    "a check of none": (lambda: gradient_check(SHAPE, MSE, X, Y, sample=0), "sample is 0"),
    "a check of other rows": (lambda: gradient_check(SHAPE, MSE, X, Y[:3]), "20 rows, but"),
    # the plain face
    "fit: NaN in x": (lambda: fit([3, 1], X_NAN, Y), "x holds nan in row 4, column 1. Fill"),
    "fit: NaN in y": (lambda: fit([3, 1], X, Y_NAN), "y holds nan in row 3, column 0. Leave"),
    "fit: NaN in x_valid": (lambda: fit([3, 1], X, Y, X_NAN, Y), "x_valid holds nan in row 4"),
    "fit: NaN in y_valid": (lambda: fit([3, 1], X, Y, X, Y_NAN), "y_valid holds nan in row 3"),
    "fit: beyond float32": (lambda: fit([3, 1], X * np.float64(1e300), Y), "beyond float32"),
    "fit: half of validation": (lambda: fit([3, 1], X, Y, X), "both or neither"),
    "fit: x on its side": (lambda: fit([3, 1], X.T, Y), r"Rows come first: perhaps x\.T"),
    "fit: images": (lambda: fit([3, 1], X[:, :, None], Y), r"x\.reshape\(len\(x\), -1\)"),
    "fit: one row flat": (lambda: fit([3, 1], X[0], Y), r"one row alone is x\[None\]"),
    "fit: no rows": (lambda: fit([3, 1], X[:0], Y), "x has no rows"),
    "fit: no targets": (lambda: fit([3, 1], X, []), "at least one row"),
    "fit: fewer targets": (lambda: fit([3, 1], X, Y[:3]), "y has 3 targets for 20 rows"),
    "fit: words in x": (lambda: fit([3, 1], X.astype(str), Y), r"x is of type .*astype\(float\)"),
    "fit: names of classes": (lambda: fit([3, 2], X, ["a"] * 20), "holds 'a'.*np.unique"),
    "fit: classes or amounts": (lambda: fit([3, 1], X, IDS + 1), "may be classes or amounts"),
    "fit: shares or amounts": (
        lambda: fit([3, 2], X, np.full((20, 2), 0.5)), "may be shares or amounts"),
    "fit: decimal classes": (lambda: fit([3, 2], X, IDS / 2), r"y\.astype\(int\)"),
    "fit: a column of ids": (lambda: fit([3, 2], X, IDS[:, None]), r"y\.ravel\(\)"),
    "fit: too many outputs": (lambda: fit([3, 3], X, np.hstack([Y, Y])), "it should end in 2"),
    "fit: ids beyond": (lambda: fit([3, 2], X, IDS * 4), "y: The class ids run from 0 to 4"),
    "fit: one number": (lambda: fit([3], X, Y), "at least two numbers"),
    "fit: a loss nobody knows": (lambda: fit([3, 1], X, Y, loss="mes"), "Did you mean 'mse'"),
    "fit: an optimizer": (lambda: fit([3, 1], X, Y, optimizer="sgd"), "Did you mean 'gd'"),
    "fit: an activation": (lambda: fit([3, 1], X, Y, activation="rleu"), "mean 'relu'"),
    "fit: a decay": (lambda: fit([3, 1], X, Y, decay="cosin"), "mean 'cosine'"),
    "fit: a regularization": (lambda: fit([3, 1], X, Y, regularization="l1"), "is 'l1'; it is"),
    "fit: metrics in a word": (lambda: fit([3, 1], X, Y, metrics="f1"), r"it is a list: \['f1'\]"),
    "fit: lambd alone": (lambda: fit([3, 1], X, Y, lambd=1.0), "lambd is 1 .* do nothing"),
    "fit: lambd of 0": (
        lambda: fit([3, 1], X, Y, lambd=0.0, regularization="l2"), "lambd above 0"),
    "fit: keep_prob alone": (lambda: fit([3, 4, 1], X, Y, keep_prob=0.5), "would do nothing"),
    "fit: keep_prob of 1": (
        lambda: fit([3, 4, 1], X, Y, keep_prob=1.0, regularization="dropout"), "keep everything"),
    "fit: nothing to drop": (lambda: fit([3, 1], X, Y, regularization="dropout"), "hidden layers"),
    "fit: decay_rate alone": (lambda: fit([3, 1], X, Y, decay_rate=0.1), "decay_rate is 0.1, but"),
    "fit: decay_interval alone": (
        lambda: fit([3, 1], X, Y, decay="continuous", decay_interval=2), "choose 'discrete'"),
    "fit: no step of the decay": (
        lambda: fit([3, 1], X, Y, decay="discrete", decay_interval=9, epochs=9), "never change"),
    "fit: beta2 for nobody": (
        lambda: fit([3, 1], X, Y, beta2=0.9), "'gd' has none: choose 'adam' or 'adamw'"),
    "fit: patience alone": (lambda: fit([3, 1], X, Y, patience=3), "no validation rows"),
    "fit: a seed": (lambda: fit([3, 1], X, Y, seed=1.5), r"seed is 1\.5"),
    "fit: lines": (lambda: fit([3, 1], X, Y, print_cost=-1), "print_cost is -1"),
    "fit_recipe: another width": (lambda: fit_recipe(recipe(), X[:, :2], Y), r"\(rows, 3\)"),
    "a model asked NaN": (lambda: fit([3, 1], X, Y, epochs=1).predict(X_NAN), "holds nan"),
    "a model asked less": (lambda: fit([3, 1], X, Y, epochs=1).predict(X[:, :2]), "3 features"),
    "a model held to NaN": (lambda: fit([3, 1], X, Y, epochs=1).evaluate(X, Y_NAN), "y holds nan"),
    # the estimators
    "classes from NaN": (lambda: NNClassifier().fit(X_NAN, IDS), "NaN"),
    "numbers from infinity": (lambda: NNRegressor().fit(X_INF, IDS), "infinity"),
    "an estimator asked NaN": (lambda: NNRegressor(epochs=1).fit(X, IDS).predict(X_NAN), "NaN"),
    "half an ensemble": (lambda: NNClassifier(members=1.5).fit(X, IDS), r"members is 1\.5"),
    "half a patience": (
        lambda: NNClassifier(early_stopping=True, patience=1.5).fit(X, IDS), r"patience is 1\.5"),
    "a fraction in words": (
        lambda: NNRegressor(early_stopping=True, validation_fraction="a").fit(X, IDS),
        "validation_fraction is 'a'"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_makes_no_sense_is_refused_with_the_place_and_the_way_out(what):
    ask, sentence = REFUSED[what]
    with pytest.raises((ValueError, LookupError), match=f"(?s){sentence}"):
        ask()


WRONG_FIGURES = {
    "a row less": (Y, Y[1:]),
    "targets of a column": (Y, Y[:, 0]),
    "another unit": (np.hstack([Y, Y]), Y),
    "outputs of a column": (Y[:, 0], Y[:, 0]),
    "targets of NaN": (Y, Y_NAN),
    "outputs of NaN": (Y_NAN, Y),
    "ids beyond": (X, IDS + 2),
    "ids below": (X, IDS - 1),
    "words": (Y, Y.astype(str)),
    "a list": (Y, Y.tolist()),
}


@pytest.mark.parametrize("name", metrics)
@pytest.mark.parametrize("what", WRONG_FIGURES)
def test_no_metric_compares_what_does_not_fit(name, what):
    with pytest.raises(ValueError, match=r"shape|holds nan|class ids run|type"):
        metrics[name]()(*WRONG_FIGURES[what])


@pytest.mark.parametrize("name", normalizers)
@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (X_NAN, "Column 1 holds NaN"),
        (X_INF, "Column 1 holds NaN or infinity"),
        (X[:0], "has no rows"),
        (X[0], "it is .rows, columns"),
        (X.astype(str), "x is of type <U"),
    ],
)
def test_no_normalizer_is_fitted_to_what_it_cannot_scale(name, what, sentence):
    with pytest.raises(ValueError, match=sentence):
        normalizers[name]().fit(what)


@pytest.mark.parametrize("name", normalizers)
@pytest.mark.parametrize("method", ["apply", "inverse"])
@pytest.mark.parametrize("x", [X[:, :2], X[:, :1], X[0]])
def test_no_scaler_scales_other_columns_than_it_was_fitted_to(name, method, x):
    with pytest.raises(ValueError, match=r"it was fitted|was fitted to \(rows, 3\)"):
        scaled(name, method, x)


@pytest.mark.parametrize("name", generators)
@pytest.mark.parametrize(
    ("seed", "rows", "sentence"),
    [(0, 0, "rows is 0"), (0, 10.5, "rows is 10"), (-1, 10, "seed is -1"), (0.5, 10, "seed is")],
)
def test_no_data_is_made_of_nonsense(name, seed, rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        generators[name](seed, rows)


RUNS_OFF = {
    "train": lambda: trained(learning_rate=1e30),
    "train, members": lambda: trained(learning_rate=(1e-3, 1e30)),
    "fit": lambda: fit([3, 1], X, X[:, :1], learning_rate=1e30),
    "fit with validation": lambda: fit([3, 1], X, X[:, :1], X, X[:, :1], learning_rate=1e30),
    "fit_recipe": lambda: fit_recipe(recipe(learning_rate=1e30), X, X[:, :1]),
    "NNRegressor": lambda: NNRegressor(optimizer="gd", learning_rate=1e30).fit(X, X[:, 0]),
    "huge targets": lambda: fit([3, 1], X, np.full(20, 1e38), learning_rate=1.0),
}


@pytest.mark.parametrize("what", RUNS_OFF)
def test_a_cost_that_runs_off_is_said_with_what_to_try_and_no_other_warning(what):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Diverged, match=r"cost.* was .*epoch \d+.*Try a lower learning_rate"):
            RUNS_OFF[what]()


def test_a_guess_that_runs_off_is_recorded_and_not_kept():
    guess = searched(strategy=lambda rng, best: best * NAN)
    assert guess.cost == float("inf")
    assert not guess.kept
    assert np.isfinite(guess.best)


def test_a_perceptron_that_does_not_settle_says_so():
    with pytest.warns(NotSeparated, match="has not converged: . of 20 rows are wrong"):
        train_perceptron(X, RNG.integers(0, 2, 20), epochs=5)
