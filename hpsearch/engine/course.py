"""A trial under way: its training, and what has to be known beside it to go on or to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hpsearch.engine.checkpoint import Checkpoint, named
from hpsearch.engine.stopping import EarlyStopping
from nncore import Training, TrainingState

_BEST = "best"
"""The best epoch's weights, in a checkpoint; the rest is nncore's."""


@dataclass
class Course:
    """One trial, from where it begins or goes on."""

    training: Training
    stopping: EarlyStopping
    best: np.ndarray | None = None
    """Weights and biases of the best epoch so far, as one vector, a row for each network."""

    @classmethod
    def gone_on(cls, training: Training, stopping: EarlyStopping, checkpoint: bytes) -> Course:
        """Where a checkpoint ends; from the start where there is none that is whole."""
        held = Checkpoint.from_bytes(checkpoint) if checkpoint else None
        if held is None:
            return cls(training, stopping)
        arrays = dict(held.arrays)
        best = arrays.pop(_BEST, None)
        training.restore(TrainingState(arrays, held.meta["training"]))
        return cls(training, EarlyStopping.from_json(held.meta["stopping"]), best)

    def stale(self, value: float | None) -> bool:
        """Take in an epoch's value; whether it was one too many without a better."""
        stale = self.stopping.over(value)
        if self.stopping.waited == 0 and value is not None:
            theta = self.training.network.buffers.theta
            if self.best is None:
                self.best = theta.copy()
            else:
                np.copyto(self.best, theta)
        return stale

    def checkpoint(self, epoch: int) -> bytes:
        """All that is needed to go on after that epoch with the same bits."""
        state = self.training.state()
        meta: dict[str, Any] = {"training": state.meta, "stopping": self.stopping.to_json()}
        best = {} if self.best is None else {_BEST: self.best}
        return Checkpoint(epoch, {**state.arrays, **best}, meta).to_bytes()

    def best_weights(self) -> bytes:
        """The best epoch's weights by nncore's names, as safetensors; empty where there is none.

        Ends the training: its network has these weights from now on.
        """
        if self.best is None:
            return b""
        network = self.training.network
        np.copyto(network.buffers.theta, self.best)
        return named(network.weights)
