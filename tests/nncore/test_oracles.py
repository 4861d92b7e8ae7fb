"""Optimizers, losses and whole gradients against PyTorch and JAX, where they are installed.

They come with the extra `oracle`. Tables below name each member's peer: whoever registers a new
optimizer, loss or activation is asked for one here, even where neither library is installed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nncore import Dense, Sequential, activations, losses, optimizers, schedules
from nncore.buffers import Slot
from nncore.objective import Objective

RATE, BETA1, BETA2, EPSILON, DECAY = 0.01, 0.9, 0.999, 1e-8, 0.05
DECAYED = 6
"""Parameters that weight decay applies to; the other four are biases."""


@pytest.fixture
def torch() -> Any:
    return pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[oracle]'")


@pytest.fixture
def jax() -> Any:
    return pytest.importorskip("jax", reason="JAX is not installed: pip install '.[oracle]'")


# Each takes torch and the two groups of parameters. PyTorch's momentum lacks the factor 1 − β₁,
# so that its rate is η(1 − β₁) in our terms; in all else the formulas agree.
OPTIMIZERS = {
    "gd": lambda torch, groups: torch.optim.SGD(groups, lr=RATE),
    "momentum": lambda torch, groups: torch.optim.SGD(
        groups, lr=RATE * (1 - BETA1), momentum=BETA1
    ),
    "rmsprop": lambda torch, groups: torch.optim.RMSprop(groups, lr=RATE, alpha=BETA1, eps=EPSILON),
    "adam": lambda torch, groups: torch.optim.Adam(
        groups, lr=RATE, betas=(BETA1, BETA2), eps=EPSILON
    ),
    "adamw": lambda torch, groups: torch.optim.AdamW(
        [
            {"params": groups[0]["params"], "weight_decay": DECAY},
            {"params": groups[1]["params"], "weight_decay": 0.0},
        ],
        lr=RATE,
        betas=(BETA1, BETA2),
        eps=EPSILON,
    ),
}

LOSSES = {
    "categorical_cross_entropy": lambda F: F.cross_entropy,
    "binary_cross_entropy": lambda F: F.binary_cross_entropy_with_logits,
    "mse": lambda F: F.mse_loss,
    "mae": lambda F: F.l1_loss,
    "huber": lambda F: F.huber_loss,
}

ACTIVATIONS = {
    "relu": lambda F: F.relu,
    "leaky_relu": lambda F: F.leaky_relu,
    "tanh": lambda F: F.tanh,
    "sigmoid": lambda F: F.sigmoid,
    "softmax": lambda F: lambda z: F.softmax(z, dim=-1),
    "linear": lambda F: lambda z: z,
}


@pytest.mark.parametrize(
    ("family", "peers"),
    [(optimizers, OPTIMIZERS), (losses, LOSSES), (activations, ACTIVATIONS)],
    ids=["optimizers", "losses", "activations"],
)
def test_everything_that_has_a_name_has_a_peer(family, peers):
    assert set(family) == set(peers)


def made(name):
    """Our optimizer, with weight decay where it has some."""
    return optimizers[name](**({"weight_decay": DECAY} if name == "adamw" else {}))


def ours(optimizer, theta, gradients):
    theta = theta.copy()
    state = np.zeros((optimizer.slots, *theta.shape), theta.dtype)
    at = Slot(theta=theta, work=np.zeros((2, *theta.shape), theta.dtype), state=state)
    at.decayed = [theta[:DECAYED]]
    optimizer.prepare(at)
    for t, gradient in enumerate(gradients, 1):
        at.work[0] = gradient
        optimizer.step(at, RATE, t)
    return theta


def pytorchs(torch, name, theta, gradients):
    parts = [torch.tensor(part) for part in (theta[:DECAYED], theta[DECAYED:])]
    optimizer = OPTIMIZERS[name](torch, [{"params": [part]} for part in parts])
    for gradient in gradients:
        for part, g in zip(parts, (gradient[:DECAYED], gradient[DECAYED:]), strict=True):
            part.grad = torch.tensor(g)
        optimizer.step()
    return np.concatenate([part.numpy() for part in parts])


def start(steps, dtype):
    """Parameters, and gradients of very different sizes."""
    rng = np.random.default_rng(3)
    gradients = rng.normal(size=(steps, 10)) * 10.0 ** rng.integers(-5, 4, 10)
    return rng.normal(size=10).astype(dtype), gradients.astype(dtype)


@pytest.mark.parametrize("name", optimizers)
@pytest.mark.parametrize("steps", [1, 10])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 2e-6)])
def test_steps_are_those_of_pytorch(torch, name, steps, dtype, tolerance):
    theta, gradients = start(steps, dtype)
    expected = pytorchs(torch, name, theta, gradients)
    np.testing.assert_allclose(ours(made(name), theta, gradients), expected, rtol=tolerance)


def test_momentum_at_the_same_rate_steps_a_tenth_as_far_as_pytorchs(torch):
    theta, gradients = start(10, np.float64)
    parts = torch.tensor(theta)
    optimizer = torch.optim.SGD([parts], lr=RATE, momentum=BETA1)
    for gradient in gradients:
        parts.grad = torch.tensor(gradient)
        optimizer.step()
    moved = ours(optimizers["momentum"](), theta, gradients) - theta
    np.testing.assert_allclose((parts.numpy() - theta) * (1 - BETA1), moved, rtol=1e-9)


def test_an_epsilon_moved_inside_the_root_would_show(torch):
    theta, gradients = start(1, np.float64)
    tiny = gradients * 0 + 1e-9
    expected = pytorchs(torch, "adam", theta, tiny)
    found = ours(optimizers["adam"](), theta, tiny)
    np.testing.assert_allclose(found - theta, expected - theta, rtol=1e-6)


def example(name, size, dtype):
    """Logits up to ±`size`, and targets for the loss of that name."""
    rng = np.random.default_rng(11)
    z = (rng.uniform(-1, 1, (12, 4)) * size).astype(dtype)
    z[0], z[1] = size, (-size, size, 0.0, size)
    if name == "categorical_cross_entropy":
        return z, rng.integers(0, 4, 12)
    if name == "binary_cross_entropy":
        return z, rng.integers(0, 2, (12, 4)).astype(dtype)
    return z, (z + rng.normal(0, 2, z.shape)).astype(dtype)


def mean_and_gradient(loss, z, y):
    """As a training computes them: the logits are the inputs of an identity layer."""
    net = Sequential((Dense(z.shape[1]),)).build(
        z.shape[1], len(z), np.random.default_rng(0), dtype=z.dtype
    )
    net.buffers.slots[0].W[...] = np.eye(z.shape[1])
    y = loss.targets(y, z.shape[1])
    target = np.eye(z.shape[1], dtype=z.dtype)[y] if y.ndim == 1 else y
    with np.errstate(over="ignore"):
        total = Objective(net, loss, 0.0, len(z)).gradient(z, target)
    return total.item() / len(z), net.at(len(z)).doutput.copy()


@pytest.mark.parametrize("name", losses)
@pytest.mark.parametrize("size", [1.0, 100.0, 1e4])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_losses_and_their_gradients_are_those_of_pytorch(torch, name, size, dtype, tolerance):
    z, y = example(name, size, dtype)
    logits = torch.tensor(z, requires_grad=True)
    expected = LOSSES[name](torch.nn.functional)(logits, torch.tensor(y))
    expected.backward()
    found, gradient = mean_and_gradient(losses[name](), z, y)
    assert found == pytest.approx(expected.item(), rel=tolerance, abs=tolerance * 1e-3)
    np.testing.assert_allclose(gradient, logits.grad.numpy(), rtol=tolerance, atol=tolerance * 1e-2)
    shown = losses[name]().mean(z.copy(), losses[name]().targets(y, 4))
    assert shown == pytest.approx(expected.item(), rel=tolerance, abs=tolerance * 1e-3)


def network(activation, outputs=3):
    rng = np.random.default_rng(5)
    sequential = Sequential.from_dims([6, 8, 7, outputs], activation=activation)
    net = sequential.build(6, 20, rng, dtype=np.float64)
    net.buffers.theta[...] += rng.normal(0, 0.1, net.buffers.theta.shape)  # biases too
    return net, rng.normal(size=(20, 6)), rng


def dense(net):
    """The slots of the layers that have weights."""
    return [slot for slot in net.buffers.slots if hasattr(slot, "W")]


@pytest.mark.parametrize("activation", activations)
@pytest.mark.parametrize("lambd", [0.0, 5.0])
def test_a_networks_gradient_is_that_of_pytorch(torch, activation, lambd):
    net, x, rng = network(activation)
    ids, rows = rng.integers(0, 3, 20), 1000
    objective = Objective(net, losses["categorical_cross_entropy"](), lambd, rows)
    cost = objective.gradient(x, np.eye(3)[ids]).item() / 20

    F = torch.nn.functional
    weights = [
        [torch.tensor(part.copy(), requires_grad=True) for part in (slot.W, slot.b)]
        for slot in dense(net)
    ]
    y = torch.tensor(x)
    for i, (W, b) in enumerate(weights):
        y = y @ W + b
        y = ACTIVATIONS[activation](F)(y) if i < len(weights) - 1 else y
    expected = F.cross_entropy(y, torch.tensor(ids))
    expected = expected + lambd / (2 * rows) * sum((W**2).sum() for W, _ in weights)
    expected.backward()

    assert cost == pytest.approx(expected.item(), rel=1e-12)
    for slot, (W, b) in zip(dense(net), weights, strict=True):
        np.testing.assert_allclose(slot.dW, W.grad.numpy(), rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(slot.db, b.grad.numpy(), rtol=1e-9, atol=1e-14)


def test_a_networks_gradient_is_that_of_jax(jax):
    net, x, rng = network("tanh", outputs=1)
    numbers = rng.normal(size=(20, 1))
    objective = Objective(net, losses["mse"](), 0.0, 20)
    cost = objective.gradient(x, numbers).item() / 20

    def mean_square(weights):
        y = x
        for i, (W, b) in enumerate(weights):
            y = y @ W + b
            y = jax.numpy.tanh(y) if i < len(weights) - 1 else y
        return ((y - numbers) ** 2).mean()

    weights = [(slot.W.copy(), slot.b.copy()) for slot in dense(net)]
    expected, gradients = jax.value_and_grad(mean_square)(weights)  # float32, unlike ours
    assert cost == pytest.approx(float(expected), rel=1e-5)
    for slot, (dW, db) in zip(dense(net), gradients, strict=True):
        np.testing.assert_allclose(slot.dW, dW, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(slot.db, db, rtol=1e-4, atol=1e-6)


SCHEDULES = {
    "none": lambda s, optimizer, epochs: s.ConstantLR(optimizer, factor=1.0),
    "exponential": lambda s, optimizer, epochs: s.ExponentialLR(optimizer, gamma=np.exp(-0.05)),
    "cosine": lambda s, optimizer, epochs: s.CosineAnnealingLR(optimizer, T_max=epochs),
}
"""PyTorch has neither of the other decays; warm-up is another line there."""


@pytest.mark.parametrize("name", SCHEDULES)
def test_learning_rates_are_those_of_pytorch(torch, name):
    epochs = 12
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    peer = SCHEDULES[name](torch.optim.lr_scheduler, optimizer, epochs)
    schedule = schedules[name](**({"decay_rate": 0.05} if name == "exponential" else {}))
    for epoch in range(epochs):
        assert schedule(epoch, epochs) == pytest.approx(peer.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        peer.step()
