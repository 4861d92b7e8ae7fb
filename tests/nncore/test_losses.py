import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore import Dense, Sequential, losses
from nncore.objective import Objective

RNG = np.random.default_rng(5)


def run(name, z, y, dtype=np.float64, members=None):
    """Mean loss and gradient, through the buffers a training uses."""
    z = np.asarray(z, dtype)
    loss = losses[name]()
    y = loss.targets(np.asarray(y), z.shape[1])
    rng = np.random.default_rng(0)
    net = Sequential((Dense(z.shape[1]),)).build(1, len(z), rng, members, dtype=dtype)
    objective = Objective(net, loss, 0.0, len(z))
    at = objective._slot(len(z))
    target = np.eye(z.shape[1], dtype=dtype)[y] if y.ndim == 1 else y.astype(dtype)
    dz = np.empty((*net.lead, *z.T.shape), dtype)  # the other way up, as in a network
    z, target = (np.ascontiguousarray(np.broadcast_to(a.T, dz.shape)) for a in (z, target))
    with np.errstate(over="ignore"):
        total = loss(at, z.copy(), target, dz)
    return total / dz.shape[-1], dz.swapaxes(-1, -2)


def probabilities(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


NUMBERS = RNG.normal(0, 1.5, (9, 3))
IDS = RNG.integers(0, 3, 9)
BITS = RNG.integers(0, 2, (9, 3)).astype(float)
Z = RNG.normal(0, 2, (9, 3))

CASES = {
    "categorical_cross_entropy": (
        IDS,
        -np.log(probabilities(Z)[np.arange(9), IDS]).mean(),
        (probabilities(Z) - np.eye(3)[IDS]) / 9,
    ),
    "binary_cross_entropy": (
        BITS,
        -(BITS * np.log(sigmoid(Z)) + (1 - BITS) * np.log(1 - sigmoid(Z))).mean(),
        (sigmoid(Z) - BITS) / 27,
    ),
    "mse": (NUMBERS, ((Z - NUMBERS) ** 2).mean(), 2 * (Z - NUMBERS) / 27),
    "mae": (NUMBERS, np.abs(Z - NUMBERS).mean(), np.sign(Z - NUMBERS) / 27),
    "huber": (
        NUMBERS,
        np.where(
            np.abs(Z - NUMBERS) <= 1, 0.5 * (Z - NUMBERS) ** 2, np.abs(Z - NUMBERS) - 0.5
        ).mean(),
        np.clip(Z - NUMBERS, -1, 1) / 27,
    ),
}


@pytest.mark.parametrize("name", losses)
def test_a_loss_and_its_gradient_are_their_formulas(name):
    y, mean, gradient = CASES[name]
    found, dz = run(name, Z, y)
    np.testing.assert_allclose(found, mean, rtol=1e-12)
    np.testing.assert_allclose(dz, gradient, atol=1e-15)


@pytest.mark.parametrize("name", losses)
def test_the_mean_that_is_shown_is_the_mean_that_is_learnt_from(name):
    y, mean, _ = CASES[name]
    loss = losses[name]()
    targets = loss.targets(np.asarray(y), 3)
    assert loss.mean(Z.copy(), targets) == pytest.approx(mean, rel=1e-12)
    across = np.asfortranarray(Z)
    assert loss.mean(across, targets) == pytest.approx(mean, rel=1e-12)


@pytest.mark.parametrize("name", losses)
def test_each_member_has_its_own_mean(name):
    y, mean, gradient = CASES[name]
    found, dz = run(name, Z, y, members=2)
    assert found.shape == (2, 1, 1)
    np.testing.assert_allclose(found.ravel(), mean, rtol=1e-12)
    np.testing.assert_allclose(dz, np.broadcast_to(gradient, dz.shape), atol=1e-15)


@pytest.mark.parametrize("name", losses)
@given(far=st.floats(-1e4, 1e4, width=32), near=st.floats(-1e4, 1e4, width=32), kind=st.booleans())
def test_a_loss_is_finite_and_right_at_ten_thousand(name, far, near, kind):
    z = np.array([[far, near]], np.float32)
    y = np.array([int(kind)]) if name.startswith("cat") else np.array([[kind, not kind]], float)
    exact, _ = run(name, z.astype(np.float64), y)
    found, dz = run(name, z, y, np.float32)
    assert np.isfinite(dz).all()
    np.testing.assert_allclose(found, exact, rtol=1e-5, atol=1e-6)
    loss = losses[name]()
    mean = loss.mean(z.copy(), loss.targets(y, 2))
    assert mean == pytest.approx(exact.item(), rel=1e-5, abs=1e-6)


def test_a_wrong_class_ten_thousand_away_costs_ten_thousand():
    found, dz = run("categorical_cross_entropy", [[1e4, -1e4]], [1], np.float32)
    assert found.item() == 2e4
    np.testing.assert_array_equal(dz, [[1.0, -1.0]])


def test_a_column_of_ids_is_as_good_as_one_hot_rows():
    sparse, dense = (
        run("categorical_cross_entropy", Z, y) for y in (IDS, np.eye(3, dtype=np.float32)[IDS])
    )
    np.testing.assert_array_equal(sparse[0], dense[0])
    np.testing.assert_array_equal(sparse[1], dense[1])


@pytest.mark.parametrize(
    ("name", "y", "said"),
    [
        ("categorical_cross_entropy", np.array([0, 3]), "ids run from 0 to 3.*3 outputs"),
        ("categorical_cross_entropy", np.array([-1, 0]), "ids run from -1"),
        ("categorical_cross_entropy", np.array([0.5, 1.0]), r"shape \(2,\).*3 outputs"),
        ("categorical_cross_entropy", np.ones((2, 3)), "sum to 1"),
        ("binary_cross_entropy", np.ones((2, 2)), r"shape \(2, 2\).*3 outputs"),
        ("binary_cross_entropy", np.full((2, 3), 2.0), "from 2 to 2"),
        ("mse", np.full((2, 3), np.nan), "NaN or infinity"),
        ("mse", np.ones(2), r"shape \(2,\).*3 outputs"),
    ],
)
def test_targets_that_do_not_fit_are_refused_with_the_reason(name, y, said):
    with pytest.raises(ValueError, match=said):
        losses[name]().targets(y, 3)


def test_one_output_takes_a_flat_column():
    assert losses["mse"]().targets(np.ones(4, np.float32), 1).shape == (4, 1)


def test_huber_refuses_a_delta_of_nothing():
    with pytest.raises(ValueError, match="delta is 0"):
        losses["huber"](delta=0.0)  # type: ignore[call-arg]  # the registry knows no keywords
