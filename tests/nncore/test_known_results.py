"""What others have reached is reached, in a short form; the benchmark has all seeds and the spread.

`python -m tests.benchmarks.known_results`
"""

import pytest

from nncore.weight_search import strategies
from tests.benchmarks import known_results


def test_a_smooth_function_is_fitted_in_a_quarter_of_the_epochs_to_a_tenth_of_the_published_error():
    assert known_results.smooth_function(seed=0, epochs=200) <= 1.1e-3


@pytest.mark.parametrize("seed", range(3))
def test_two_answers_are_told_from_five_features(seed):
    accuracy, precision = known_results.two_answers(seed)
    assert accuracy >= 0.98
    assert precision >= 0.98


@pytest.mark.parametrize("seed", range(2))
def test_gradients_part_the_spiral_and_guesses_do_not(seed):
    assert known_results.three_arms(seed) >= 0.97
    for name in strategies:
        assert known_results.three_arms_guessed(strategies[name](), seed) < 0.9


@pytest.mark.parametrize("seed", range(10))
def test_a_perceptron_makes_no_error_where_a_line_parts_the_clouds(seed):
    assert known_results.parted_clouds(seed) == 0


def test_the_benchmark_says_when_a_goal_is_missed():
    row = known_results.Row("accuracy", float, goal=0.98)
    assert row.reached([0.97, 0.98, 0.99]) == "≥ 98.0% reached"
    assert row.reached([0.97, 0.97, 0.99]) == "≥ 98.0% NOT REACHED"
    error = known_results.Row("error", float, goal=1e-4, lower_is_better=True, form=".0e")
    assert error.reached([1e-5, 2e-4, 3e-4]) == "≤ 1e-04 NOT REACHED"
