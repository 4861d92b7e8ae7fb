"""The normal distribution far out, held to scipy's and to Optuna's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from optuna.samplers._tpe import _truncnorm
from scipy.special import log_ndtr

from hpsearch.engine.normal import log_mass, log_tail

BOUND = st.floats(-40, 40)


def test_the_mass_below_is_scipys_near_and_far():
    far = np.concatenate([[0.0, 1e-300], np.linspace(0, 40, 4001), np.geomspace(1e-9, 1e9, 4001)])
    np.testing.assert_allclose(log_tail(-far), log_ndtr(-far), rtol=2e-15)
    assert log_tail(np.array([-np.inf])) == -np.inf


@given(st.lists(st.tuples(BOUND, st.floats(1e-3, 60)), min_size=1, max_size=20))
def test_the_mass_between_two_bounds_is_optunas(pairs):
    low = np.array([a for a, _ in pairs])
    high = np.array([a + width for a, width in pairs])
    theirs = _truncnorm._log_gauss_mass(low, high)
    np.testing.assert_allclose(log_mass(low, high), theirs, rtol=1e-9, atol=1e-13)


def test_nothing_lies_between_a_bound_and_itself():
    assert log_mass(np.array([-1.0, 2.0]), np.array([-1.0, 2.0])).tolist() == [-np.inf, -np.inf]
