"""Large members learn one by one, on one thread or several, and nothing shows but the time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nncore import Dataset, Diverged, train
from tests.nncore import test_members as small

CASES = {
    **{name: (recipe, small.data(), 5) for name, recipe in small.APART.items()},
    "seeds": (small.APART["keep_prob"], small.data(), [7, 1, 3]),
    "folds": (small.APART["all"], small.folds((40, 80, 120)), 5),
    "uneven folds": (small.RECIPE, small.folds((40, 79, 119)), 5),
    "weights": (
        small.RECIPE,
        [
            replace(fold, weights=np.linspace(0.5, 2.0, fold.rows))
            for fold in small.folds((40, 80, 120))
        ],
        5,
    ),
}


@pytest.fixture
def wide(monkeypatch):
    """A call that trains as large members are trained."""

    def trained(*args, **options):
        with monkeypatch.context() as patch:
            patch.setattr("nncore.training.WIDE", 0)
            training = train(*args, **options)
        assert len(training._learners) == 3
        return training

    return trained


def assert_same(one, other):
    for name, array in one.state().arrays.items():
        np.testing.assert_array_equal(array, other.state().arrays[name])
    assert one.state().meta == other.state().meta


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("case", CASES)
def test_members_that_learn_one_by_one_are_those_that_learn_together(case, threads, wide):
    together, apart = train(*CASES[case]), wide(*CASES[case], threads=threads)
    for epoch, its in zip(together, apart, strict=True):
        for name, figure in epoch.figures.items():
            np.testing.assert_array_equal(figure, its.figures[name])
        np.testing.assert_allclose(its.cost, epoch.cost, rtol=1e-6)
        np.testing.assert_allclose(its.gradient_norm, epoch.gradient_norm, rtol=1e-4)
        np.testing.assert_array_equal(its.learning_rate, epoch.learning_rate)
        assert its.cost.shape == its.gradient_norm.shape == (3,)
    assert_same(together, apart)


def test_a_state_of_members_together_goes_on_one_by_one(wide):
    together, apart = train(*CASES["all"]), wide(*CASES["all"], threads=2)
    next(together)
    apart.restore(together.state())
    list(together), list(apart)
    assert_same(together, apart)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_member_that_runs_off_is_named_without_a_warning(wide, threads):
    recipe = replace(small.APART["gd"], learning_rate=(0.1, 1e30, 0.1))
    with pytest.raises(Diverged) as found:
        list(wide(recipe, small.data(), 5, threads=threads))
    assert found.value.member == 1


def test_only_members_beyond_a_caches_size_learn_one_by_one():
    x, y = np.zeros((8, 200), np.float32), np.arange(8) % 3
    for width, learners in ((300, 1), (400, 3)):
        recipe = replace(small.RECIPE, network=small.Sequential.from_dims([200, width, 3]))
        assert len(train(recipe, Dataset(x, y), 0, 3, threads=8)._learners) == learners
    assert len(train(recipe, Dataset(x, y), 0)._learners) == 1
    assert len(train(recipe, Dataset(x, y), 0, 1)._learners) == 1
