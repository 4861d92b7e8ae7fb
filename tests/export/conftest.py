"""Data that an export is of, and a run whose trials were drawn by the searcher."""

import json
from pathlib import Path

import pytest

from hpsearch import data as tables
from hpsearch.engine.searcher import Searcher
from hpsearch.study import studyfile
from hpsearch.study.recipe import Shape, network_parameters
from hpsearch.study.space import range_to_json
from tests.view.madeup import MadeUp

STUDY = """
[study]
name = "flowers"
sampler = "random"
[data]
{data}
normalize = "minmax"
[network]
layer_dims = {{ depth = [1, 3], width = [3, 16], log = true, shape = "funnel" }}
activation = {{ choice = ["relu", "tanh"] }}
max_parameters = 300
[training]
epochs = 9
mini_batch_size = {{ choice = [8, 16, 32] }}
optimizer = {{ choice = ["gd", "momentum", "adamw"] }}
learning_rate = {{ float = [1e-3, 1e-1], log = true }}
beta1 = {{ float = [0.8, 0.95], step = 0.05 }}
decay = {{ choice = ["none", "cosine"] }}
regularization = {{ choice = ["none", "both"] }}
keep_prob = {{ float = [0.55, 0.95], step = 0.2 }}
clip_norm = 5.0
"""
IRIS = 'source = "sklearn:iris"'
STATES = ("complete", "pruned", "diverged", "failed", "complete", "complete", "complete")


def made_run(place, data=IRIS, trials=15):
    """A run whose trials were drawn by the searcher, with values made up."""
    path = place / "flowers.toml"
    path.write_text(text := STUDY.format(data=data))
    study = studyfile.read(path)
    table = tables.load(study.data)
    shape, meaning = Shape.of(table), {**study.meaning(), **table.meaning()}
    made = MadeUp(
        place / "runs" / "flowers",
        name="flowers",
        task=table.task,
        state="stopped",
        toml=text,
        path=str(path),
        space={name: range_to_json(range_) for name, range_ in study.space.items()},
        meaning={name: value for name, value in meaning.items() if value is not None},
        data={"features": table.features, "outputs": table.outputs}
        | {"fingerprint": table.fingerprint},
    )
    settled = study.settle(table.task, table.features, table.outputs)
    searcher = Searcher(settled, "minimize", lambda config: network_parameters(config, shape))
    for number in range(trials):
        drawn = searcher.ask()
        state = STATES[number % len(STATES)]
        value = 1.0 / (number + 1) if state in ("complete", "pruned") else None
        made.trial(
            *(number, state, value),
            params=json.dumps(dict(drawn.params)),
            seed=drawn.seed,
            planned=9,
            epochs=4,
            best_epoch=None if value is None else 4,
        )
        for epoch in range(1, 5):
            made.epoch(number, epoch, (value or 1.0) + 4 - epoch)
    made.trial(trials, "running", None, params="{}")
    made.close()
    return made.folder


@pytest.fixture(scope="module")
def iris():
    return tables.load(studyfile.parse(f"[data]\n{IRIS}", Path("iris.toml").absolute()).data)


@pytest.fixture
def run(tmp_path):
    return made_run(tmp_path)
