import pickle
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from nncore import (
    Dataset,
    Diverged,
    Epoch,
    Recipe,
    Sequential,
    losses,
    optimizers,
    schedules,
    train,
    train_member,
    until_stale,
)

RNG = np.random.default_rng(7)
X = RNG.normal(size=(150, 4)).astype(np.float32)
IDS = (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 0.3)
SUM = X.sum(axis=1, keepdims=True)
CLASSES = Dataset(X[:110], IDS[:110], X[110:], IDS[110:])
NUMBERS = Dataset(X[:110], SUM[:110], X[110:], SUM[110:], y_scale=np.array([10.0]))
UNIT = Dataset(X[:110], (SUM > 0)[:110].astype(np.float32), X[110:], (SUM > 0)[110:] * 1.0)

RECIPE = Recipe(
    Sequential.from_dims([4, 12, 9, 3], keep_prob=0.8),
    losses["categorical_cross_entropy"](),
    learning_rate=0.01,
    epochs=6,
    mini_batch_size=16,
    lambd=0.5,
    metrics=("accuracy", "f1"),
)


def with_optimizer(name):
    return replace(RECIPE, optimizer=optimizers[name]())


def finished(training):
    """The training at its end, and its epochs."""
    return training, list(training)


def plain(epochs):
    """All of some epochs but how long they took."""
    return [replace(epoch, seconds=0.0) for epoch in epochs]


def test_classes_are_learnt():
    recipe = replace(RECIPE, network=Sequential.from_dims([4, 32, 3]), lambd=0.0, epochs=60)
    epochs = list(train(recipe, CLASSES, 0))
    assert len(epochs) == 60
    assert epochs[-1].figures["train_accuracy"] > 0.95
    assert epochs[-1].figures["val_cost"] < 0.5 * epochs[0].figures["val_cost"]


def test_a_unit_is_learnt():
    network = Sequential.from_dims([4, 16, 1], activation="tanh")
    recipe = replace(
        RECIPE, network=network, loss=losses["binary_cross_entropy"](), lambd=0.0, epochs=40
    )
    recipe = replace(recipe, metrics=("roc_auc", "accuracy"))
    assert list(train(recipe, UNIT, 0))[-1].figures["val_roc_auc"] > 0.97


def test_numbers_are_learnt_and_shown_in_their_own_units():
    network = Sequential.from_dims([4, 16, 1])
    recipe = replace(RECIPE, network=network, loss=losses["mse"](), metrics=("rmse", "r2"))
    recipe = replace(recipe, lambd=0.0, epochs=60)
    figures = list(train(recipe, NUMBERS, 0))[-1].figures
    assert figures["val_r2"] > 0.97
    assert figures["val_rmse"] == pytest.approx(10 * figures["val_cost"] ** 0.5, rel=1e-4)


@pytest.mark.parametrize("name", optimizers)
def test_every_optimizer_lowers_the_cost(name):
    epochs = list(train(with_optimizer(name), CLASSES, 0))
    assert epochs[-1].figures["train_cost"] < epochs[0].figures["train_cost"]


def test_figures_are_those_of_the_network_that_is_left():
    training, epochs = finished(train(RECIPE, CLASSES, 0))
    for part, x, y in (("train", CLASSES.x, CLASSES.y), ("val", X[110:], IDS[110:])):
        z = training.network.logits(x)
        figures = epochs[-1].figures
        assert figures[f"{part}_accuracy"] == np.mean(z.argmax(axis=1) == y)
        assert figures[f"{part}_cost"] == pytest.approx(RECIPE.loss.mean(z, y), rel=1e-5)


def test_training_rows_are_measured_without_validation_rows_too():
    epoch = next(train(RECIPE, Dataset(CLASSES.x, CLASSES.y), 0))
    assert list(epoch.figures) == ["train_cost", "train_accuracy", "train_f1"]


def test_a_large_table_is_measured_on_a_sample_that_stays_the_same():
    x = RNG.normal(size=(10_500, 2)).astype(np.float32)
    recipe = Recipe(
        Sequential.from_dims([2, 1]), losses["mse"](), learning_rate=1e-12, mini_batch_size=4096
    )
    costs = [
        next(training).figures["train_cost"]
        for training in [train(recipe, Dataset(x, x[:, :1] * 3), 0)] * 2
    ]
    z = recipe.network.build(2, 1, np.random.default_rng(0))
    assert costs[0] == pytest.approx(costs[1], rel=1e-4)
    assert z.parameters == 3


