"""Networks trained together are the networks trained alone, whatever members differ in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nncore import (
    Dataset,
    Dense,
    Diverged,
    Dropout,
    Recipe,
    Sequential,
    activations,
    gradient_check,
    losses,
    optimizers,
    train,
    train_member,
)
from nncore.objective import Objective
from nncore.saving import load, load_state, save, save_state

RNG = np.random.default_rng(2)
X = RNG.normal(size=(160, 5)).astype(np.float32)
IDS = (X[:, 0] + 0.3 * X[:, 1] > 0).astype(np.int64) + (X[:, 2] > 0.5)
TARGETS = {
    "categorical_cross_entropy": IDS,
    "binary_cross_entropy": (IDS[:, None] == np.arange(3)).astype(np.float32),
    "mse": np.stack([X[:, 0], X[:, 1] * X[:, 2], X.sum(axis=1)], axis=1),
}


def data(loss="categorical_cross_entropy", rows=slice(0, 120)):
    y = TARGETS[loss]
    return Dataset(X[rows], y[rows], X[120:], y[120:])


def network(keep_prob=0.8, activation="relu"):
    act, keeps = activations[activation](), Dropout(keep_prob)
    return Sequential((Dense(9), act, keeps, Dense(6), act, Dense(3)))


RECIPE = Recipe(
    network(),
    losses["categorical_cross_entropy"](),
    learning_rate=0.02,
    epochs=4,
    mini_batch_size=32,
    lambd=0.7,
)

APART = {
    "learning_rate": replace(RECIPE, learning_rate=(0.03, 0.003, 0.01)),
    "lambd": replace(RECIPE, lambd=(0.0, 2.0, 30.0)),
    "keep_prob": replace(RECIPE, network=network((0.5, 0.9, 0.73))),
    "beta1": replace(RECIPE, optimizer=optimizers["adam"](beta1=(0.9, 0.5, 0.97))),
    "beta2": replace(RECIPE, optimizer=optimizers["adam"](beta2=(0.999, 0.9, 0.99))),
    "weight_decay": replace(RECIPE, optimizer=optimizers["adamw"](weight_decay=(1.0, 0.1, 5.0))),
    "momentum": replace(RECIPE, optimizer=optimizers["momentum"](beta1=(0.9, 0.3, 0.0))),
    "rmsprop": replace(RECIPE, optimizer=optimizers["rmsprop"](beta1=(0.9, 0.3, 0.97))),
    "gd": replace(RECIPE, optimizer=optimizers["gd"](), learning_rate=(0.1, 0.01, 1.0)),
    "all": Recipe(
        network((0.5, 0.9, 0.73)),
        RECIPE.loss,
        optimizers["adamw"](beta1=(0.9, 0.5, 0.97), beta2=(0.99, 0.9, 0.5), weight_decay=(3, 2, 1)),
        learning_rate=(0.03, 0.003, 0.01),
        lambd=(0.0, 2.0, 30.0),
        epochs=4,
        clip_norm=0.5,
    ),
}


def finished(training):
    return training, list(training)


def assert_equal(training, epochs, alone, k):
    """Member k and the network alone: the same bits, and the same figures in every epoch."""
    other, others = finished(alone)
    assert other.network.members is None
    mine = training.state().arrays
    for name, array in other.state().arrays.items():
        np.testing.assert_array_equal(mine[name][..., k, :], array)
    for epoch, its in zip(epochs, others, strict=True):
        assert {name: figure[k] for name, figure in epoch.figures.items()} == its.figures
        assert epoch.cost[k] == pytest.approx(its.cost, rel=1e-6)
        assert np.broadcast_to(epoch.learning_rate, 3)[k] == its.learning_rate


@pytest.mark.parametrize("setting", APART)
def test_members_may_have_settings_of_their_own(setting):
    training, epochs = finished(train(APART[setting], data(), 5))
    assert training.network.members == 3
    assert len({theta.tobytes() for theta in training.network.buffers.theta}) == 3
    for k in range(3):
        assert_equal(training, epochs, train_member(APART[setting], data(), 5, k), k)
        alone = train_member(APART[setting].member(k), data(), 5, k)
        assert_equal(training, epochs, alone, k)


@pytest.mark.parametrize("loss", TARGETS)
@pytest.mark.parametrize("activation", activations)
def test_members_are_equal_under_every_loss_and_activation(loss, activation):
    recipe = replace(
        APART["all"], loss=losses[loss](), network=network((0.5, 0.9, 0.73), activation)
    )
    training, epochs = finished(train(recipe, data(loss), 5))
    assert_equal(training, epochs, train_member(recipe, data(loss), 5, 1), 1)


def test_a_seed_of_ones_own_gives_what_it_gives_alone(monkeypatch):
    monkeypatch.setattr("nncore.training.SAMPLE", 50)  # so that rows are drawn by seed
    training, epochs = finished(train(APART["keep_prob"], data(), [7, 1, 3]))
    for k, seed in enumerate([7, 1, 3]):
        assert_equal(training, epochs, train(APART["keep_prob"].member(k), data(), seed), k)
        alone = train_member(APART["keep_prob"], data(), [7, 1, 3], k)
        assert_equal(training, epochs, alone, k)


def folds(ends):
    """Data sets that each leave out another part; judged by what they leave out."""
    y = TARGETS["categorical_cross_entropy"]
    made = []
    for start, stop in zip((0, *ends), ends, strict=False):
        left = np.r_[0:start, stop:160]
        made.append(Dataset(X[left], y[left], X[start:stop], y[start:stop]))
    return made


def test_folds_are_trained_together():
    three = folds((40, 80, 120))
    training, epochs = finished(train(RECIPE, three, 5))
    for k in range(3):
        assert_equal(training, epochs, train_member(RECIPE, three, 5, k), k)
    training, epochs = finished(train(APART["all"], three, [4, 9, 4]))
    for k, seed in enumerate([4, 9, 4]):
        assert_equal(training, epochs, train(APART["all"].member(k), three[k], seed), k)


def test_folds_of_different_lengths_go_at_the_pace_of_the_shortest():
    uneven = folds((40, 79, 119))
    training, epochs = finished(train(RECIPE, uneven, 5))
    assert training._learners[0]._batches.rows == 120
    shortest = train_member(RECIPE, uneven, 5, 0)
    assert_equal(training, epochs, shortest, 0)
    judged = uneven[1]
    assert judged.y_valid is not None
    said = training.network.member(1).logits(judged.x_valid)
    found = losses["categorical_cross_entropy"]().mean(said, judged.y_valid)
    assert epochs[-1].figures["val_cost"][1] == pytest.approx(found, rel=1e-6)
    left_out = set()
    for _ in range(40):
        training._learners[0]._batches._shuffle()
        left_out |= set(range(121)) - set(training._learners[0]._batches._each[1].tolist())
    assert len(left_out) > 20  # others every time


def test_each_member_is_penalised_by_the_rows_it_has():
    net = network().build(5, 8, np.random.default_rng(0), 2)
    objective = Objective(net, RECIPE.loss, 3.0, (100, 200))
    squares = (net.buffers.theta[:, net.buffers.decays] ** 2).sum(axis=1)
    np.testing.assert_allclose(
        objective.penalty().ravel(), 3.0 / np.array([200, 400]) * squares, rtol=1e-5
    )


@pytest.mark.parametrize("setting", [None, "all"])
def test_one_member_is_the_plain_network_with_an_axis(setting):
    recipe = RECIPE if setting is None else replace(RECIPE, lambd=(0.7,), learning_rate=(0.02,))
    training, epochs = finished(train(recipe, data(), 5, members=1))
    other, others = finished(train(RECIPE, data(), 5))
    np.testing.assert_array_equal(training.network.buffers.theta, [other.network.buffers.theta])
    for epoch, its in zip(epochs, others, strict=True):
        assert {n: f.tolist() for n, f in epoch.figures.items()} == {
            n: [f] for n, f in its.figures.items()
        }
        assert epoch.cost.tolist() == [its.cost]
        assert epoch.gradient_norm.tolist() == [pytest.approx(its.gradient_norm)]
    np.testing.assert_array_equal(training.network.predict(X), [other.network.predict(X)])
    for name, view in other.network.weights.items():
        np.testing.assert_array_equal(training.network.weights[name], [view])


@pytest.mark.parametrize("members", [1, 3])
def test_a_member_can_be_taken_out_and_stays_the_same_network(members, tmp_path):
    training = train(RECIPE, data(), 5, members)
    list(training)
    together = training.network.predict(X)
    assert together.shape == (members, 160, 3)
    one = training.network.member(members - 1)
    np.testing.assert_array_equal(one.predict(X), together[-1])
    training.network.buffers.theta[-1] += 1.0
    assert not np.array_equal(one.predict(X), together[-1])  # the same parameters, live
    save(one, tmp_path)
    np.testing.assert_array_equal(load(tmp_path).predict(X), one.predict(X))


def test_members_with_keep_probs_of_their_own_are_saved(tmp_path):
    training = train(APART["keep_prob"], data(), 5)
    next(training)
    save(training.network, tmp_path)
    again = load(tmp_path)
    assert again.sequential == training.network.sequential
    np.testing.assert_array_equal(again.predict(X), training.network.predict(X))
    with pytest.raises(IndexError, match="There is no member 3: there are 3"):
        again.member(3)


def test_members_apart_go_on_as_if_never_stopped():
    whole = train(APART["all"], folds((40, 80, 120)), [1, 2, 3])
    next(whole)
    next(whole)
    state = whole.state()
    list(whole)
    resumed = train(APART["all"], folds((40, 80, 120)), [1, 2, 3])
    resumed.restore(state)
    list(resumed)
    np.testing.assert_array_equal(resumed.network.buffers.theta, whole.network.buffers.theta)


@pytest.mark.parametrize("loss", losses)
def test_the_gradient_of_members_apart_is_right(loss):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 5)), rng.normal(size=(12, 3))
    y = rng.integers(0, 3, 12) if loss == "categorical_cross_entropy" else y
    y = rng.integers(0, 2, (12, 3)) * 1.0 if loss == "binary_cross_entropy" else y
    net = network((0.5, 0.8), "tanh")
    found = gradient_check(net, losses[loss](), x, y, lambd=(0.5, 9.0), members=2)
    assert found.error <= 1e-7


def test_who_diverged_is_said():
    recipe = replace(RECIPE, optimizer=optimizers["gd"](), learning_rate=(0.01, 1e30))
    with pytest.raises(Diverged, match=r"cost of member 1 was .*learning_rate 1e\+30"):
        list(train(recipe, data(), 5))


@pytest.mark.parametrize(
    ("recipe", "rows", "seed", "members", "said"),
    [
        (APART["lambd"], data(), 0, 2, "lambd is said for 3 members, but there are 2"),
        (RECIPE, data(), [0, 1], 3, "seed is said for 2 members, but there are 3"),
        (RECIPE, [data()] * 2, [0, 1, 2], None, "data is said for 2 members, but there are 3"),
        (APART["beta1"], data(), 0, 2, "beta1 is said for 3"),
        (APART["keep_prob"], data(), 0, 1, "keep_prob is said for 3"),
        (RECIPE, data(), 0, 0, "members is 0"),
        (RECIPE, [], 0, None, "members is 0"),
        (RECIPE, [data(), Dataset(X[:, :2], IDS, X[:, :2], IDS)], 0, None, "2 features"),
        (RECIPE, [data(), Dataset(X, IDS)], 0, None, "validation rows"),
        (RECIPE, [data(), data("mse")], 0, None, r"Member 1 has targets of shape \(120, 3\)"),
    ],
)
def test_members_that_do_not_fit_together_are_refused(recipe, rows, seed, members, said):
    with pytest.raises(ValueError, match=said):
        train(recipe, rows, seed, members)


@pytest.mark.parametrize(
    ("recipe", "rows", "seed"),
    [(APART["beta1"], data(), 0), (RECIPE, [data()] * 3, 0), (RECIPE, data(), [4, 5, 6])],
)
def test_a_member_that_there_is_not_is_refused_and_not_another_one_trained(recipe, rows, seed):
    train_member(recipe, rows, seed, 2)
    with pytest.raises(ValueError, match="member is 3, but there are 3, counted from 0"):
        train_member(recipe, rows, seed, 3)
    with pytest.raises(ValueError, match="member is -1; it is a whole number, 0 or more"):
        train_member(recipe, rows, seed, -1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"learning_rate": (0.1, -1.0)}, "learning_rate is -1"),
        ({"lambd": (0.1, -2.0)}, "lambd is -2"),
    ],
)
def test_a_members_own_setting_is_checked_too(change, said):
    with pytest.raises(ValueError, match=said):
        replace(RECIPE, **change)
    with pytest.raises(ValueError, match="beta1 is 1"):
        optimizers["adam"](beta1=(0.5, 1.0))
    with pytest.raises(ValueError, match=r"keep_prob is 1\.5"):
        Dropout((0.5, 1.5))


def test_each_member_can_keep_the_weights_of_its_own_best_epoch():
    training = train(replace(APART["all"], epochs=8), folds((40, 80, 120)), 5)
    lowest, kept = np.full(3, np.inf), training.network.buffers.theta.copy()
    for epoch in training:
        better = epoch.figures["val_cost"] < lowest
        lowest = np.where(better, epoch.figures["val_cost"], lowest)
        kept[better] = training.network.buffers.theta[better]
    training.network.buffers.theta[...] = kept
    for k, fold in enumerate(folds((40, 80, 120))):
        assert fold.y_valid is not None
        said = training.network.member(k).logits(fold.x_valid)
        assert RECIPE.loss.mean(said, fold.y_valid) == pytest.approx(lowest[k], rel=1e-6)


def test_folds_go_on_from_a_state_on_disk_as_if_never_stopped(tmp_path):
    whole = train(APART["all"], folds((40, 80, 120)), 5)
    next(whole)
    save_state(whole.state(), tmp_path / "state.safetensors")
    rest = list(whole)
    resumed = train(APART["all"], folds((40, 80, 120)), 5)
    resumed.restore(load_state(tmp_path / "state.safetensors"))
    for epoch, other in zip(rest, resumed, strict=True):
        for name, figure in epoch.figures.items():
            np.testing.assert_array_equal(other.figures[name], figure)
    np.testing.assert_array_equal(resumed.state().arrays["state"], whole.state().arrays["state"])


def test_of_many_rows_some_are_measured_and_all_are_learnt_from():
    some = replace(RECIPE, measured=30)
    training, epochs = finished(train(some, folds((30, 70, 110)), 5))
    whole, others = finished(train(RECIPE, folds((30, 70, 110)), 5))
    np.testing.assert_array_equal(training.network.buffers.theta, whole.network.buffers.theta)
    for epoch, its in zip(epochs, others, strict=True):
        np.testing.assert_array_equal(epoch.figures["val_cost"], its.figures["val_cost"])
        assert (epoch.figures["train_cost"] != its.figures["train_cost"]).all()
        np.testing.assert_allclose(epoch.figures["train_cost"], its.figures["train_cost"], rtol=0.5)
    assert_equal(training, epochs, train_member(some, folds((30, 70, 110)), 5, 1), 1)


def test_members_are_measured_alike_whether_their_rows_are_copied_together(monkeypatch):
    _, epochs = finished(train(RECIPE, folds((40, 80, 120)), 5))
    monkeypatch.setattr("nncore.evaluation.SMALL", 0)
    _, others = finished(train(RECIPE, folds((40, 80, 120)), 5))
    for epoch, its in zip(epochs, others, strict=True):
        for name, figures in epoch.figures.items():
            np.testing.assert_array_equal(figures, its.figures[name])
