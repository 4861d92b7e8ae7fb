"""What a study may rank trials by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.data import load
from hpsearch.errors import StudyFileError
from hpsearch.study import families, studyfile
from hpsearch.study.options import DataOptions
from hpsearch.study.recipe import Shape, cook, recorded
from hpsearch.study.scores import scored
from nncore import Dataset, train
from nncore.metrics import direction, metrics

SOURCES = {
    "binary": "sklearn:breast_cancer",
    "multiclass": "sklearn:iris",
    "multilabel": "generated:five_features:150",
    "regression": "sklearn:diabetes",
}
SOMEWHERE = Path("study.toml")
CONFIG = {
    "network.layer_dims": (8,),
    "network.activation": "relu",
    "network.initializer": "he_normal",
    "training.learning_rate": 0.01,
    "training.epochs": 12,
    "training.mini_batch_size": 32,
}


def test_every_metric_there_is_may_rank_trials():
    assert families.metrics() == ("val_cost", *(f"val_{name}" for name in metrics))


@pytest.fixture(scope="module")
def data():
    return {
        task: load(DataOptions(source=source, folds=3, validation="auto"))
        for task, source in SOURCES.items()
    }


def values(data, metric, mixed=False):
    """The metric by epoch, a mean over folds; of a network that learns from mixed-up targets."""
    datasets = [made.dataset for made in data.prepared("standard")]
    if mixed:
        mix = np.random.default_rng(0).permutation
        datasets = [Dataset(d.x, mix(d.y), d.x_valid, d.y_valid, d.y_scale) for d in datasets]
    recipe = cook(CONFIG, Shape.of(data), recorded(data.task, metric))
    return [scored(epoch.figures, metric) for epoch in train(recipe, datasets, 3)]


@pytest.mark.parametrize("metric", families.metrics())
@pytest.mark.parametrize("task", SOURCES)
def test_a_metric_is_measured_where_it_fits_and_better_is_better(data, task, metric):
    study = studyfile.parse(
        f'[study]\nmetric = "{metric}"\n[data]\nsource = "{SOURCES[task]}"\n', SOMEWHERE
    )
    about_classes = families.is_about_classes(metric)
    if about_classes is not None and about_classes == (task == "regression"):
        with pytest.raises(StudyFileError, match="does not fit"):
            study.settle(task, 1, 1)
        return
    study.settle(task, 1, 1)
    learnt, mixed = values(data[task], metric), values(data[task], metric, mixed=True)
    sign = 1 if direction(metric) == "maximize" else -1
    best = max(sign * figures[metric] for figures in learnt)
    assert best > max(sign * figures[metric] for figures in mixed)
    assert all(figures["standard_error"] >= 0 for figures in learnt)
