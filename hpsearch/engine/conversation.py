"""One trial's talk with the engine: epochs up, verdicts down.

Where a trial trains several networks, in folds or with several seeds, the engine hears of their
mean and never of one of them: pruner, early stopping and best epoch all go by the mean.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from hpsearch import faults
from hpsearch.engine.course import Course
from hpsearch.engine.frames import MESSAGE_LIMIT, Frame, Head
from hpsearch.engine.stopping import EarlyStopping
from hpsearch.study.recipe import Shape, cook
from hpsearch.study.scores import scored
from nncore import Dataset, Diverged, Epoch, Training, train

BATCH_SECONDS = 0.1
"""Epochs are sent at most this late; at rungs at once."""


class Talk(Protocol):
    """To the engine, or to whoever searches in its place; `calling.Line` is one."""

    def send(self, head: Head, body: bytes = b"") -> None:
        """Tell it something."""
        ...

    def receive(self) -> Frame:
        """Wait for what it says."""
        ...

    def readable(self) -> bool:
        """Whether it has said something."""
        ...


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
    every: float = 5.0
    """Seconds between two checkpoints."""
    keep: bool = True
    """Whether the best epoch's weights are wanted at the end."""
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
        """What it trains: network k of several has generators of its own, from (seed, k).

        In folds each network is measured on no more training rows than it is judged by: together
        they are about all rows, and measuring them all in every fold took a third of the time.
        """
        judging = [len(one.y_valid) for one in data if one.y_valid is not None]
        measured = max(judging) if self.folds else None
        recipe = cook(self.config, self.shape, self.metrics, measured)
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

    line: Talk
    job: Job
    pending: list[dict[str, Any]] = field(default_factory=list)
    sent: float = field(default_factory=time.monotonic)
    saved: float = field(default_factory=time.monotonic)
    """When the last checkpoint went out."""
    began: float = field(default_factory=time.monotonic)
    spent: float = field(default_factory=time.process_time)
    """CPU seconds of this process when the trial began, or was last told of."""

    def train(self, data: Sequence[Dataset], checkpoint: bytes) -> tuple[dict[str, Any], bytes]:
        """Train to the end, or as far as the engine lets it; what to tell it then."""
        job = self.job
        stopping = EarlyStopping(job.patience, job.direction)
        course = Course.gone_on(job.training(data), stopping, checkpoint)
        self.line.send({"kind": "started", "number": job.number})
        # A stream: to stop is to ask for no more.
        try:
            for epoch in course.training:
                faults.at("trainer epoch")
                told = told_of(epoch, job.metric)
                stale = course.stale(told["figures"].get(job.metric))
                verdict = self._report(told)
                if verdict == "prune":
                    return self._finished("pruned", f"pruned after epoch {epoch.number}")
                if stale:  # before a stop: gone on from here, it would train for ever
                    reason = f"stopped early: {job.patience} epochs without a better {job.metric}"
                    return self._complete(course, reason)
                if verdict == "end":
                    return self._complete(course, obeyed=True)
                if verdict == "stop":
                    return self._put_aside(course, epoch.number)
                self.save_if_due(course, epoch.number)
        except Diverged as error:
            return self._finished("diverged", job.why_diverged(error))
        return self._complete(course)

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
            self.line.send({**head, "cpu": self._cpu(), "epochs": self.pending})
        self.pending, self.sent = [], time.monotonic()

    def _cpu(self) -> float:
        """CPU seconds since this was last asked."""
        before, self.spent = self.spent, time.process_time()
        return self.spent - before

    def save_if_due(self, course: Course, epoch: int) -> None:
        """Send a checkpoint now and then, if it is not too large for the wire."""
        if time.monotonic() - self.saved < self.job.every:
            return
        self._flush()  # the engine keeps no checkpoint that is ahead of its epochs
        body = course.checkpoint(epoch)
        fits = len(body) <= MESSAGE_LIMIT
        if fits:
            self.line.send({"kind": "checkpoint", "number": self.job.number}, body)
            faults.at("trainer saved")
        self.saved = time.monotonic() if fits else inf  # it will not shrink: none is made again

    def _complete(
        self, course: Course, reason: str = "", obeyed: bool = False
    ) -> tuple[dict[str, Any], bytes]:
        """It is complete: by itself, or because it `obeyed` a verdict."""
        head, _ = self._finished("complete", reason)
        head["obeyed"] = obeyed
        body = course.best_weights() if self.job.keep else b""
        return head, body if len(body) <= MESSAGE_LIMIT else b""

    def _finished(self, state: str, reason: str = "") -> tuple[dict[str, Any], bytes]:
        self._flush()
        seconds = self.job.seconds + time.monotonic() - self.began
        return {"kind": "finished", "state": state, "reason": reason, "seconds": seconds}, b""

    def _put_aside(self, course: Course, epoch: int) -> tuple[dict[str, Any], bytes]:
        self._flush()
        body = course.checkpoint(epoch)
        head = {"kind": "stopped", "seconds": self.job.seconds + time.monotonic() - self.began}
        return head, body if len(body) <= MESSAGE_LIMIT else b""


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
