"""Normalizers and one-hot rows: there and back again."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nncore.preprocessing import normalizers, one_hot, scaler_from_json

TABLES = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.integers(-(10**6), 10**6).map(lambda i: i / 64),
)
RNG = np.random.default_rng(0)
TABLE = np.stack([RNG.normal(5, 3, 50), RNG.exponential(9, 50), RNG.integers(0, 3, 50)], axis=1)


@pytest.mark.parametrize("name", normalizers)
@given(x=TABLES)
def test_a_normalizer_comes_back_to_what_it_was_given(name, x):
    scaler = normalizers[name]().fit(x)
    y = scaler.apply(x)
    assert np.isfinite(y).all()
    assert scaler.inverse(y) == pytest.approx(x, abs=1e-8, rel=1e-9)


@pytest.mark.parametrize("name", normalizers)
@pytest.mark.parametrize("value", [0.0, -7.25, 1e9])
def test_a_constant_column_is_safe_and_comes_back(name, value):
    x = np.full((6, 2), value)
    scaler = normalizers[name]().fit(x)
    assert np.isfinite(scaler.apply(x)).all()
    assert scaler.inverse(scaler.apply(x)) == pytest.approx(x)


@pytest.mark.parametrize("name", ["standard", "minmax", "robust"])
def test_what_rounding_leaves_of_huge_numbers_is_no_spread(name):
    x = 2.0**60 + 256.0 * np.arange(40.0)[:, None]
    y = normalizers[name]().fit(x).apply(x)
    assert np.abs(y).max() <= 0.01


@pytest.mark.parametrize("name", normalizers)
def test_a_scaler_is_the_same_after_json(name):
    scaler = normalizers[name]().fit(TABLE)
    again = scaler_from_json(json.loads(json.dumps(scaler.to_json())))
    assert again == scaler
    assert np.array_equal(again.apply(TABLE), scaler.apply(TABLE))


@pytest.mark.parametrize("name", normalizers)
def test_rows_a_scaler_was_not_fitted_to_are_scaled_alike_one_by_one(name):
    scaler = normalizers[name]().fit(TABLE[:30])
    together = scaler.apply(TABLE)
    assert np.array_equal(together, np.vstack([scaler.apply(row[None]) for row in TABLE]))


def test_each_normalizer_does_what_its_name_says():
    made = {name: normalizers[name]().fit(TABLE).apply(TABLE) for name in normalizers}
    assert made["standard"].mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert made["standard"].std(axis=0) == pytest.approx(1)
    assert made["minmax"].min(axis=0) == pytest.approx(0)
    assert made["minmax"].max(axis=0) == pytest.approx(1)
    assert np.median(made["robust"], axis=0) == pytest.approx(0)
    assert np.ptp(np.quantile(made["robust"], (0.25, 0.75), axis=0), axis=0) == pytest.approx(1)
    assert made["quantile"][:, :2].std(axis=0) == pytest.approx(1, abs=0.05)
    assert made["scale255"] == pytest.approx(TABLE / 255)
    assert np.array_equal(made["none"], TABLE)


@pytest.mark.parametrize("name", normalizers)
@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.array([[1.0], [np.nan]]), "Column 0 holds NaN"),
        (np.zeros((0, 1)), "no rows"),
        (np.zeros(3), r"\(rows, columns\)"),
    ],
)
def test_a_normalizer_refuses_what_has_no_scale(name, x, said):
    with pytest.raises(ValueError, match=said):
        normalizers[name]().fit(x)


@given(ids=st.lists(st.integers(0, 6)), more=st.integers(0, 3))
def test_one_hot_rows_sum_to_one_and_give_the_ids_again(ids, more):
    ids = np.array(ids, np.int64)
    rows = one_hot(ids, int(ids.max(initial=0)) + 1 + more)
    assert (rows.sum(axis=1) == 1).all()
    assert np.array_equal(rows.argmax(axis=1), ids)


@pytest.mark.parametrize("ids", [[0, -1], [0, 3], [0.0, 1.0], [[0, 1]]])
def test_one_hot_refuses_ids_that_are_none(ids):
    with pytest.raises(ValueError, match="ids"):
        one_hot(np.array(ids), 3)
