"""Both strategies keep the best and only the best, whatever they guess."""

from itertools import islice

import numpy as np
import pytest

from nncore import Dataset, Sequential, losses
from nncore.generated import bands, function
from nncore.weight_search import DrawAnew, Perturb, WeightSearch, strategies

NET = Sequential.from_dims((2, 8, 3), output="softmax")
CROSS_ENTROPY = losses["categorical_cross_entropy"]()


def search(strategy, seed=0):
    return WeightSearch(NET, CROSS_ENTROPY, Dataset(*bands()), strategy, seed)


@pytest.mark.parametrize("name", strategies)
def test_the_best_cost_only_ever_falls_and_is_the_lowest_seen(name):
    looking = search(strategies[name]())
    lowest = looking.best
    for guess in islice(looking, 300):
        assert guess.kept == (guess.cost < lowest)
        lowest = min(lowest, guess.cost)
        assert guess.best == lowest


@pytest.mark.parametrize("name", strategies)
def test_the_network_always_holds_the_best_weights(name):
    x, y = bands()
    looking = search(strategies[name]())
    for guess in islice(looking, 100):
        now = CROSS_ENTROPY.mean(looking.network.logits(x), CROSS_ENTROPY.targets(y, 3))
        assert now == guess.best


@pytest.mark.parametrize("name", strategies)
def test_a_seed_decides_every_guess(name):
    make = strategies[name]
    once = list(islice(search(make(), 1), 20))
    assert once == list(islice(search(make(), 1), 20))
    assert once != list(islice(search(make(), 2), 20))


@pytest.mark.parametrize("name", strategies)
def test_a_spread_of_nothing_is_refused(name):
    with pytest.raises(ValueError, match=f"{name}: scale is 0; it is a number above 0"):
        strategies[name](scale=0.0)  # type: ignore[call-arg]  # every strategy here has one


def test_drawing_anew_forgets_and_perturbing_builds_on():
    rng = np.random.default_rng(0)
    far = np.full(500, 100.0)
    assert abs(DrawAnew(2.0)(rng, far)).max() < 20.0
    assert abs(Perturb(0.1)(rng, far) - far).max() < 1.0


def test_a_guess_that_overflows_is_a_bad_guess_and_nothing_else():
    looking = search(DrawAnew(1e38))
    before = looking.best
    guesses = list(islice(looking, 5))
    assert {guess.cost for guess in guesses} == {float("inf")}
    assert looking.best == before


def test_it_works_for_any_loss():
    net = Sequential.from_dims((3, 8, 1))
    looking = WeightSearch(net, losses["mse"](), Dataset(*function(0, 200)), Perturb(), 0)
    start = looking.best
    assert list(islice(looking, 300))[-1].best < start


def test_data_that_does_not_fit_is_refused():
    x, y = bands()
    with pytest.raises(ValueError, match="class ids run from 0 to 7"):
        WeightSearch(NET, CROSS_ENTROPY, Dataset(x, y + 5 * (y == 2)), Perturb(), 0)
