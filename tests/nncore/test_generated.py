"""Every generated set keeps the one promise all make, and the known difficulty of its own."""

import numpy as np
import pytest

from nncore import Dataset
from nncore.generated import blobs, five_features, function, generators


@pytest.mark.parametrize("name", generators)
def test_a_set_is_fit_to_learn_from(name):
    x, y = generators[name]()
    assert x.dtype == np.float32
    assert y.dtype == (np.int64 if y.ndim == 1 else np.float32)
    assert Dataset(x, y).rows == len(y)


@pytest.mark.parametrize("name", generators)
def test_a_seed_decides_every_number(name):
    make = generators[name]
    for once, again in zip(make(3, 60), make(3, 60), strict=True):
        np.testing.assert_array_equal(once, again)
    assert not np.array_equal(make(3, 60)[0], make(4, 60)[0])


@pytest.mark.parametrize("name", generators)
@pytest.mark.parametrize("rows", [3, 10, 301])
def test_there_are_as_many_rows_as_asked_for(name, rows):
    x, y = generators[name](0, rows)
    assert len(x) == len(y) == rows
    assert np.isfinite(x).all()


@pytest.mark.parametrize("name", generators)
def test_too_few_rows_are_refused_with_the_number(name):
    with pytest.raises(ValueError, match=r"rows is 0; it is a whole number, [123] or more"):
        generators[name](0, 0)


@pytest.mark.parametrize(("name", "classes"), [("spiral", 3), ("bands", 3), ("blobs", 2)])
def test_classes_are_of_one_size_and_shuffled(name, classes):
    _, y = generators[name](0, 300)
    assert np.bincount(y).tolist() == [300 // classes] * classes
    assert len(set(y[:20].tolist())) == classes


def test_the_function_is_the_one_it_says():
    x, y = function(1, 500)
    said = np.sin(3 * x[:, 0]) + x[:, 1] ** 2 * np.cos(3 * x[:, 2])
    np.testing.assert_allclose(y[:, 0], said, atol=1e-6)
    assert np.abs(x).max() <= 1.0


def test_a_line_parts_the_blobs_under_every_seed():
    for seed in range(20):
        x, y = blobs(seed, 1000)
        side = x @ np.array([2.0, 1.0]) / np.sqrt(5.0)
        assert np.array_equal(side > 0, y == 1)
        assert np.abs(side).min() > 0.23


def test_the_five_features_have_two_answers_of_their_own():
    _, y = five_features(0, 20_000)
    assert set(np.unique(y)) == {0.0, 1.0}
    assert 0.3 < y[:, 0].mean() < 0.7
    assert 0.3 < y[:, 1].mean() < 0.7
    assert abs(np.corrcoef(y.T)[0, 1]) < 0.5
