"""Rows that count for more or less than others: gradients, peers, members, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight

from nncore import Dataset, Recipe, Sequential, gradient_check, losses, train
from nncore.objective import Objective

ROWS, WIDTH, OUTPUTS = 12, 4, 3
RNG = np.random.default_rng(5)
X = RNG.normal(size=(ROWS, WIDTH))
WEIGHTS = {
    "a number a row": RNG.uniform(0.0, 2.0, ROWS),
    "a number a unit": RNG.uniform(0.0, 2.0, (ROWS, OUTPUTS)),
}


def targets(loss: str) -> np.ndarray:
    rng = np.random.default_rng(4)
    if loss == "categorical_cross_entropy":
        return rng.integers(0, OUTPUTS, ROWS)
    if loss == "binary_cross_entropy":
        return rng.integers(0, 2, (ROWS, OUTPUTS)).astype(float)
    return rng.normal(size=(ROWS, OUTPUTS))


def cases() -> list[tuple[str, str]]:
    """A class is of its row, so that units with weights of their own are other losses' matter."""
    every = [(loss, kind) for loss in losses for kind in WEIGHTS]
    return [case for case in every if case != ("categorical_cross_entropy", "a number a unit")]


@pytest.mark.parametrize("members", [None, 3])
@pytest.mark.parametrize(("loss", "kind"), cases())
def test_a_weighted_gradient_matches_finite_differences(
    loss: str, kind: str, members: int | None
) -> None:
    network = Sequential.from_dims([WIDTH, 6, OUTPUTS], activation="tanh")
    found = gradient_check(
        network,
        losses[loss](),
        X,
        targets(loss),
        lambd=0.3,
        members=members,
        weights=WEIGHTS[kind],
    )
    assert found.error <= 1e-7
    assert found.compared > 40


@pytest.mark.parametrize("loss", losses)
def test_weights_of_one_change_nothing(loss: str) -> None:
    y = targets(loss)
    x = X.astype(np.float32)
    recipe = Recipe(Sequential.from_dims([WIDTH, 5, OUTPUTS]), losses[loss](), epochs=3)
    plain = list(train(recipe, Dataset(x, y), 0))
    weighted = list(train(recipe, Dataset(x, y, weights=np.ones(ROWS, np.float32)), 0))
    for one, other in zip(plain, weighted, strict=True):
        assert one.figures == pytest.approx(other.figures, rel=1e-6)
        assert one.cost == pytest.approx(other.cost, rel=1e-6)


def test_a_row_of_weight_two_is_a_row_that_stands_there_twice() -> None:
    y, twice = targets("mse"), np.array([*range(ROWS), 3])
    weights = np.ones(ROWS)
    weights[3] = 2.0
    loss = losses["mse"]()
    net = Sequential.from_dims([WIDTH, 5, OUTPUTS]).build(
        WIDTH, ROWS + 1, np.random.default_rng(0), dtype=np.float64
    )
    cost = Objective(net, loss, 0.0, ROWS).gradient(X, y, weights[:, None])
    gradient = net.buffers.grad * ROWS
    again = Objective(net, loss, 0.0, ROWS).gradient(X[twice], y[twice])
    assert cost == pytest.approx(again, rel=1e-12)
    assert gradient == pytest.approx(net.buffers.grad * (ROWS + 1), rel=1e-9)


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("loss", ["categorical_cross_entropy", "binary_cross_entropy"])
def test_a_weighted_cross_entropy_is_pytorchs(loss: str, kind: str) -> None:
    torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed")
    if loss == "categorical_cross_entropy" and kind == "a number a unit":
        return
    y, weights = targets(loss), WEIGHTS[kind].reshape(ROWS, -1)
    net = Sequential.from_dims([WIDTH, OUTPUTS]).build(
        WIDTH, ROWS, np.random.default_rng(0), dtype=np.float64
    )
    truth = np.eye(OUTPUTS)[y] if y.ndim == 1 else y
    cost = Objective(net, losses[loss](), 0.0, ROWS).gradient(X, truth, weights)
    weight = torch.tensor(net.weights["0.W"], requires_grad=True)
    z = torch.tensor(X) @ weight + torch.tensor(net.weights["0.b"])
    F = torch.nn.functional
    if loss == "categorical_cross_entropy":
        each = F.cross_entropy(z, torch.tensor(y), reduction="none")[:, None]
    else:
        each = F.binary_cross_entropy_with_logits(z, torch.tensor(y), reduction="none")
    theirs = (each * torch.tensor(weights)).mean()
    theirs.backward()
    assert float(cost[0, 0]) / ROWS == pytest.approx(theirs.item(), rel=1e-12)
    gradient = net.buffers.grad[: WIDTH * OUTPUTS].reshape(WIDTH, OUTPUTS)
    assert gradient == pytest.approx(weight.grad.numpy(), rel=1e-9)


