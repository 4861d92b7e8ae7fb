"""One trial's talk with the engine: epochs up, verdicts down.

Where a trial trains several networks, in folds or with several seeds, the engine hears of their
mean and never of one of them: pruner, early stopping and best epoch all go by the mean.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hpsearch.engine.checkpoint import Checkpoint
from hpsearch.engine.stopping import EarlyStopping
from hpsearch.engine.wire import BODY_LIMIT, Line
from hpsearch.study.recipe import Shape, cook
from hpsearch.study.scores import scored
from nncore import Dataset, Diverged, Epoch, Training, TrainingState, train

BATCH_SECONDS = 0.1
"""Epochs are sent at most this late; at rungs at once."""


@dataclass(frozen=True)
class Job:
    """One trial, as the engine hands it over."""

    number: int
    seed: int
    config: dict[str, Any]
    fingerprint: str
    folder: str
    shape: Shape
    metric: str
    direction: str
    metrics: tuple[str, ...]
    """What is measured each epoch, in nncore's names."""
    patience: int
    rungs: frozenset[int]
    seconds: float
    """Spent on it before."""
    folds: int = 0
    """How many data sets it has, a network for each; 0: one data set."""
    repeats: int = 0
    """How many networks learn from its one data set; 0: one, without the axis."""

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Job:
        """From a frame's head."""
        known = {name: fields[name] for name in cls.__dataclass_fields__}
        known["config"] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fields["config"].items()
        }
        known["shape"] = Shape(**fields["shape"])
        known["metrics"] = tuple(fields["metrics"])
        known["rungs"] = frozenset(fields["rungs"])
        return cls(**known)

    def training(self, data: Sequence[Dataset]) -> Training:
        """What it trains: network k of several has generators of its own, from (seed, k)."""
        recipe = cook(self.config, self.shape, self.metrics)
        if self.folds:
            return train(recipe, data, self.seed)
        return train(recipe, data[0], self.seed, self.repeats or None)

    def why_diverged(self, error: Diverged) -> str:
        """The reason, and which of several networks it was."""
        if error.member is None:
            return str(error)
        one, count = ("fold", self.folds) if self.folds else ("repeat", self.repeats)
        cause = Diverged(error.epoch, error.cost, error.learning_rate)
        return f"In {one} {error.member + 1} of {count}: {cause}"


@dataclass
class Conversation:
    """One trial's talk with the engine."""

    line: Line
    job: Job
    pending: list[dict[str, Any]] = field(default_factory=list)
    sent: float = field(default_factory=time.monotonic)

    def train(self, data: Sequence[Dataset], checkpoint: bytes) -> tuple[dict[str, Any], bytes]:
        """Train to the end, or as far as the engine lets it; what to tell it then."""
        job, began = self.job, time.monotonic()
        training = job.training(data)
        stopping = EarlyStopping(job.patience, job.direction)
        if held := Checkpoint.from_bytes(checkpoint) if checkpoint else None:
            training.restore(TrainingState(dict(held.arrays), held.meta["training"]))
            stopping = EarlyStopping.from_json(held.meta["stopping"])
        self.line.send({"kind": "started", "number": job.number})
        # A stream: to stop is to ask for no more.
        try:
            for epoch in training:
                told = told_of(epoch, job.metric)
                stale = stopping.over(told["figures"].get(job.metric))
                verdict = self._report(told)
                if verdict == "prune":
                    return self._finished("pruned", began, f"pruned after epoch {epoch.number}")
                if stale:  # before a stop: gone on from here, it would train for ever
                    reason = f"stopped early: {job.patience} epochs without a better {job.metric}"
                    return self._finished("complete", began, reason)
                if verdict == "end":
                    return self._finished("complete", began, f"ended after epoch {epoch.number}")
                if verdict == "stop":
                    return self._put_aside(training, stopping, epoch.number, began)
        except Diverged as error:
            return self._finished("diverged", began, job.why_diverged(error))
        return self._finished("complete", began)

    def _report(self, told: dict[str, Any]) -> str:
        self.pending.append(told)
        rung = told["number"] in self.job.rungs
        if rung or time.monotonic() - self.sent >= BATCH_SECONDS:
            self._flush(wait=rung)
        while rung or self.line.readable():
            head = self.line.receive().head
            if head["kind"] == "end":
                raise EOFError
            if head["kind"] == "verdict" and head["number"] == self.job.number:
                return head["verdict"]
        return "go on"

    def _flush(self, wait: bool = False) -> None:
        if self.pending:
            head = {"kind": "epochs", "number": self.job.number, "wait": wait}
            self.line.send({**head, "epochs": self.pending})
        self.pending, self.sent = [], time.monotonic()

    def _finished(self, state: str, began: float, reason: str = "") -> tuple[dict[str, Any], bytes]:
        self._flush()
        return {
            "kind": "finished",
            "state": state,
            "reason": reason,
            "seconds": self.job.seconds + time.monotonic() - began,
        }, b""

    def _put_aside(
        self, training: Training, stopping: EarlyStopping, epoch: int, began: float
    ) -> tuple[dict[str, Any], bytes]:
        self._flush()
        state = training.state()
        meta = {"training": state.meta, "stopping": stopping.to_json()}
        body = Checkpoint(epoch, state.arrays, meta).to_bytes()
        head = {"kind": "stopped", "seconds": self.job.seconds + time.monotonic() - began}
        return head, body if len(body) <= BODY_LIMIT else b""


def told_of(epoch: Epoch, metric: str) -> dict[str, Any]:
    """An epoch as the engine hears of it: means over its networks, and the metric's error."""
    rest = scored({"rate": epoch.learning_rate, "norm": epoch.gradient_norm}, metric)
    return {
        "number": epoch.number,
        "figures": scored(epoch.figures, metric),
        "learning_rate": rest["rate"],
        "gradient_norm": rest.get("norm", 0.0),
        "seconds": epoch.seconds,
    }
