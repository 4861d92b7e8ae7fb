"""The plain face: fit, ask, evaluate, save; and a sentence for whatever does not fit."""

import copy
import json
import pickle
from dataclasses import replace
from inspect import signature

import numpy as np
import pytest

from nncore import (
    Dataset,
    Dense,
    Dropout,
    Recipe,
    Sequential,
    activations,
    fit,
    fit_recipe,
    load,
    losses,
    one_hot,
    optimizers,
    schedules,
    train,
)
from nncore.generated import bands, five_features, function, spiral
from nncore.saving import SavedError, save
from nncore.schedules import WarmUp

X, IDS = bands(seed=0, rows=150)
XV, IDS_V = bands(seed=1, rows=150)
MEASURED, BOTH = five_features(seed=0, rows=200)
POINTS, NUMBERS = function(seed=0, rows=200)
QUICK = {"optimizer": "adam", "learning_rate": 0.02, "epochs": 8}

TASKS = {
    "class ids": ([2, 8, 3], X, IDS),
    "one-hot": ([2, 8, 3], X, one_hot(IDS)),
    "yes or no": ([5, 8, 1], MEASURED, BOTH[:, 0] > 0.5),
    "several yes or no": ([5, 8, 2], MEASURED, BOTH),
    "a number": ([3, 8, 1], POINTS, NUMBERS[:, 0]),
    "several numbers": ([3, 8, 2], POINTS, np.hstack([NUMBERS, -NUMBERS])),
}
EVERY_TASK = pytest.mark.parametrize("task", TASKS)

RECIPE = Recipe(
    Sequential((Dense(8), activations["tanh"](), Dropout(0.9), Dense(3))),
    losses["categorical_cross_entropy"](),
    optimizers["adamw"](weight_decay=0.02),
    learning_rate=0.02,
    schedule=WarmUp(2, schedules["cosine"]()),
    epochs=6,
    lambd=0.5,
    metrics=("f1",),
)


def test_names_and_plain_defaults_are_a_promise():
    told = {
        name: one.default
        for name, one in signature(fit).parameters.items()
        if one.kind is one.KEYWORD_ONLY
    }
    promised = {
        "seed": 0,
        "keep_prob": None,
        "learning_rate": 0.0075,
        "lambd": None,
        "regularization": None,
        "activation": "relu",
        "mini_batch_size": 32,
        "optimizer": "gd",
        "beta1": 0.9,
        "beta2": 0.999,
        "decay": None,
        "decay_rate": None,
        "decay_interval": None,
        "epochs": 200,
    }
    assert {name: told[name] for name in promised} == promised
    assert next(iter(signature(fit).parameters)) == "layer_dims"


@pytest.mark.parametrize(
    ("switch", "shown"),
    [
        ({"regularization": "l2"}, {"lambd": 1.0}),
        ({"regularization": "both"}, {"lambd": 1.0}),
        ({"decay": "continuous"}, {"schedule": schedules["continuous"](0.01)}),
        ({"decay": "discrete"}, {"schedule": schedules["discrete"](0.01)}),
        ({"decay": "discrete", "decay_interval": 3}, {"schedule": schedules["discrete"](0.01, 3)}),
        ({"decay": "none", "regularization": "none"}, {"lambd": 0.0}),
    ],
)
def test_what_is_switched_on_without_a_value_has_one(switch, shown):
    recipe = fit([2, 4, 4, 3], X, IDS, epochs=5, **switch).recipe
    assert {name: getattr(recipe, name) for name in shown} == shown
    kept = [stage.keep_prob for stage in recipe.network.layers if isinstance(stage, Dropout)]
    assert kept == ([0.8, 0.8] if switch.get("regularization") == "both" else [])


@pytest.mark.parametrize("epochs", [1, 4, 5, 11])
def test_a_discrete_decay_steps_every_fifth_of_the_epochs(epochs):
    rates = fit([2, 3], X, IDS, epochs=epochs, decay="discrete", decay_rate=1.0).curve(
        "learning_rate"
    )
    steps = np.arange(epochs) // max(1, epochs // 5)
    np.testing.assert_allclose(rates, 0.0075 / (1.0 + steps))


@EVERY_TASK
def test_targets_come_back_as_they_went_in(task):
    dims, x, y = TASKS[task]
    model = fit(dims, x, y, **QUICK)
    said = model.predict(x)
    assert said.shape == (IDS.shape if task == "one-hot" else y.shape)
    if "number" in task:
        assert said.dtype == np.float64
        with pytest.raises(ValueError, match=r"no probabilities \(the loss is mse\)"):
            model.predict_proba(x)
    else:
        p = model.predict_proba(x)
        assert p.shape == (len(x), dims[-1])
        if dims[-1] == 3:
            np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)
            np.testing.assert_array_equal(p.argmax(axis=1), said)
        else:
            np.testing.assert_array_equal((p > 0.5).reshape(said.shape), said)


@EVERY_TASK
def test_a_fit_is_the_training_of_its_recipe(task):
    dims, x, y = TASKS[task]
    model = fit(dims, x, y, seed=3, **QUICK)
    y = IDS if task == "one-hot" else y.astype(np.float32 if y.dtype == bool else y.dtype)
    *_, last = training = list(trained := train(model.recipe, Dataset(x, y), 3))
    assert len(model.history) == len(training) == 8
    assert model.best_epoch == 8
    assert model.best.figures == last.figures
    np.testing.assert_array_equal(model.network.logits(x), trained.network.logits(x))


