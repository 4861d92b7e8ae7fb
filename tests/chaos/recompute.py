"""A trial's value, computed again from its number, parameters and seed alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hpsearch import data as tables
from hpsearch.engine.stopping import EarlyStopping
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.records import TrialRecord
from hpsearch.study import studyfile
from hpsearch.study.recipe import Shape, cook, recorded
from hpsearch.study.scores import scored
from nncore import Training, train
from nncore.arrays import Array


class Recomputer:
    """Trains trials of a study again, in this process."""

    def __init__(self, folder: RunFolder) -> None:
        with Reader(folder) as reader:
            facts = reader.study()
        study = studyfile.parse(facts.toml, Path(facts.path))
        self._data = tables.load(study.data)
        self._study = study.settle(self._data.task, self._data.features, self._data.outputs)
        self._metric, self._direction = facts.metric, facts.direction
        self._prepared: dict = {}

    def value(self, trial: TrialRecord) -> tuple[float, int, int]:
        """Value, best epoch and epochs of a complete trial."""
        config: dict[str, Any] = {**self._study.config(trial.params)}
        patience = config.get("training.early_stopping", 0)
        stopping = EarlyStopping(patience, self._direction)
        best, best_epoch, number = None, 0, 0
        for epoch in self._training(trial):
            value, number = scored(epoch.figures, self._metric)[self._metric], epoch.number
            if best is None or (value < best if self._direction == "minimize" else value > best):
                best, best_epoch = value, number
            if stopping.over(value) or (trial.state == "pruned" and number == trial.epochs):
                break
        assert best is not None
        return best, best_epoch, number

    def weights(self, trial: TrialRecord) -> dict[str, Array]:
        """The weights of a complete trial's best epoch."""
        training = self._training(trial)
        for epoch in training:
            if epoch.number == trial.best_epoch:
                break
        return dict(training.network.weights)

    def _training(self, trial: TrialRecord) -> Training:
        config, seed = self._study.config(trial.params), trial.seed
        normalize = str(config["data.normalize"])
        if normalize not in self._prepared:
            made = self._data.prepared(normalize)
            self._prepared[normalize] = [one.dataset for one in made]
        datasets = self._prepared[normalize]
        shape = Shape.of(self._data)
        recipe = cook(config, shape, recorded(shape.task, self._metric))
        evaluation = self._data.evaluation
        if evaluation.folds:
            return train(recipe, datasets, seed)
        return train(recipe, datasets[0], seed, evaluation.repeats)
