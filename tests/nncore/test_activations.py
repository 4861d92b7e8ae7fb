import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nncore.activations import Activation, Elementwise, activations

FORMULAS = {
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
    "linear": lambda z: z,
}


def of(name, z):
    y = np.empty_like(z)
    with np.errstate(over="ignore"):
        activations[name]().f(z, y)
    return y


@pytest.mark.parametrize("name", activations)
def test_an_activation_is_its_formula(name):
    z = np.random.default_rng(0).normal(0, 3, (7, 5))
    np.testing.assert_allclose(of(name, z), FORMULAS[name](z), rtol=1e-12)


@pytest.mark.parametrize("name", activations)
@given(
    z=arrays.arrays(
        np.float32, (3, 4), elements=st.floats(-10000.0, 10000.0, width=32, allow_subnormal=False)
    )
)
def test_an_activation_stays_finite_far_out(name, z):
    assert np.isfinite(of(name, z)).all()


@pytest.mark.parametrize("name", activations)
def test_a_forward_pass_is_f(name):
    from nncore import Dense, Sequential

    rng = np.random.default_rng(0)
    net = Sequential((Dense(4), activations[name](), Dense(2))).build(3, 6, rng)
    net.forward(rng.normal(size=(6, 3)).astype(np.float32))
    z, y = net.at(6).ys[:2]
    np.testing.assert_array_equal(y, of(name, z))


def test_sigmoid_keeps_the_small_probabilities():
    y = of("sigmoid", np.array([[-50.0, 50.0, -500.0]], np.float32))
    np.testing.assert_allclose(y, [[np.exp(-50.0), 1.0, 0.0]], rtol=1e-6)


def test_softmax_of_equal_logits_is_even():
    np.testing.assert_allclose(of("softmax", np.full((2, 4), 1e4, np.float32)), 0.25)


@pytest.mark.parametrize(
    "name", [n for n in activations if issubclass(activations[n], Elementwise)]
)
def test_a_slope_is_the_difference_quotient(name):
    z = np.array([[-2.0, -0.3, 0.4, 1.7]])
    act, d = activations[name](), np.empty((1, 4))
    assert isinstance(act, Elementwise)
    act.df(z, of(name, z), d)
    np.testing.assert_allclose(d, (of(name, z + 1e-6) - of(name, z - 1e-6)) / 2e-6, rtol=1e-8)


def test_a_slope_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="slope is 2"):
        activations["leaky_relu"](slope=2.0)  # type: ignore[call-arg]  # the registry knows no keywords


def test_every_activation_compares_and_prints():
    for name in activations:
        assert isinstance(activations[name](), Activation)
        assert activations[name]() == activations[name]()
        assert activations[name].__name__ in repr(activations[name]())