def test_balanced_rows_lead_where_scikit_learn_goes() -> None:
    """A network without hidden layers is logistic regression, whose optimum is one point."""
    rng = np.random.default_rng(0)
    y = (rng.random(400) < 0.1).astype(np.int64)
    x = (rng.normal(size=(400, 3)) + y[:, None] * [1.0, -0.5, 0.2]).astype(np.float32)
    peer = LogisticRegression(C=1.0, class_weight="balanced", tol=1e-8).fit(x, y)
    weights = compute_sample_weight("balanced", y).astype(np.float32)
    recipe = Recipe(
        Sequential.from_dims([3, 1], output="sigmoid"),
        losses["binary_cross_entropy"](),
        learning_rate=0.05,
        epochs=400,
        mini_batch_size=400,
        lambd=1.0,  # λ/(2N) ‖W‖² is ‖W‖²/(2 C N) at C = 1
    )
    data = Dataset(x, y[:, None].astype(np.float32), weights=weights)
    training = train(recipe, data, 0)
    for _ in training:
        pass
    learnt = training.network.weights
    assert learnt["0.W"].ravel() == pytest.approx(peer.coef_.ravel(), abs=2e-3)
    assert learnt["0.b"].ravel() == pytest.approx(peer.intercept_, abs=2e-3)


def test_members_have_the_weights_of_their_own_rows() -> None:
    y = targets("categorical_cross_entropy")
    x = X.astype(np.float32)
    recipe = Recipe(
        Sequential.from_dims([WIDTH, 5, OUTPUTS], output="softmax"),
        losses["categorical_cross_entropy"](),
        epochs=4,
        mini_batch_size=5,
    )
    sets = [
        Dataset(x[rows], y[rows], weights=WEIGHTS["a number a row"][rows].astype(np.float32))
        for rows in (slice(0, 10), slice(2, 12))
    ]
    together = train(recipe, sets, [7, 8])
    for _ in together:
        pass
    for k, (one, seed) in enumerate(zip(sets, (7, 8), strict=True)):
        alone = train(recipe, one, seed)
        for _ in alone:
            pass
        assert np.array_equal(together.network.weights["0.W"][k], alone.network.weights["0.W"])


def test_figures_are_measured_without_weights() -> None:
    y = targets("categorical_cross_entropy")
    x, weights = X.astype(np.float32), WEIGHTS["a number a row"]
    recipe = Recipe(
        Sequential.from_dims([WIDTH, OUTPUTS]), losses["categorical_cross_entropy"](), epochs=1
    )
    training = train(recipe, Dataset(x, y, x, y, weights=weights), 0)
    epoch = next(training)
    z = training.network.logits(x)
    cost = losses["categorical_cross_entropy"]().mean(z, y)
    assert epoch.figures["train_cost"] == epoch.figures["val_cost"] == pytest.approx(cost)


@pytest.mark.parametrize(
    ("weights", "said"),
    [(np.ones(3), "shape"), (np.full(ROWS, -1.0), "0 or more"), (np.full(ROWS, np.nan), "nan")],
)
def test_weights_that_are_none_are_refused(weights: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Dataset(X, targets("mse"), weights=weights)


def test_units_of_one_class_are_not_weighed_apart() -> None:
    one_hot = np.eye(OUTPUTS)[targets("categorical_cross_entropy")]
    recipe = Recipe(
        Sequential.from_dims([WIDTH, OUTPUTS]), losses["categorical_cross_entropy"](), epochs=1
    )
    with pytest.raises(ValueError, match="one number a row"):
        train(recipe, Dataset(X, one_hot, weights=WEIGHTS["a number a unit"]), 0)


def test_weights_for_some_members_only_are_refused() -> None:
    one, other = Dataset(X, targets("mse")), Dataset(X, targets("mse"), weights=np.ones(ROWS))
    recipe = Recipe(Sequential.from_dims([WIDTH, OUTPUTS]), losses["mse"]())
    with pytest.raises(ValueError, match="all members"):
        train(recipe, [one, other], 0)
