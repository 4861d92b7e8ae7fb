"""A study that searches everything, and a trial of it as the store has it."""

import json
from pathlib import Path

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study import studyfile
from hpsearch.study.space import Choice, Float, Int, Layers, applies
from nncore import schedules

WIDE = """
# Everything is searched here.
[study]
name = "wide"
trials = 40
sampler = "random"
pruner = "median"

[data]
# the flowers
# split_seed = 7
# path = "or.csv"
source = "sklearn:iris"
normalize = { choice = ["standard", "minmax", "quantile", "robust", "none"] }
# a fifth, as usual
test = 0.2      # never looked at
validation = "auto"

# hidden layers, not too many
[network]
layer_dims = { depth = [1, 3], width = [3, 16], log = true }
activation = { choice = ["relu", "tanh"] }  # both are fine
max_parameters = 100_000

[training]
epochs = { int = [4, 9] }
mini_batch_size = { choice = [8, 16, 32] }
# these four
optimizer = { choice = ["gd", "momentum", "adam", "adamw"] }
learning_rate = { float = [1e-4, 1e-1], log = true }
beta1 = { float = [0.8, 0.99] }
beta2 = { float = [0.9, 0.9999] }
weight_decay = { float = [1e-3, 1e-1], log = true }
decay = { choice = [DECAYS] }
decay_rate = { float = [1e-3, 1.0], log = true }
regularization = { choice = ["none", "l2", "dropout", "both"] }
lambd = { float = [0.01, 10.0], log = true }
keep_prob = { float = [0.5, 0.95] }
clip_norm = 5.0  # never in the way
early_stopping = 3

[[enqueue]]
"training.learning_rate" = 0.0075
"""
DECAYS = ", ".join(f'"{name}"' for name in schedules if name != "warmup")
WIDE = WIDE.replace("DECAYS", DECAYS)
AT = Path("wide.toml").absolute()
"""Where it would lie."""


def facts_of(text, data, path=None, overrides=None):
    """What the engine writes down when it opens a study."""
    path = path or AT
    study = studyfile.parse(text, path, overrides)
    meaning = {**study.meaning(), "data.fingerprint": data.fingerprint}
    told = {"fingerprint": data.fingerprint, "features": data.features, "outputs": data.outputs}
    told = {**told, "rows": dict(data.rows)}
    return StudyFacts(
        name=study.study.name,
        metric=study.study.metric,
        direction="minimize",
        task=data.task,
        trials=40,
        workers=1,
        state="finished",
        why="",
        created=0.0,
        seconds=1.0,
        beat=1.0,
        epochs=9,
        meaning=json.loads(json.dumps(meaning)),
        toml=text,
        path=str(path),
        data=told,
    )


def trial_of(params, number=7, seed=123, **others):
    fields = {
        "state": "complete",
        "planned": 9,
        "epochs": 9,
        "value": 0.25,
        "best_epoch": 3,
        "figures": {"val_cost": 0.25, "val_accuracy": 0.9},
        "parameters": 100,
        "slot": 0,
        "attempt": 1,
        "started": 0.0,
        "finished": 1.0,
        "seconds": 1.0,
        "reason": "",
        "told": 0,
    }
    return TrialRecord(number=number, seed=seed, params=params, **{**fields, **others})


def drawn_from(study, dice):
    params = {}
    for name, range_ in study.space.items():
        if not applies(name, {**study.fixed, **params}):
            continue
        match range_:
            case Choice(options):
                params[name] = dice.choice(options)
            case Int(low, high):
                params[name] = dice.randint(low, high)
            case Float(low, high):
                params[name] = dice.uniform(low, high)
            case Layers((low, high), (narrow, wide)):
                depth = dice.randint(low, high)
                params[name] = tuple(dice.randint(narrow, wide) for _ in range(depth))
    return params


def some_params():
    return {
        "network.layer_dims": (8,),
        "network.activation": "tanh",
        "training.epochs": 6,
        "training.mini_batch_size": 16,
        "training.optimizer": "gd",
        "training.decay": "none",
        "training.learning_rate": 0.01,
        "training.regularization": "none",
    }
