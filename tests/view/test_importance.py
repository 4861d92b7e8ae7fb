"""PED-ANOVA against Optuna's, and on what a study may hold."""

import json
import math
import random
import warnings
from dataclasses import replace

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from hpsearch.store.records import StudyFacts
from hpsearch.study.space import Choice, Float, Int, Layers, range_to_json
from hpsearch.view.importance import FEWEST, importances
from tests.view.board import trial
from tests.view.madeup import facts

SPACE = {
    "training.optimizer": Choice(("gd", "adam", "momentum")),
    "training.learning_rate": Float(1e-4, 1e-1, log=True),
    "training.beta1": Float(0.8, 0.99),
    "training.keep_prob": Float(0.5, 0.9, step=0.1),
    "training.mini_batch_size": Int(16, 256, log=True),
    "training.decay_interval": Int(5, 20),
    "network.activation": Choice(("relu", "tanh")),
    "network.layer_dims": Layers((1, 3), (4, 128), log=True),
}


def study(direction="minimize", space=SPACE):
    known = facts(direction=direction, space={n: range_to_json(r) for n, r in space.items()})
    return StudyFacts(**{k: v for k, v in known.items() if k in StudyFacts.__dataclass_fields__})


def drawn(dice):
    params = {
        "training.optimizer": dice.choice(["gd", "adam", "momentum"]),
        "training.learning_rate": 10 ** dice.uniform(-4, -1),
        "training.keep_prob": round(0.5 + 0.1 * dice.randint(0, 4), 1),
        "training.mini_batch_size": dice.randint(16, 256),
        "training.decay_interval": dice.randint(5, 20),
        "network.activation": dice.choice(["relu", "tanh"]),
        "network.layer_dims": tuple(dice.randint(4, 128) for _ in range(dice.randint(1, 3))),
    }
    if params["training.optimizer"] != "gd":
        params["training.beta1"] = dice.uniform(0.8, 0.99)
    return params


def value_of(params, dice):
    value = abs(math.log10(params["training.learning_rate"]) + 2)
    value += 0.5 * (params["training.optimizer"] == "gd") + 0.1 * dice.random()
    return value + 0.2 * abs(params.get("training.beta1", 0.9) - 0.9)


def many(number, seed=0, direction="minimize"):
    dice = random.Random(seed)
    found = []
    for at in range(number):
        params = drawn(dice)
        value = value_of(params, dice)
        known = trial(at, value=value if direction == "minimize" else -value)
        found.append(replace(known, params=params))
    return found


def distributions(name, value):
    """A value under Optuna's names, with the distribution behind each."""
    match SPACE[name]:
        case Float(low, high, log, step):
            return {name: (value, FloatDistribution(low, high, log=log, step=step))}
        case Int(low, high, log, step):
            return {name: (value, IntDistribution(low, high, log=log, step=step))}
        case Choice(options):
            return {name: (value, CategoricalDistribution(options))}
        case Layers(depth, width, log):
            widths = IntDistribution(*width, log=log)
            each = {f"{name}.{at}": (units, widths) for at, units in enumerate(value)}
            return {f"{name}.depth": (len(value), IntDistribution(*depth)), **each}


def by_optuna(trials, direction):
    """What Optuna says, its inner names taken together as ours are."""
    theirs = optuna.create_study(direction=direction)
    for each in trials:
        inner = {}
        for name, value in each.params.items():
            inner |= distributions(name, value)
        theirs.add_trial(
            optuna.trial.create_trial(
                params={name: value for name, (value, _) in inner.items()},
                distributions={name: behind for name, (_, behind) in inner.items()},
                value=each.value,
            )
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few trials in a regime, and experimental classes
        found = optuna.importance.PedAnovaImportanceEvaluator().evaluate(theirs)
    whole = {
        name: max((f for inner, f in found.items() if belongs(inner, name)), default=0.0)
        for name in SPACE
    }
    return {name: share / sum(whole.values()) for name, share in whole.items()}


def belongs(inner, name):
    return inner == name or inner.startswith(f"{name}.")


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("number", [FEWEST, 57, 300])
def test_it_says_what_optuna_says(number, direction):
    trials = many(number, seed=number, direction=direction)
    ours = importances(study(direction), trials)
    theirs = by_optuna(trials, direction)
    assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-9)
    assert next(iter(ours)) == max(theirs, key=theirs.__getitem__)


def test_what_decides_comes_first_and_the_shares_are_one():
    found = importances(study(), many(300))
    assert next(iter(found)) == "training.learning_rate"
    assert sum(found.values()) == pytest.approx(1)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_few_trials_say_nothing():
    assert importances(study(), many(FEWEST - 1)) == {}
    failed = [trial(at, "failed", None, {}) for at in range(99)]
    assert importances(study(), failed) == {}


STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(["a", "b"]),
    st.floats(-10, 10),
    st.integers(-3, 5),
    st.lists(st.integers(1, 9), max_size=3).map(tuple),
)


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 1.0, 3e8]), STRANGE), min_size=FEWEST, max_size=30),
    st.sampled_from(["{ float = [0, 1] }", {"by": "training.optimizer"}, None]),
)
def test_a_range_of_another_sort_is_judged_by_the_values_there_are(rows, range_):
    name = "training.invented"
    known = facts(space={name: range_})
    strange = StudyFacts(**{k: v for k, v in known.items() if k in StudyFacts.__dataclass_fields__})
    trials = [
        replace(trial(at, value=value), params={} if drew is None else {name: drew})
        for at, (value, drew) in enumerate(rows)
    ]
    found = importances(strange, trials)
    assert list(found) == [name]
    assert found[name] in (0.0, 1.0)
    json.dumps(found, allow_nan=False)
