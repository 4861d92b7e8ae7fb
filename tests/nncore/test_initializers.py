import numpy as np
import pytest

from nncore.initializers import initializers

SHAPE = (300, 200)
VARIANCE = {
    "he_normal": 2 / 300,
    "he_uniform": 2 / 300,
    "xavier_normal": 2 / 500,
    "xavier_uniform": 2 / 500,
    "lecun_normal": 1 / 300,
    "scaled_normal": 1e-4,
    "zeros": 0.0,
}


def drawn(name, seed=0):
    return np.asarray(initializers[name]()(np.random.default_rng(seed), SHAPE))


@pytest.mark.parametrize("name", initializers)
def test_first_values_have_the_variance_that_is_said(name):
    values = drawn(name)
    assert values.shape == SHAPE
    assert values.var() == pytest.approx(VARIANCE[name], rel=0.02)
    assert abs(values.mean()) < 1e-3


@pytest.mark.parametrize("name", initializers)
def test_the_same_generator_gives_the_same_values(name):
    np.testing.assert_array_equal(drawn(name), drawn(name))


@pytest.mark.parametrize("name", ["he_uniform", "xavier_uniform"])
def test_uniform_values_keep_within_their_bound(name):
    assert np.abs(drawn(name)).max() <= np.sqrt(3 * VARIANCE[name])
