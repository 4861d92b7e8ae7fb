"""Every optimizer against its textbook formula, written out without folding anything."""

import numpy as np
import pytest

from nncore.buffers import Slot
from nncore.optimizers import optimizers

RATE, N, STEPS = 0.01, 7, 40


def textbook_gd(theta, gradients):
    for g in gradients:
        theta = theta - RATE * g
    return theta


def textbook_momentum(theta, gradients, beta1=0.9):
    v = np.zeros_like(theta)
    for g in gradients:
        v = beta1 * v + (1 - beta1) * g
        theta = theta - RATE * v
    return theta


def textbook_rmsprop(theta, gradients, beta1=0.9, epsilon=1e-8):
    s = np.zeros_like(theta)
    for g in gradients:
        s = beta1 * s + (1 - beta1) * g**2
        theta = theta - RATE * g / (np.sqrt(s) + epsilon)
    return theta


def textbook_adam(theta, gradients, beta1=0.9, beta2=0.999, epsilon=1e-8, shrink=None):
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t, g in enumerate(gradients, 1):
        if shrink is not None:
            theta = theta - RATE * shrink * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        theta = theta - RATE * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return theta


def textbook_adamw(theta, gradients):
    return textbook_adam(theta, gradients, shrink=np.array([0.01] * 4 + [0.0] * 3))


def run(optimizer, theta, gradients, dtype=np.float64):
    """The optimizer's own steps; the first four parameters are decayed ones."""
    theta = theta.astype(dtype)
    state = np.zeros((optimizer.slots, *theta.shape), dtype)
    work = np.zeros((2, *theta.shape), dtype)
    at = Slot(theta=theta, work=work, state=state, decayed=[theta[..., :4]])
    optimizer.prepare(at)
    for t, g in enumerate(gradients, 1):
        at.work[0] = g
        optimizer.step(at, RATE, t)
    return theta


def start():
    rng = np.random.default_rng(1)
    return rng.normal(size=N), rng.normal(size=(STEPS, N)) * 10.0 ** rng.integers(-6, 3, N)


@pytest.mark.parametrize("name", optimizers)
def test_an_optimizer_is_its_formula(name):
    theta, gradients = start()
    expected = globals()[f"textbook_{name}"](theta, gradients)
    np.testing.assert_allclose(run(optimizers[name](), theta, gradients), expected, rtol=1e-10)


@pytest.mark.parametrize("name", optimizers)
def test_an_optimizer_is_its_formula_where_epsilon_matters(name):
    theta, gradients = start()
    expected = globals()[f"textbook_{name}"](theta, gradients * 1e-9)
    np.testing.assert_allclose(
        run(optimizers[name](), theta, gradients * 1e-9), expected, rtol=1e-10
    )


@pytest.mark.parametrize("name", optimizers)
def test_members_take_the_steps_they_would_take_alone(name):
    theta, gradients = start()
    optimizer = optimizers[name]()
    together = run(
        optimizer, np.stack([theta, -theta]), np.stack([gradients, 2 * gradients], axis=1)
    )
    np.testing.assert_array_equal(together[0], run(optimizer, theta, gradients))
    np.testing.assert_array_equal(together[1], run(optimizer, -theta, 2 * gradients))


@pytest.mark.parametrize("name", optimizers)
def test_an_optimizer_finds_the_bottom_of_a_bowl(name):
    theta = np.array([3.0, -2.0, 0.5, 1.0, -1.0, 2.0, 0.1])
    optimizer = optimizers[name]()
    state, work = np.zeros((optimizer.slots, N)), np.zeros((2, N))
    at = Slot(theta=theta, work=work, state=state, decayed=[theta[:4]])
    optimizer.prepare(at)
    for t in range(1, 3001):
        at.work[0] = 2 * theta
        optimizer.step(at, 0.01, t)
    assert np.abs(theta).max() < 0.05


@pytest.mark.parametrize("name", [n for n in optimizers if hasattr(optimizers[n](), "beta1")])
def test_a_beta_of_one_is_refused(name):
    with pytest.raises(ValueError, match=f"{name}: beta1 is 1"):
        optimizers[name](beta1=1.0)  # type: ignore[call-arg]  # the registry knows no keywords


def test_adamw_without_decay_is_refused():
    with pytest.raises(ValueError, match="Without decay it is adam"):
        optimizers["adamw"](weight_decay=0.0)  # type: ignore[call-arg]  # the registry knows no keywords