@EVERY_TASK
def test_evaluating_the_training_rows_gives_what_the_last_epoch_measured(task):
    dims, x, y = TASKS[task]
    model = fit(dims, x, y, **QUICK)
    found = model.evaluate(x, y)
    assert {f"train_{name}": pytest.approx(v, rel=1e-5) for name, v in found.items()} == (
        model.best.figures
    )


def test_the_best_epochs_weights_are_kept():
    data = (*spiral(seed=0, rows=60), *spiral(seed=1, rows=60))
    model = fit([2, 64, 3], *data, optimizer="adam", learning_rate=0.1, epochs=60)
    costs = model.curve("val_cost")
    assert model.best_epoch == costs.argmin() + 1 < 60
    assert model.evaluate(*data[2:])["cost"] == pytest.approx(costs.min(), rel=1e-6)
    assert len(costs) == 60


def test_a_model_says_of_itself_what_it_is_and_not_all_its_epochs():
    model = fit([2, 8, 3], X, IDS, **QUICK)
    assert repr(model).startswith("<Model of 51 parameters, from epoch 8 of 8: train_cost 0.")


def test_patience_ends_a_training_that_no_longer_improves():
    data = (*spiral(seed=0, rows=60), *spiral(seed=1, rows=60))
    model = fit([2, 64, 3], *data, optimizer="adam", learning_rate=0.1, patience=5)
    assert len(model.history) == model.best_epoch + 5 < 200


def test_the_same_seed_gives_the_same_bits_and_another_others():
    a, b, c = (fit([2, 8, 3], X, IDS, seed=seed, **QUICK).predict_proba(X) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.allclose(a, c)


def test_print_cost_prints_some_ten_epochs_and_which_was_kept(capsys):
    fit([2, 8, 3], X, IDS, XV, IDS_V, epochs=23, print_cost=True)
    *lines, kept = capsys.readouterr().out.splitlines()
    assert [int(line.split()[1]) for line in lines] == [1, *range(2, 23, 2), 23]
    assert "train_cost" in lines[0]
    assert "val_accuracy" in lines[0]
    assert kept.startswith("kept epoch 23, whose val_cost is lowest: ")
    fit([2, 8, 3], X, IDS, epochs=23, print_cost=10)
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == [
        *("1", "10", "20", "23")
    ]
    fit([2, 8, 3], X, IDS, epochs=2)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("name", ["val_cost", "train_f1", "learning_rate", "cost", "seconds"])
def test_a_curve_has_a_figure_of_every_epoch(name):
    model = fit_recipe(RECIPE, X, IDS, XV, IDS_V)
    assert model.curve(name).shape == (6,)
    with pytest.raises(LookupError, match=r"no figure 'loss'. There are .*val_cost"):
        model.curve("loss")


def test_lists_and_whole_numbers_do_as_well():
    model = fit(
        [2, 4, 1], [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], epochs=300, learning_rate=0.5
    )
    assert model.predict([[0, 0], [1, 1]]).tolist() == [0, 1]


def test_soft_targets_are_learned_as_shares_and_measured_by_cost_alone():
    shares = 0.9 * one_hot(IDS) + 0.1 / 3
    model = fit([2, 8, 3], X, shares, loss="categorical_cross_entropy", **QUICK)
    assert list(model.evaluate(X, shares)) == ["cost"]
    with pytest.raises(ValueError, match="f1 compares classes, but the targets are shares"):
        model.evaluate(X, shares, metrics=["f1"])


@EVERY_TASK
def test_a_saved_model_says_the_same_and_knows_how_it_was_trained(task, tmp_path):
    dims, x, y = TASKS[task]
    model = fit(dims, x, y, x, y, regularization="l2", **QUICK)
    model.save(tmp_path / "model")
    again = load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert again.recipe == model.recipe
    assert again.history == model.history
    assert (again.seed, again.best_epoch, again.flat) == (0, model.best_epoch, model.flat)
    assert again.evaluate(x, y) == model.evaluate(x, y)


def test_a_saved_recipe_of_any_parts_is_read(tmp_path):
    recipe = replace(RECIPE, loss=losses["huber"](0.5), metrics=("mae",))
    model = fit_recipe(recipe, X, one_hot(IDS), seed=5)
    model.save(tmp_path)
    assert load(tmp_path).recipe == recipe


@pytest.mark.parametrize("travel", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])  # noqa: S301  # our own
def test_a_model_travels(travel):
    model = fit([2, 8, 3], X, IDS, **QUICK)
    np.testing.assert_array_equal(travel(model).predict_proba(X), model.predict_proba(X))


def test_what_was_not_saved_as_a_model_is_refused_with_its_place(tmp_path):
    with pytest.raises(SavedError, match=r"network\.json: No such file .*save\(FOLDER\)"):
        load(tmp_path)
    model = fit([2, 8, 3], X, IDS, epochs=1)
    save(model.network, tmp_path)
    with pytest.raises(SavedError, match=r"model\.json: No such file .*save\(FOLDER\)"):
        load(tmp_path)
    model.save(tmp_path)
    place = tmp_path / "model.json"
    told = json.loads(place.read_text())
    for key in told:
        place.write_text(json.dumps({name: told[name] for name in told if name != key}))
        with pytest.raises(SavedError, match="does not describe a model"):
            load(tmp_path)
    for text in ("", "[]", '{"format": 9}', "nul"):
        place.write_text(text)
        with pytest.raises(SavedError, match="does not describe a model"):
            load(tmp_path)


def test_a_recipe_with_settings_for_members_is_not_for_one_network():
    with pytest.raises(ValueError, match="settings for 2 members, but this fits one"):
        fit_recipe(replace(RECIPE, learning_rate=(0.1, 0.2)), X, IDS)