def test_the_cost_is_the_penalised_one_the_optimizer_saw():
    still = replace(RECIPE, network=Sequential.from_dims([4, 6, 3]), learning_rate=1e-12, lambd=3.0)
    training = train(still, CLASSES, 0)
    epoch = next(training)
    weights = training.network.buffers.theta[training.network.buffers.decays]
    penalty = 3.0 / (2 * 110) * float(weights @ weights)
    assert epoch.cost == pytest.approx(epoch.figures["train_cost"] + penalty, rel=1e-5)


def test_the_penalty_counts_training_rows_and_not_those_of_the_batch():
    """One step of gd with a loss that is flat: dW is (λ/N) W alone, biases stay."""
    recipe = replace(
        RECIPE,
        network=Sequential.from_dims([4, 3]),
        optimizer=optimizers["gd"](),
        learning_rate=0.1,
        lambd=11.0,
        epochs=1,
        mini_batch_size=110,
    )
    plain, shrunk = (train(replace(recipe, lambd=lambd), CLASSES, 0) for lambd in (0.0, 11.0))
    first = plain.network.buffers.theta.copy()
    next(plain)
    next(shrunk)
    moved = plain.network.buffers.theta - shrunk.network.buffers.theta
    expected = 0.1 * 11.0 / 110 * first
    expected[~plain.network.buffers.decays] = 0.0
    np.testing.assert_allclose(moved, expected, atol=1e-6)


@pytest.mark.parametrize("name", optimizers)
def test_the_same_seed_gives_the_same_bits(name):
    first, again = (finished(train(with_optimizer(name), CLASSES, 3)) for _ in range(2))
    np.testing.assert_array_equal(first[0].network.buffers.theta, again[0].network.buffers.theta)
    assert plain(first[1]) == plain(again[1])
    other, _ = finished(train(with_optimizer(name), CLASSES, 4))
    assert not np.array_equal(first[0].network.buffers.theta, other.network.buffers.theta)


@pytest.mark.parametrize("members", [None, 2])
@pytest.mark.parametrize("name", optimizers)
def test_going_on_from_a_state_is_never_having_stopped(name, members):
    recipe = with_optimizer(name)
    whole, epochs = finished(train(recipe, CLASSES, 5, members))
    cut = train(recipe, CLASSES, 5, members)
    for _ in range(3):
        next(cut)
    state = pickle.loads(pickle.dumps(cut.state()))  # noqa: S301  # made here
    list(cut)  # what comes after leaves the state alone
    resumed = train(recipe, CLASSES, 5, members)
    resumed.restore(state)
    rest = list(resumed)
    np.testing.assert_array_equal(resumed.network.buffers.theta, whole.network.buffers.theta)
    assert repr(plain(rest)) == repr(plain(epochs[3:]))


def test_a_state_of_another_recipe_is_refused():
    state = train(RECIPE, CLASSES, 0).state()
    other = train(replace(RECIPE, network=Sequential.from_dims([4, 5, 3])), CLASSES, 0)
    with pytest.raises(ValueError, match="another recipe"):
        other.restore(state)


@pytest.mark.parametrize("name", optimizers)
@pytest.mark.parametrize("clip_norm", [None, 0.05])
def test_a_member_learns_what_it_would_learn_alone(name, clip_norm):
    recipe = replace(with_optimizer(name), clip_norm=clip_norm)
    together, epochs = finished(train(recipe, CLASSES, 9, members=3))
    for member in range(3):
        alone, own = finished(train_member(recipe, CLASSES, 9, member))
        np.testing.assert_array_equal(
            together.network.buffers.theta[member], alone.network.buffers.theta
        )
        assert [e.figures["val_cost"][member] for e in epochs] == [
            e.figures["val_cost"] for e in own
        ]
        assert [e.cost[member] for e in epochs] == [e.cost for e in own]


