"""The whole registry against finite differences."""

import numpy as np
import pytest

from nncore import Dense, Dropout, Sequential, gradient_check, layers, losses
from nncore.activations import Relu, activations
from nncore.initializers import XavierNormal

ROWS, WIDTH, OUTPUTS = 12, 4, 3
LIMIT = 1e-7
REGULARIZATION = {"none": (0.0, None), "l2": (0.7, None), "dropout": (0.0, 0.7), "both": (0.7, 0.7)}


def inputs():
    return np.random.default_rng(3).normal(size=(ROWS, WIDTH))


def targets(loss, outputs=OUTPUTS):
    rng = np.random.default_rng(4)
    if loss == "categorical_cross_entropy":
        return rng.integers(0, outputs, ROWS)
    if loss == "binary_cross_entropy":
        return rng.integers(0, 2, (ROWS, outputs)).astype(float)
    return rng.normal(size=(ROWS, outputs))


def network(activation, keep_prob=None):
    return Sequential.from_dims(
        [WIDTH, 6, 5, OUTPUTS],
        activation=activation,
        initializer="xavier_normal",
        keep_prob=keep_prob,
    )


@pytest.mark.parametrize("regularization", REGULARIZATION)
@pytest.mark.parametrize("loss", losses)
@pytest.mark.parametrize("activation", activations)
def test_a_gradient_matches_finite_differences(activation, loss, regularization):
    lambd, keep_prob = REGULARIZATION[regularization]
    found = gradient_check(
        network(activation, keep_prob), losses[loss](), inputs(), targets(loss), lambd=lambd
    )
    assert found.error <= LIMIT
    assert found.compared > 60
    assert found.stepped_around <= 0.1 * found.compared


LAYERS = {
    "dense": (Dense(5), Relu(), Dense(OUTPUTS)),
    "dropout": (Dropout(0.6), Dense(5, XavierNormal()), Dropout(0.4), Dense(OUTPUTS)),
}


@pytest.mark.parametrize("layer", layers)
@pytest.mark.parametrize("loss", losses)
def test_a_layer_has_its_gradient_wherever_it_stands(layer, loss):
    found = gradient_check(Sequential(LAYERS[layer]), losses[loss](), inputs(), targets(loss))
    assert found.error <= LIMIT


@pytest.mark.parametrize("loss", losses)
def test_members_have_their_gradients_too(loss):
    found = gradient_check(
        network("tanh", 0.8), losses[loss](), inputs(), targets(loss), lambd=0.5, members=3
    )
    assert found.error <= LIMIT


def test_one_hot_targets_have_the_gradient_of_class_ids():
    loss, ids = losses["categorical_cross_entropy"](), targets("categorical_cross_entropy")
    sparse = gradient_check(network("tanh"), loss, inputs(), ids)
    dense = gradient_check(network("tanh"), loss, inputs(), np.eye(OUTPUTS)[ids])
    assert sparse == dense


def test_a_sample_of_a_large_network_is_enough():
    loss = losses["mse"]()
    found = gradient_check(network("relu"), loss, inputs(), targets("mse"), sample=20)
    assert found.error <= LIMIT
    assert found.compared + found.stepped_around == 20


class FlippedDense(Dense):
    """A dense layer that descends uphill in its biases."""

    def backward(self, at, x, y, dy, dx):
        super().backward(at, x, y, dy, dx)
        at.db *= -1.0


class HeldTanh(activations["tanh"]):
    """A tanh that forgets its slope."""

    def df(self, z, y, d):
        d.fill(1.0)


@pytest.mark.parametrize(
    "broken",
    [(FlippedDense(5), Relu(), Dense(OUTPUTS)), (Dense(5), HeldTanh(), Dense(OUTPUTS))],
    ids=["flipped bias", "missing slope"],
)
def test_a_wrong_gradient_is_found(broken):
    found = gradient_check(Sequential(broken), losses["mse"](), inputs(), targets("mse"))
    assert found.error > 1e-2
