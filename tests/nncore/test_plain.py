"""The fast kernels do what the plain ones say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nncore import Dense, Sequential, activations, losses
from nncore.objective import Objective
from nncore.plain import DenseLayer, Neuron, ReLU, SoftmaxLoss, one_hot, softmax


def fast(dims, seed):
    """A network of the fast kernels in float64, ready for 12 rows."""
    sequential = Sequential.from_dims(dims, output="softmax")
    rng = np.random.default_rng(seed)
    return sequential.build(dims[0], 12, rng, dtype=np.float64)


def plain_like(net):
    """The plain dense layers with the same weights and biases."""
    layers = []
    for slot in net.buffers.slots:
        if hasattr(slot, "W"):
            slot.b[...] = np.random.default_rng(len(layers)).normal(0.0, 0.1, slot.b.shape)
            layer = DenseLayer(*slot.W.shape)
            layer.W, layer.b = slot.W.copy(), slot.b.copy()
            layers.append(layer)
    return layers


def test_a_neuron_is_a_weighted_sum_and_a_bias():
    assert Neuron([2.0, -1.0], 0.5)([3.0, 4.0]) == 2.5


def test_a_neuron_refuses_inputs_it_has_no_weights_for():
    with pytest.raises(ValueError, match="zip"):
        Neuron([1.0, 2.0], 0.0)([1.0])


def test_a_layer_is_its_neurons_side_by_side():
    layer = DenseLayer(4, 3, seed=5)
    layer.b = np.array([[0.1, -0.2, 0.3]])
    rows = np.random.default_rng(0).normal(size=(6, 4))
    neurons = [Neuron(layer.W[:, j].tolist(), float(layer.b[0, j])) for j in range(3)]
    one_by_one = [[neuron(row.tolist()) for neuron in neurons] for row in rows]
    np.testing.assert_allclose(layer.forward(rows), one_by_one, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    hidden=st.lists(st.integers(1, 9), max_size=3),
    width=st.integers(1, 6),
    classes=st.integers(2, 5),
    sparse=st.booleans(),
    seed=st.integers(0, 99),
)
def test_fast_loss_and_gradients_equal_the_plain_ones(hidden, width, classes, sparse, seed):
    net = fast((width, *hidden, classes), seed)
    layers, loss = plain_like(net), SoftmaxLoss()
    rng = np.random.default_rng(seed)
    x, ids = rng.normal(size=(12, width)), rng.integers(classes, size=12)
    hots = np.eye(classes)[ids]

    objective = Objective(net, losses["categorical_cross_entropy"](), 0.0, 12)
    cost = objective.gradient(x, hots).item() / 12

    relus = [ReLU() for _ in hidden]
    y = x
    for layer, relu in zip(layers, relus, strict=False):
        y = relu.forward(layer.forward(y))
    mean_loss = loss.forward(layers[-1].forward(y), ids if sparse else hots)
    d = layers[-1].backward(loss.backward())
    for layer, relu in reversed(list(zip(layers, relus, strict=False))):
        d = layer.backward(relu.backward(d))

    assert cost == pytest.approx(mean_loss, abs=1e-12)
    slots = [slot for slot in net.buffers.slots if hasattr(slot, "W")]
    for slot, layer in zip(slots, layers, strict=True):
        np.testing.assert_allclose(slot.dW, layer.dW, atol=1e-12)
        np.testing.assert_allclose(slot.db, layer.db, atol=1e-12)


def passing_through(*stages):
    """A network whose only weights are the identity, so that it does what `stages` do."""
    rng = np.random.default_rng(0)
    net = Sequential((Dense(4), *stages)).build(4, 20, rng, dtype=np.float64)
    net.buffers.slots[0].W[...] = np.eye(4)
    return net


@pytest.mark.parametrize("size", [1.0, 1e4])
def test_fast_relu_and_softmax_equal_the_plain_ones(size):
    z = np.random.default_rng(0).normal(0.0, size, (20, 4))
    rectified = passing_through(activations["relu"]()).logits(z)
    np.testing.assert_array_equal(rectified, ReLU().forward(z))
    with np.errstate(under="ignore"):
        shares = passing_through(activations["softmax"]()).predict(z)
        np.testing.assert_allclose(shares, softmax(z), atol=1e-15)


def test_the_plain_loss_stays_finite_far_out():
    loss = SoftmaxLoss()
    with np.errstate(under="ignore"):
        assert loss.forward(np.array([[1e4, -1e4]]), np.array([1])) == pytest.approx(2e4)
        np.testing.assert_allclose(loss.backward(), [[1.0, -1.0]])


def test_one_hot_and_sparse_targets_are_one_loss():
    z = np.random.default_rng(1).normal(size=(7, 3))
    ids = np.array([0, 1, 2, 2, 1, 0, 1])
    assert SoftmaxLoss().forward(z, ids) == SoftmaxLoss().forward(z, one_hot(ids, 3))
