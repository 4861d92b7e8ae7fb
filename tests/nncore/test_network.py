import copy
import json
import pickle

import numpy as np
import pytest

from nncore import Dense, Dropout, Sequential
from nncore.activations import Relu, Sigmoid, Softmax, activations
from nncore.buffers import Param, Plan
from nncore.initializers import ScaledNormal, Zeros, initializers

SEVEN = [5, 64, 128, 64, 32, 16, 2]


def rows(n, width=5):
    return np.random.default_rng(2).normal(size=(n, width)).astype(np.float32)


def built(rows=8, members=None, **options):
    net = Sequential.from_dims([5, 7, 3], output="softmax", **options)
    return net.build(5, rows, np.random.default_rng(0), members)


def test_the_seven_layer_network_has_19602_parameters():
    seven = Sequential.from_dims(SEVEN, keep_prob=0.8, output="sigmoid")
    assert seven.parameters() == 19_602
    assert seven.build(5, 4, np.random.default_rng(0)).parameters == 19_602
    summary = seven.summary().splitlines()
    assert summary[-1].split() == ["total", "19,602"]
    assert summary[2].split() == ["dense", "64", "(rows,", "64)", "384"]
    assert [line.split()[0] for line in summary[2:-2]].count("dropout") == 5


def test_a_forward_pass_is_a_chain_of_products():
    net, x = built(), rows(8)
    (W1, b1), (W2, b2) = ((s.W, s.b) for s in net.buffers.slots if hasattr(s, "W"))
    np.testing.assert_allclose(
        net.forward(x), np.maximum(x @ W1 + b1, 0) @ W2 + b2, rtol=1e-4, atol=1e-6
    )


def test_weights_decay_and_biases_do_not():
    net = built()
    dense = [slot for slot in net.buffers.slots if hasattr(slot, "b")]
    net.buffers.theta[~net.buffers.decays] = 9.0
    assert all((slot.b == 9.0).all() and (slot.W != 9.0).all() for slot in dense)
    assert net.buffers.decays.sum() == 5 * 7 + 7 * 3


@pytest.mark.parametrize("members", [None, 3])
def test_a_prediction_does_not_depend_on_the_rows_around_it(members):
    net, x = built(members=members), rows(1100)
    whole = net.logits(x)
    for start, stop in ((0, 1), (3, 40), (500, 1100), (0, 512), (1099, 1100)):
        np.testing.assert_array_equal(net.logits(x[start:stop]), whole[..., start:stop, :])


def test_no_rows_give_no_predictions():
    assert built().predict(rows(0)).shape == (0, 3)


def test_predictions_are_probabilities_of_the_logits():
    net, x = built(), rows(20)
    p = net.predict(x)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-6)
    np.testing.assert_array_equal(p.argmax(axis=1), net.logits(x).argmax(axis=1))


def test_predicting_leaves_training_buffers_alone():
    net, x = built(), rows(8)
    before = net.forward(x, training=True).copy()
    net.predict(rows(30))
    np.testing.assert_array_equal(net.at(8).output, before)


def test_dropout_is_off_unless_training():
    net, x = built(keep_prob=0.5), rows(8)
    still = net.forward(x).copy()
    np.testing.assert_array_equal(net.forward(x), still)
    assert not np.array_equal(net.forward(x, training=True), still)


@pytest.mark.parametrize("keep_prob", [0.2, 0.5, 0.8, 0.95])
def test_dropout_keeps_the_share_it_says_and_the_mean(keep_prob):
    layer = Dropout(keep_prob)
    net = Sequential((layer,)).build(50, 400, np.random.default_rng(0))
    y = net.forward(np.ones((400, 50), np.float32), training=True)
    assert (y > 0).mean() == pytest.approx(keep_prob, abs=0.01)
    assert y.mean() == pytest.approx(1.0, abs=0.02)
    np.testing.assert_allclose(np.unique(y), [0.0, 65536 / layer.thresholds[0]], rtol=1e-6)


def test_the_mask_that_fell_on_the_output_falls_on_its_gradient():
    net = Sequential((Dense(6), Dropout(0.5))).build(6, 9, np.random.default_rng(0))
    x = rows(9, 6)
    y = net.forward(x, training=True)
    mask = net.at(9).slots[1].mask
    net.at(9).doutput[...] = 1.0
    net.backward(x)
    np.testing.assert_array_equal(y.T == 0, mask == 0)
    np.testing.assert_allclose(net.buffers.slots[0].db[0], mask.sum(axis=1), rtol=1e-6)


