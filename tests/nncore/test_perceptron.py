"""Rosenblatt's rule: it settles where a plane parts the classes, and says so where none does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nncore.generated import blobs, spiral
from nncore.perceptron import NotSeparated, train_perceptron


@pytest.mark.parametrize("seed", range(10))
def test_it_makes_no_mistake_on_blobs_that_a_line_parts(seed):
    x, y = blobs(seed)
    learned = train_perceptron(x, y, seed=seed)
    assert learned.converged
    assert np.array_equal(learned(x), y)


@settings(max_examples=40, deadline=None)
@given(features=st.integers(1, 6), rows=st.integers(2, 40), seed=st.integers(0, 9999))
def test_it_never_makes_more_mistakes_than_novikoff_allows(features, rows, seed):
    rng = np.random.default_rng(seed)
    plane = rng.normal(size=features + 1)
    plane /= np.linalg.norm(plane)
    x = rng.normal(size=(rows, features))
    height = np.column_stack([x, np.ones(rows)]) @ plane
    x, height = x[np.abs(height) > 0.05], height[np.abs(height) > 0.05]
    if not len(x):
        return
    learned = train_perceptron(x, (height > 0).astype(int), epochs=100_000, seed=seed)
    longest = np.sqrt((x**2).sum(axis=1) + 1).max()
    assert learned.converged
    assert sum(learned.mistakes) <= (longest / np.abs(height).min()) ** 2


def test_a_mistake_moves_the_sum_towards_the_truth():
    x = np.array([[3.0, 4.0]])
    learned = train_perceptron(x, np.array([1]))
    assert learned.mistakes == (1, 0)
    assert learned.weights.tolist() == [3.0, 4.0]
    assert learned.bias == 1.0


def test_exclusive_or_is_said_to_be_beyond_it():
    x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    with pytest.warns(NotSeparated, match="of 4 rows are wrong after 50 epochs"):
        learned = train_perceptron(x, np.array([0, 1, 1, 0]), epochs=50)
    assert not learned.converged
    assert len(learned.mistakes) == 50


def test_a_spiral_arm_is_beyond_it_too():
    x, y = spiral()
    with pytest.warns(NotSeparated):
        train_perceptron(x, (y == 0).astype(int), epochs=20)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ([[1.0], [2.0]], [0], r"y has shape \(1,\); it is one answer for each of the 2 rows"),
        ([[1.0], [2.0]], [-1, 1], "y holds -1; a perceptron learns yes and no"),
        ([1.0, 2.0], [0, 1], r"x has shape \(2,\)"),
        ([[1.0], [np.nan]], [0, 1], "x holds nan in row 1, feature 0"),
    ],
)
def test_what_it_cannot_learn_from_is_refused_with_a_reason(x, y, said):
    with pytest.raises(ValueError, match=said):
        train_perceptron(np.array(x), np.array(y))
