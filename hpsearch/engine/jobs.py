"""A trial as it is handed to a trainer: configuration, data, and what to report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from hpsearch.data import Data
from hpsearch.engine import arrays
from hpsearch.store.folder import RunFolder
from hpsearch.study.events import Trial
from hpsearch.study.recipe import Shape, network_parameters, recorded
from hpsearch.study.space import Config
from hpsearch.study.studyfile import StudyFile
from nncore import Dataset
from nncore.metrics import Direction

CHECKPOINT_SECONDS = 5.0
"""At most so long is lost when a trainer dies."""


class Jobs:
    """Makes the frames that trainers work on, and the arrays these speak of."""

    def __init__(
        self,
        study: StudyFile,
        data: Data,
        direction: Direction,
        rungs: frozenset[int],
        folder: RunFolder,
    ) -> None:
        self._study, self._data, self._folder = study, data, folder
        self._direction: Direction = direction
        self._rungs = sorted(rungs)
        self._prepared: dict[str, str] = {}

    def config(self, trial: Trial) -> Config:
        """A trial's whole configuration."""
        return self._study.config(trial.params)

    async def data_for(self, config: Config) -> str:
        """The fingerprint of the arrays for a configuration; they are made when first wanted."""
        normalize = str(config["data.normalize"])
        if normalize not in self._prepared:
            self._prepared[normalize] = await asyncio.to_thread(self._prepare, normalize)
        return self._prepared[normalize]

    def frame(
        self, trial: Trial, config: Config, fingerprint: str, seconds: float
    ) -> dict[str, Any]:
        """What the trainer is told; `seconds` were spent on the trial before."""
        told = described(self._study, self._data, self._direction, trial, config)
        return {
            **told,
            "kind": "trial",
            "fingerprint": fingerprint,
            "folder": str(self._folder.data.resolve()),
            "rungs": self._rungs,
            "seconds": seconds,
            "every": CHECKPOINT_SECONDS,
            "keep": self._study.study.keep != "none",
        }

    def _prepare(self, normalize: str) -> str:
        data = self._data
        fingerprint = f"{data.fingerprint[:32]}{normalize}{data.class_weight}"

        def datasets() -> Iterator[Dataset]:
            return (made.dataset for made in self._data.prepared(normalize))

        arrays.write(self._folder.data, fingerprint, datasets)
        return fingerprint


def described(
    study: StudyFile, data: Data, direction: Direction, trial: Trial, config: Config
) -> dict[str, Any]:
    """A trial as whoever trains it needs to know it, wherever that is; JSON."""
    shape, metric = Shape.of(data), study.study.metric
    return {
        "number": trial.number,
        "seed": trial.seed,
        "config": dict(config),
        "shape": shape.to_json(),
        "metric": metric,
        "direction": direction,
        "metrics": recorded(shape.task, metric),
        "patience": config.get("training.early_stopping", 0),
        "folds": len(data.evaluation.folds),
        "repeats": data.evaluation.repeats or 0,
    }


def parameters_of(data: Data) -> Callable[[Config], int]:
    """A function from a configuration to the number of its network's parameters."""
    shape = Shape.of(data)
    return lambda config: network_parameters(config, shape)