@pytest.mark.parametrize(("data", "loss", "out"), [(NUMBERS, "mse", 1), (UNIT, "huber", 1)])
def test_members_learn_numbers_too(data, loss, out):
    recipe = replace(
        RECIPE, network=Sequential.from_dims([4, 5, out]), loss=losses[loss](), metrics=("rmse",)
    )
    together, _ = finished(train(recipe, data, 1, members=2))
    alone, _ = finished(train(recipe, data, 1))
    np.testing.assert_array_equal(together.network.buffers.theta[0], alone.network.buffers.theta)


def test_a_last_batch_of_one_row_is_not_lost():
    recipe = replace(RECIPE, mini_batch_size=109)
    assert len(train(recipe, CLASSES, 0)._learners[0]._batches.sizes) == 2
    assert np.isfinite(list(train(recipe, CLASSES, 0))[-1].cost)


@pytest.mark.parametrize("size", [1, 7, 64, 110, 5000])
def test_any_batch_size_deals_every_row_once(size, monkeypatch):
    monkeypatch.setattr("nncore.batches.CHUNK", 300)  # several chunks, the last one smaller
    training = train(replace(RECIPE, mini_batch_size=size), CLASSES, 0)
    for _ in range(2):
        dealt = [(x.copy(), y.copy()) for x, y in training._learners[0]._batches.shuffled()]
        x, y = (np.concatenate(parts) for parts in zip(*dealt, strict=True))
        order = np.lexsort(x.T)
        expected = np.lexsort(CLASSES.x.T)
        np.testing.assert_array_equal(x[order], CLASSES.x[expected])
        np.testing.assert_array_equal(y[order], np.eye(3)[CLASSES.y[expected]])
        assert [len(x) for x, _ in dealt] == training._learners[0]._batches.sizes


def test_a_learning_rate_far_too_high_is_a_divergence_and_not_a_warning():
    recipe = replace(
        RECIPE,
        network=Sequential.from_dims([4, 16, 1]),
        loss=losses["mse"](),
        optimizer=optimizers["gd"](),
        learning_rate=50.0,
        metrics=("r2",),
        epochs=50,
    )
    with pytest.raises(Diverged, match=r"The cost was \w+ after epoch \d+ \(learning_rate 50\)"):
        list(train(recipe, NUMBERS, 0))


def test_a_divergence_travels():
    lost = Diverged(3, float("nan"), 0.8)
    again = pickle.loads(pickle.dumps(lost))  # noqa: S301  # made here
    assert str(again) == str(lost)
    assert str(lost).startswith("The cost was nan after epoch 3 (learning_rate 0.8).")
    assert (again.epoch, again.learning_rate) == (3, 0.8)


def test_clipping_keeps_every_step_short():
    gd = replace(RECIPE, optimizer=optimizers["gd"](), learning_rate=1.0, mini_batch_size=110)
    training = train(replace(gd, clip_norm=0.01), CLASSES, 0)
    before = training.network.buffers.theta.copy()
    epoch = next(training)
    assert epoch.gradient_norm > 0.01
    assert np.linalg.norm(training.network.buffers.theta - before) == pytest.approx(0.01, rel=1e-3)


def test_the_schedule_follows_the_planned_epochs():
    recipe = replace(RECIPE, schedule=schedules["discrete"](decay_rate=1.0))  # type: ignore[call-arg]  # the registry knows no keywords
    rates = [e.learning_rate for e in train(replace(recipe, epochs=4), CLASSES, 0)]
    assert rates == pytest.approx([0.01, 0.01 / 2, 0.01 / 3, 0.01 / 4])
    planned = replace(recipe, epochs=4, schedule_epochs=10)
    rates = [e.learning_rate for e in train(planned, CLASSES, 0)]
    assert rates == pytest.approx([0.01, 0.01, 0.01 / 2, 0.01 / 2])


def test_dying_moments_are_flushed_before_they_become_denormal():
    still = Dataset(np.zeros((4, 4), np.float32), np.array([0, 1, 2, 0]))
    recipe = replace(RECIPE, mini_batch_size=1, lambd=0.0, epochs=300)
    training = train(replace(recipe, network=Sequential.from_dims([4, 12, 3])), still, 0)
    training._learners[0]._at.state[:, :4] = 1e-3  # of weights that never get a gradient again
    list(training)
    state = np.abs(training._learners[0]._at.state)
    assert not ((state > 0) & (state < np.finfo(np.float32).tiny)).any()
    assert (training._learners[0]._at.state[0, :4] == 0.0).all()