def test_each_member_begins_with_weights_of_its_own():
    theta = built(members=3).buffers.theta
    assert theta.shape == (3, 66)
    assert not np.array_equal(theta[0], theta[1])


@pytest.mark.parametrize(
    "network",
    [
        Sequential.from_dims(SEVEN, keep_prob=0.8, output="sigmoid"),
        Sequential.from_dims([4, 8, 1], activation="leaky_relu", initializer="xavier_uniform"),
        Sequential((Dense(3, ScaledNormal(0.5)), Relu(), Dropout(0.25), Dense(2), Softmax())),
        *(Sequential.from_dims([2, 3, 1], activation=name) for name in activations),
        *(Sequential.from_dims([2, 3, 1], initializer=name) for name in initializers),
    ],
)
def test_a_network_survives_json_and_travel(network):
    assert Sequential.from_json(json.loads(json.dumps(network.to_json()))) == network
    assert pickle.loads(pickle.dumps(network)) == network  # noqa: S301  # made here


@pytest.mark.parametrize("members", [None, 1, 3])
@pytest.mark.parametrize("travel", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])  # noqa: S301  # made here
def test_a_network_that_travelled_goes_on_alone(members, travel):
    network = built(members=members)
    x = np.random.default_rng(1).normal(size=(7, network.width)).astype(np.float32)
    before = network.predict(x)
    there = travel(network)
    network.buffers.theta[...] = 0.0
    assert there.predict(x).tolist() == before.tolist()
    assert there.rows == network.rows
    draws = [[mask.random_raw() for mask in one.masks] for one in (network, there)]
    assert draws[0] == draws[1]


@pytest.mark.parametrize(
    ("described", "error"),
    [
        ({}, ValueError),
        ({"layers": [{"layer": "dens", "units": 3}]}, LookupError),
        ({"layers": [{"units": 3}]}, ValueError),
        ({"layers": [{"layer": "dense", "unit": 3}]}, TypeError),
        ({"layers": [{"initializer": "zeros"}]}, ValueError),
        ({"layers": []}, ValueError),
    ],
)
def test_a_description_that_is_none_is_refused(described, error):
    with pytest.raises(error):
        Sequential.from_json(described)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Sequential(()), "needs a layer"),
        (lambda: Sequential((Softmax(),)), "needs a layer"),
        (lambda: Sequential.from_dims([5]), "at least two"),
        (lambda: Sequential.from_dims([5, 4, 1], keep_prob=[0.5, 0.5]), "2 values for 1 hidden"),
        (lambda: Sequential.from_dims([5, 4, 1], keep_prob=1.0), "keep_prob is 1"),
        (lambda: Sequential.from_dims([5, 0, 1]), "layer_dims is 0"),
        (lambda: Sequential((Dense(2),)).parameters(), "How many features"),
        (lambda: built().logits(rows(3, 4)), r"rows of 5 features, not \(3, 4\)"),
        (lambda: built().forward(rows(9)), "batch of 9 rows"),
        (lambda: Sequential.from_dims([5, 2]).build(6, 1, np.random.default_rng()), "has 6"),
        (lambda: Sequential.from_dims([5, 2], output="sigmoid").ending_in(Softmax), "in sigmoid"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_keep_prob_may_differ_from_layer_to_layer():
    net = Sequential.from_dims([5, 4, 3, 1], keep_prob=[0.5, None])
    assert [layer for layer in net.layers if isinstance(layer, Dropout)] == [Dropout(0.5)]


def test_a_network_that_says_no_output_ends_in_what_the_loss_takes():
    bare = Sequential((Dense(2),))
    assert bare.ending_in(Sigmoid) == Sequential((Dense(2), Sigmoid()))
    assert bare.ending_in(Sigmoid).ending_in(Sigmoid) == Sequential((Dense(2), Sigmoid()))


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(LookupError, match=r"no activation called 'rleu'\. Did you mean 'relu'"):
        Sequential.from_dims([5, 4, 1], activation="rleu")


def test_plans_say_what_they_need_before_anything_is_allocated():
    assert Dense(3, Zeros()).plan(4) == Plan(
        3, {"W": Param((4, 3), Zeros()), "b": Param((1, 3), Zeros(), decay=False)}, joint=True
    )
