"""TPE in bulk, held to Optuna's own: the same draws to the bit, the same densities nearly so."""

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.engine import parzen, samplers
from hpsearch.study.space import Choice, Float, Int, Layers
from tests.engine.made_up import Run, study

SPACE = {
    "network.layer_dims": Layers((1, 3), (4, 64), log=True),
    "training.optimizer": Choice(("gd", "adam")),
    "training.learning_rate": Float(1e-4, 1.0, log=True),
    "training.beta2": Float(0.9, 0.999),
    "training.mini_batch_size": Int(16, 128, log=True),
    "training.lambd": Float(0.0, 1.0, step=0.1),
    "training.clip_norm": Int(1, 9, step=2),
}
"""Every kind of range, and values that are drawn in some trials only."""
WITHIN = ("network.layer_dims", "training.beta2")
"""Those."""

STUDIES = {
    "as it comes": {},
    "a space of one group": {"space": {n: r for n, r in SPACE.items() if n not in WITHIN}},
    "value by value": {"sampler_options": {"multivariate": False}},
    "without groups": {"sampler_options": {"group": False}},
    "without a liar": {"sampler_options": {"constant_liar": False}},
    "other options": {"sampler_options": {"n_startup_trials": 3, "n_ei_candidates": 7}},
    "many pruned": {"pruner": "halving"},
}


def searched(direction, **options):
    fixed = {"training.regularization": "l2"}  # or lambd would have no effect
    of = study(**{"space": SPACE, "pruner": "median", "fixed": fixed, **options})
    return Run(of, direction=direction)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("options", STUDIES.values(), ids=STUDIES)
def test_every_draw_is_the_one_optunas_own_sampler_makes(options, direction, monkeypatch):
    ours = searched(direction, **options).finish(30).lines
    monkeypatch.setattr(samplers, "_BULK", False)
    theirs = searched(direction, **options).finish(30).lines
    assert ours == theirs


def test_trials_that_run_are_learnt_from_as_optuna_does(monkeypatch):
    def lines():
        run = searched("minimize").finish(15)
        for _ in range(3):
            at_work = [run.searcher.ask() for _ in range(5)]
            for trial in reversed(at_work[1:]):
                run.train(trial)
        return [*run.lines.values(), run.searcher.ask()]

    ours = lines()
    monkeypatch.setattr(samplers, "_BULK", False)
    assert ours == lines()


def test_what_was_proposed_for_a_trial_and_not_drawn_is_forgotten():
    unit = optuna.distributions.FloatDistribution(0, 1)
    ledger = parzen.Ledger({"rate": unit, "beta": unit})
    ledger.note(0, {"rate": 0.1, "beta": 0.2})
    ledger.note(0, {"rate": 0.1})
    numbers = np.array([0])
    assert ledger.observed(numbers, ["rate"])["rate"].tolist() == [0.1]
    assert ledger.observed(numbers, ["rate", "beta"])["beta"].tolist() == []


def test_this_optuna_is_one_whose_insides_are_known():
    assert samplers._BULK
    assert isinstance(samplers.Maker(study().study).make(0, 0), parzen.Tpe)


@given(st.integers(0, 2**31 - 1), st.integers(0, 40))
def test_the_density_of_a_mixture_is_optunas(seed, trials):
    rng = np.random.default_rng(seed)
    space = {
        "a": optuna.distributions.FloatDistribution(-1, 2),
        "b": optuna.distributions.FloatDistribution(1e-4, 1e-1, log=True),
        "c": optuna.distributions.IntDistribution(1, 9),
        "d": optuna.distributions.IntDistribution(4, 64, log=True),
        "e": optuna.distributions.CategoricalDistribution(["x", "y", "z"]),
    }
    seen = {
        "a": rng.uniform(-1, 2, trials),
        "b": np.exp(rng.uniform(np.log(1e-4), np.log(1e-1), trials)),
        "c": rng.integers(1, 10, trials).astype(float),
        "d": rng.integers(4, 65, trials).astype(float),
        "e": rng.integers(0, 3, trials).astype(float),
    }
    options = optuna.samplers.TPESampler()._parzen_estimator_parameters
    estimator = parzen._ParzenEstimator(seen, space, options)
    drawn = estimator.sample(np.random.RandomState(seed), 24)
    points = np.column_stack([drawn[name] for name in space])
    ours = parzen.log_density(estimator._mixture_distribution, points)
    np.testing.assert_allclose(ours, estimator.log_pdf(drawn), rtol=1e-9, atol=1e-9)