def test_a_steady_epoch_allocates_next_to_nothing():
    x = RNG.normal(size=(1437, 64)).astype(np.float32)
    recipe = Recipe(Sequential.from_dims([64, 64, 10]), losses["categorical_cross_entropy"]())
    training = train(
        replace(recipe, metrics=("accuracy",)), Dataset(x, RNG.integers(0, 10, 1437)), 0
    )
    next(training)
    tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    next(training)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert peak <= 64 * 1024


def test_training_ends_after_its_epochs():
    training = train(RECIPE, CLASSES, 0)
    assert [epoch.number for epoch in training] == [1, 2, 3, 4, 5, 6]
    assert next(training, None) is None


def epochs_with(*costs):
    return (Epoch(i, {"val_cost": c, "val_r2": -c}, c, 0.1, 1.0, 0.0) for i, c in enumerate(costs))


@pytest.mark.parametrize("figure", ["val_cost", "val_r2"])
def test_until_stale_waits_for_a_better_epoch(figure):
    seen = until_stale(epochs_with(3, 2, 2, 2.5, 1, 1, 1, 1), figure, patience=3)
    assert [epoch.cost for epoch in seen] == [3, 2, 2, 2.5, 1, 1, 1, 1]
    seen = until_stale(epochs_with(3, 2, 2, 2.5, 1, 1, 1, 1), figure, patience=2)
    assert [epoch.cost for epoch in seen] == [3, 2, 2, 2.5]


def test_until_stale_judges_members_by_their_mean():
    seen = until_stale(epochs_with(*map(np.array, ([3, 1], [1, 2], [2, 2]))), "val_cost", 1)
    assert len(list(seen)) == 3


def test_until_stale_without_patience_is_refused():
    with pytest.raises(ValueError, match="patience is 0"):
        list(until_stale(epochs_with(1), "val_cost", 0))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"learning_rate": 0.0}, "learning_rate is 0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"epochs": 0}, "epochs is 0"),
        ({"mini_batch_size": 0}, "mini_batch_size is 0"),
        ({"lambd": -1.0}, "lambd is -1"),
        ({"clip_norm": 0.0}, "clip_norm is 0"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        replace(RECIPE, **change)


def test_a_recipe_refuses_a_metric_nobody_knows():
    with pytest.raises(LookupError, match="Did you mean 'accuracy'"):
        replace(RECIPE, metrics=("acuracy",))


@pytest.mark.parametrize(("loss", "metric"), [("mse", "accuracy"), ("binary_cross_entropy", "r2")])
def test_a_recipe_refuses_a_metric_of_another_kind_of_task(loss, metric):
    with pytest.raises(ValueError, match=f"but the metric {metric} is about"):
        replace(RECIPE, loss=losses[loss](), metrics=(metric,))


def test_a_weight_that_runs_off_is_found_though_the_cost_is_finite():
    training = train(RECIPE, CLASSES, 0)
    training.network.buffers.theta[0] = 1e30
    with pytest.raises(Diverged):
        next(training)


def test_a_recipe_compares_and_travels():
    assert pickle.loads(pickle.dumps(RECIPE)) == RECIPE  # noqa: S301  # made here
    assert replace(RECIPE, lambd=0.1) != RECIPE


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Dataset(X, IDS[:3]), "150 rows, but its targets have 3"),
        (lambda: Dataset(X[:0], IDS[:0]), "no rows"),
        (lambda: Dataset(X[:, 0], IDS), "shape"),
        (lambda: Dataset(X, IDS, X), "both or neither"),
        (lambda: Dataset(X, IDS, X[:, :2], IDS), "x_valid has 2"),
        (lambda: Dataset(np.where(X[5, 2] == X, np.nan, X), IDS), "nan in row 5, feature 2"),
        (lambda: train(RECIPE, Dataset(X[:, :3], IDS), 0), "takes 4 features.*has 3"),
        (lambda: train(RECIPE, Dataset(X, IDS + 5), 0), "3 outputs"),
        (lambda: train(RECIPE, CLASSES, 0, members=0), "members is 0"),
    ],
)
def test_data_that_does_not_fit_is_refused_with_the_reason(make, said):
    with pytest.raises(ValueError, match=said):
        make()
